import { HONEYPOT } from './form-fields.js';
import type { Sent } from './form-fields.js';
import type { ReadToken } from './form-token.js';

/** Why a submission is kept apart. */
export const SPAM_REASONS = {
  honeypot: 'The field that nobody sees was filled in.',
  token: 'The token of the form was missing, forged or more than a day old.',
  tooFast: 'It was filled in faster than a person can.',
  links: 'It holds more links than the form allows.',
  tokenReused: 'The token has come before, with another address.',
  duplicate: 'A value that only one lead may have was taken.',
} as const;
export type SpamReason = keyof typeof SPAM_REASONS;

const LINK = /https?:\/\/|www\.|\[url/gi;

/**
 * Judges a submission by itself.
 * @param sent its flat members, the form's own extras among them.
 * @param token what its token tells; null without a good one.
 */
export function judge(
  sent: Sent,
  token: ReadToken | null,
  limits: { minSeconds: number; maxLinks: number },
): SpamReason[] {
  const reasons: SpamReason[] = [];
  const trap = sent[HONEYPOT] ?? '';
  if (trap !== '') reasons.push('honeypot');
  if (!token) reasons.push('token');
  else if (token.age < limits.minSeconds * 1000) reasons.push('tooFast');
  if (linksIn(sent) > limits.maxLinks) reasons.push('links');
  return reasons;
}

/** Links in all texts but the box that asks for one. */
function linksIn(sent: Sent): number {
  return Object.entries(sent).reduce((sum, [name, value]) => {
    if (name === 'website' || typeof value !== 'string') return sum;
    return sum + (value.match(LINK)?.length ?? 0);
  }, 0);
}
