import { normalizeEmail } from '../../../common/values/email.js';

/** Somebody's address with the name they go by. */
export interface Mailbox {
  /** As {@link normalizeEmail} writes it. */
  email: string;
  name: string | null;
}

/** What the head of a mail tells, as far as a ticket needs it. */
export interface MailHead {
  /** `<…@…>`; null where the mail has none that can be one. */
  messageId: string | null;
  /** Message-IDs it says it answers, the nearest first. */
  answers: string[];
  from: Mailbox | null;
  /** Addresses of To and Cc, and where mail servers say that they delivered it. */
  recipients: string[];
  subject: string;
  /** Every header by its name in small letters, unfolded, in the order of the mail. */
  headers: ReadonlyMap<string, readonly string[]>;
}

/** Message-IDs that a mail may name; the nearest ones count. */
const MOST_ANSWERED = 50;
const MOST_RECIPIENTS = 100;
const LONGEST_SUBJECT = 500;
/** RFC 5322 has no longer line. */
const LONGEST_ID = 998;

/** A parsed address header, as mailparser gives it. */
interface ParsedAddresses {
  value: { address?: string; name: string; group?: ParsedAddresses['value'] }[];
}

/**
 * Reads the head.
 * @param lines every header as it stands in the mail, folded lines too.
 * @param parsed the same by name, decoded by mailparser.
 */
export function readHead(
  lines: readonly { key: string; line: string }[],
  parsed: ReadonlyMap<string, unknown>,
): MailHead {
  const headers = new Map<string, string[]>();
  for (const { key, line } of lines) {
    const value = unfolded(line.slice(line.indexOf(':') + 1));
    const values = headers.get(key);
    if (values) values.push(value);
    else headers.set(key, [value]);
  }
  const answers = [
    ...idsIn(headers.get('in-reply-to')),
    ...idsIn(headers.get('references')).reverse(),
  ];
  return {
    messageId: idsIn(headers.get('message-id'))[0] ?? null,
    answers: [...new Set(answers)].slice(0, MOST_ANSWERED),
    from: mailboxesOf(parsed.get('from'))[0] ?? mailboxesOf(parsed.get('sender'))[0] ?? null,
    recipients: ['to', 'cc', 'delivered-to']
      .flatMap((name) => mailboxesOf(parsed.get(name)))
      .map(({ email }) => email)
      .concat(['x-original-to', 'envelope-to'].flatMap((name) => addressesIn(headers.get(name))))
      .slice(0, MOST_RECIPIENTS),
    subject: subjectOf(parsed.get('subject')),
    headers,
  };
}

/** Whole Message-IDs in headers, in their order. */
export function idsIn(values: readonly string[] = []): string[] {
  return values.flatMap((value) =>
    [...value.matchAll(/<([^<>\s]+)>/g)]
      .map(([id]) => plain(id))
      .filter((id) => id.length <= LONGEST_ID),
  );
}

const addressesIn = (values: readonly string[] = []): string[] =>
  values
    .flatMap((value) => value.split(',').slice(0, MOST_RECIPIENTS))
    .flatMap((address) => normalizeEmail(address.replace(/[<>]/g, '')).value ?? []);

function mailboxesOf(header: unknown): Mailbox[] {
  const all = ([header].flat() as (ParsedAddresses | undefined)[]).flatMap(
    (one) => one?.value.flatMap((entry) => entry.group ?? [entry]) ?? [],
  );
  return all.slice(0, MOST_RECIPIENTS).flatMap(({ address, name }) => {
    const email = normalizeEmail(address).value;
    return email ? [{ email, name: nameOf(name) }] : [];
  });
}

function nameOf(given: string): string | null {
  const name = plain(given).trim().slice(0, 255);
  return name === '' || name.includes('@') ? null : name;
}

function subjectOf(given: unknown): string {
  const text = typeof given === 'string' ? given : '';
  return plain(text.slice(0, LONGEST_SUBJECT * 2))
    .trim()
    .slice(0, LONGEST_SUBJECT)
    .toWellFormed();
}

const unfolded = (value: string): string => plain(value).trim();

/** On one line, without what a database cannot hold or a terminal would obey. */
const plain = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f]+/g, ' ').toWellFormed();
