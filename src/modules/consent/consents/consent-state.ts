import type { Channel } from '../channels.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';

/** What a contact has said of one purpose and channel; who has said nothing has none. */
export const CONSENT_STATUSES = ['granted', 'pending', 'withdrawn'] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** Where consent stands: of one contact, purpose and channel. */
export interface ConsentState {
  contactId: string;
  purposeId: string;
  channel: Channel;
  status: ConsentStatus;
  source: string;
  /** RFC 3339: when the contact said so. */
  changedAt: string;
  /** Entry of the history that asked the contact to confirm. */
  requestId: string | null;
  /** Mails that asked for it, and when the last one was asked for. */
  asks: number;
  askedAt: string | null;
}

/** What somebody says a contact wants. */
export interface Wish {
  status: 'granted' | 'withdrawn';
  /** When the contact said so; null for now. */
  occurredAt: string | null;
  /** The contact has confirmed it: nobody needs to ask. */
  confirmed: boolean;
}

/**
 * What a wish comes to. `superseded`: the contact has said something later. `again`: it waits for
 * the contact's confirmation already.
 */
export type Decision = ConsentStatus | 'unchanged' | 'superseded' | 'again';

/** What a wish makes of the state that there is. */
export function decide(
  current: Pick<ConsentState, 'status' | 'changedAt'> | undefined,
  wish: Wish,
  needsConfirmation: boolean,
): Decision {
  const isLater = (at: string): boolean =>
    current !== undefined && Date.parse(current.changedAt) > Date.parse(at);
  if (wish.occurredAt !== null && isLater(wish.occurredAt)) return 'superseded';
  if (wish.status === current?.status) return 'unchanged';
  if (wish.status === 'withdrawn' || wish.confirmed || !needsConfirmation) return wish.status;
  return current?.status === 'pending' ? 'again' : 'pending';
}

/** Whether consent on the channel counts only once the contact has confirmed it by a mail. */
export const needsConfirmation = (
  purpose: Pick<ConsentPurposeDto, 'doubleOptIn'>,
  channel: Channel,
): boolean => purpose.doubleOptIn && channel === 'email';

/** Whether a contact may be reached for a purpose. */
export const isAllowed = (
  purpose: Pick<ConsentPurposeDto, 'active' | 'consentNeeded'>,
  status: ConsentStatus | undefined,
): boolean =>
  purpose.active && (status === undefined ? !purpose.consentNeeded : status === 'granted');

/**
 * Whether nothing is left that a contact might be reached for on a channel, now or once they
 * confirm it.
 */
export function isOutOfReach(
  purposes: readonly ConsentPurposeDto[],
  channel: Channel,
  statusOf: (purposeId: string) => ConsentStatus | undefined,
): boolean {
  return purposes
    .filter(({ channels }) => channels.includes(channel))
    .every((purpose) => {
      const status = statusOf(purpose.id);
      return status !== 'pending' && !isAllowed(purpose, status);
    });
}

const MINUTE = 60_000;
const FIRST_PAUSE = 15 * MINUTE;
const LONGEST_PAUSE = 7 * 24 * 60 * MINUTE;

/** When a contact may be asked again, in milliseconds; the pauses grow from 15 minutes to a week. */
export function nextAskAt({ asks, askedAt }: Pick<ConsentState, 'asks' | 'askedAt'>): number {
  if (askedAt === null || asks === 0) return 0;
  const pause = Math.min(FIRST_PAUSE * 4 ** Math.min(asks - 1, 20), LONGEST_PAUSE);
  return Date.parse(askedAt) + pause;
}

/** From the loosest to the strictest. */
const STRICTNESS: readonly ConsentStatus[] = ['granted', 'pending', 'withdrawn'];

/**
 * The stricter of what was said: a withdrawal of one of two contacts that are one person is theirs.
 * Of two that are equally strict the later one, for its date is the one that later wishes meet.
 */
export function stricter(left: ConsentState, right: ConsentState): ConsentState {
  const rank = ({ status }: ConsentState): number => STRICTNESS.indexOf(status);
  if (rank(left) !== rank(right)) return rank(left) > rank(right) ? left : right;
  return orderOf(left) >= orderOf(right) ? left : right;
}

/** By time, and then by what tells two states apart, so that no order of merging matters. */
const orderOf = (state: ConsentState): string =>
  [
    new Date(state.changedAt).toISOString(),
    ...[state.requestId ?? '', state.source, String(state.asks), state.askedAt ?? ''],
    state.contactId,
  ].join('\n');
