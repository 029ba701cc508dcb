import { isUserMailId, LOOP_HEADER } from '../../../platform/mail/own-mail.js';
import type { MailHead } from './mail-head.js';

/** Why a mail became neither a ticket nor a reply. */
export const STOP_REASONS = {
  automatic: 'It says that no person has sent it (Auto-Submitted, Precedence and the like).',
  list: 'It came through a mailing list.',
  bounce: 'It is a report of a mail server, such as a mail that could not be delivered.',
  loop: 'It is one of our own mails coming back, or answers one of those that users get.',
  flood: 'Its sender has sent too many in a short time.',
  noSender: 'It has no address of a sender that could be answered.',
  unreadable: 'It has more parts or headers than any real mail.',
} as const;
export type StopReason = keyof typeof STOP_REASONS;

/** Whether nobody reads what is sent to an address. */
export const isUnattended = (email: string): boolean =>
  UNATTENDED.test(email) || /^(?:no-?reply|do-?not-?reply)\b/.test(email);

/** Headers that only programs set; what they say does not matter. */
const SET_BY_PROGRAMS = [
  ...['x-autoreply', 'x-autorespond', 'x-auto-reply-from', 'x-mail-autoreply', 'x-autoresponder'],
  ...['feedback-id', 'x-failed-recipients', 'x-loop'],
];
const LISTS = ['list-id', 'list-unsubscribe', 'list-post', 'mailing-list'];
const UNATTENDED =
  /^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|abuse-report|bounces?)(?:[+@]|$)/;

/**
 * Whether a program has sent the mail, by its head alone (RFC 3834 and what is in use besides).
 * @param options `workspaceId` that receives it; `envelopeFrom`: sender of the envelope where the
 * gateway tells it, empty for reports.
 */
export function automaticReason(
  { headers, from, answers }: Pick<MailHead, 'headers' | 'from'> & Partial<MailHead>,
  { workspaceId, envelopeFrom = null }: { workspaceId?: string; envelopeFrom?: string | null } = {},
): StopReason | null {
  const value = (name: string): string => (headers.get(name)?.[0] ?? '').trim().toLowerCase();
  if (isOurOwn(value, answers, workspaceId)) return 'loop';
  if (isReport(value, from?.email ?? '')) return 'bounce';
  if (isListed(value, headers)) return 'list';
  if (isAutomatic(value, headers)) return 'automatic';
  if (isFromNobody(value, envelopeFrom)) return 'bounce';
  return from ? null : 'noSender';
}

const isOurOwn = (
  value: (name: string) => string,
  answers: readonly string[] = [],
  workspaceId?: string,
): boolean => value(LOOP_HEADER) === workspaceId || answers.some(isUserMailId);

const isFromNobody = (value: (name: string) => string, envelopeFrom: string | null): boolean =>
  [value('return-path').replace(/\s/g, ''), envelopeFrom].includes('<>') || envelopeFrom === '';

const isListed = (value: (name: string) => string, headers: MailHead['headers']): boolean =>
  LISTS.some((name) => headers.has(name)) || value('precedence') === 'list';

const isReport = (value: (name: string) => string, sender: string): boolean =>
  UNATTENDED.test(sender) || value('content-type').startsWith('multipart/report');

function isAutomatic(value: (name: string) => string, headers: MailHead['headers']): boolean {
  const submitted = value('auto-submitted').split(/[;\s]/, 1)[0] ?? '';
  if (submitted !== '' && submitted !== 'no') return true;
  if (/^(?:bulk|junk|auto[_-]reply)/.test(value('precedence'))) return true;
  if (/\b(?:all|oof|autoreply)\b/.test(value('x-auto-response-suppress'))) return true;
  return SET_BY_PROGRAMS.some((name) => headers.has(name));
}
