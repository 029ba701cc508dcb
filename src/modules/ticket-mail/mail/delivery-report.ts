import { idsIn } from './mail-head.js';
import type { MailHead } from './mail-head.js';

/** What a mail server or a provider tells of a mail of ours. */
export interface DeliveryReport {
  /** Message-IDs that the mail may have. */
  messageIds: string[];
  /** Refused for good, for now, or called spam by its receiver. */
  type: 'permanent' | 'temporary' | 'complaint';
  /** What the server said, such as `550 5.1.1 User unknown`; null when nothing. */
  reason: string | null;
}

type Fields = ReadonlyMap<string, string>;

interface Part {
  type: string;
  body: string;
}

/** Bytes of a report that are looked at: what comes later is the mail that came back. */
export const MOST_REPORT = 256 * 1024;

const MOST_PARTS = 20;
const MOST_RECIPIENTS = 100;
const MOST_IDS = 10;
const LONGEST_REASON = 500;

const STATUS_PARTS = ['message/delivery-status', 'message/global-delivery-status'];
const MAIL_PARTS = [
  ...['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers'],
  ...['message/global', 'message/global-headers'],
];
const COMPLAINTS = ['abuse', 'fraud', 'opt-out'];

/** Whether the head is that of a report which {@link readReport} may understand. */
export const isDeliveryReport = ({ headers }: Pick<MailHead, 'headers'>): boolean =>
  /^multipart\/report\b/i.test(headers.get('content-type')?.[0] ?? '');

/**
 * Reads a report of a mail that could not be delivered (RFC 3464), or that its receiver complained
 * about (RFC 5965). The mail is named by its own head, which servers send back with the report, or
 * else by what the report says it answers.
 * @param raw the report as it came, at least its beginning.
 * @returns null for other reports, such as of a mail that has arrived.
 */
export function readReport(
  raw: Buffer,
  { headers, answers }: Pick<MailHead, 'headers' | 'answers'>,
): DeliveryReport | null {
  const parts = partsOf(raw, headers.get('content-type')?.[0] ?? '');
  const found = parts.map(verdictOf).find((verdict) => verdict !== null);
  if (!found) return null;
  const own = parts
    .filter(({ type }) => MAIL_PARTS.includes(type))
    .flatMap(({ body }) => idsIn([fieldsOf(headOf(body)).get('message-id') ?? '']));
  const messageIds = own.length > 0 ? own : answers;
  return messageIds.length === 0 ? null : { ...found, messageIds: messageIds.slice(0, MOST_IDS) };
}

type Verdict = Pick<DeliveryReport, 'type' | 'reason'>;

function verdictOf({ type, body }: Part): Verdict | null {
  if (STATUS_PARTS.includes(type)) return worstOf(body);
  if (type !== 'message/feedback-report') return null;
  const kind = fieldsOf(headOf(body)).get('feedback-type')?.toLowerCase() ?? '';
  return COMPLAINTS.includes(kind) ? { type: 'complaint', reason: null } : null;
}

/** Of the receivers of a mail the one it went worst for: a mail of ours has one, but may be passed on. */
function worstOf(status: string): Verdict | null {
  const verdicts = status
    .split(/\n[ \t]*\n/, MOST_RECIPIENTS + 1)
    .map((block) => failureOf(fieldsOf(block)))
    .filter((verdict) => verdict !== null);
  return verdicts.find(({ type }) => type === 'permanent') ?? verdicts[0] ?? null;
}

/** What became of it for a receiver; null when it has arrived, or gone on. */
function failureOf(fields: Fields): Verdict | null {
  const field = (name: string): string => fields.get(name) ?? '';
  const [action = ''] = /^[a-z]*/.exec(field('action').toLowerCase()) ?? [];
  if (action !== 'failed' && action !== 'delayed') return null;
  const [status = ''] = /^[245]\.\d{1,3}\.\d{1,3}/.exec(field('status')) ?? [];
  const said = field('diagnostic-code').replace(/^[\w-]{1,40};\s*/, '');
  const isPermanent = action === 'failed' && (status || said).startsWith('5');
  const reason = (said || status).replace(/\s+/g, ' ').slice(0, LONGEST_REASON).trim();
  return { type: isPermanent ? 'permanent' : 'temporary', reason: reason || null };
}

/** The parts of a mail, one level deep. */
function partsOf(raw: Buffer, contentType: string): Part[] {
  const boundary = /\bboundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return [];
  const lines = raw.toString('latin1').replaceAll('\r\n', '\n');
  return `\n${lines}`
    .split(`\n--${mark}`, MOST_PARTS + 1)
    .slice(1)
    .map((text) => partOf(text.slice(text.indexOf('\n') + 1)));
}

function partOf(text: string): Part {
  const head = headOf(text);
  const fields = fieldsOf(head);
  const type = fields.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? 'text/plain';
  const encoding = fields.get('content-transfer-encoding')?.toLowerCase() ?? '';
  return { type, body: decoded(text.slice(head.length).replace(/^\n+/, ''), encoding) };
}

/** All before the first empty line. */
function headOf(text: string): string {
  if (text.startsWith('\n')) return '';
  const end = text.indexOf('\n\n');
  return end === -1 ? text : text.slice(0, end);
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') {
    return Buffer.from(body, 'base64').toString('latin1').replaceAll('\r\n', '\n');
  }
  if (encoding !== 'quoted-printable') return body;
  return body
    .replace(/=[ \t]{0,10}\n/g, '')
    .replace(/=([\dA-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** Fields by their names in small letters, unfolded; the first one of a name counts. */
function fieldsOf(block: string): Fields {
  const fields = new Map<string, string>();
  for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}
