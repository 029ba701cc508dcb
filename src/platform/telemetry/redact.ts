/** Members whose values never belong in a log, whatever they hold. */
const SECRET =
  /authorization|cookie|passw|secret|token|api[-_]?key|otp|credential|private[-_]?key|session[-_]?id/i;

/** Members that hold personal data. */
const PERSONAL = /e-?mail|phone|mobile|^fax$/i;

const HIDDEN = '[redacted]';
const DEEPEST = 6;
const LONGEST_LIST = 50;

const EMAIL = /[\w.%+'-]{1,64}@[\w.-]{1,190}\.[a-z]{2,24}/gi;
const PHONE = /\+\d[\d ().-]{6,18}\d/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const KEY = /\bkeel_[\w-]{8,}/g;
const URL_PASSWORD = /(:\/\/[^:/?#\s@]{0,64}:)[^@/?#\s]{1,128}@/g;

/** Text without the secrets and personal data that can be told from its form. */
export function redactText(text: string): string {
  let clean = text;
  if (clean.includes('@'))
    clean = clean.replace(URL_PASSWORD, `$1${HIDDEN}@`).replace(EMAIL, '[email]');
  if (clean.includes('+')) clean = clean.replace(PHONE, '[phone]');
  return clean.replace(BEARER, `$1 ${HIDDEN}`).replace(KEY, HIDDEN);
}

/**
 * A copy of a logged value without secrets and personal data: members that are named like them
 * lose their values, texts what looks like them.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth >= DEEPEST) return '[…]';
  if (Array.isArray(value)) {
    return value.slice(0, LONGEST_LIST).map((item: unknown) => redact(item, depth + 1));
  }
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    copy[name] = isHidden(name, member) ? HIDDEN : redact(member, depth + 1);
  }
  return copy;
}

function isHidden(name: string, member: unknown): boolean {
  // Numbers and flags tell nothing: `tokens: 3`, `hasPassword: true`.
  if (member === null || member === undefined) return false;
  if (typeof member === 'number' || typeof member === 'boolean') return false;
  return SECRET.test(name) || PERSONAL.test(name);
}

/** What may be known of an error; a database's `detail` and `where` quote rows, so they may not. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code, constraint, table } = error as Error & Record<string, unknown>;
  const cause =
    depth < DEEPEST && error.cause !== undefined ? redact(error.cause, depth + 1) : undefined;
  return {
    type: error.name,
    message: redactText(error.message),
    code,
    constraint,
    table,
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    cause,
  };
}
