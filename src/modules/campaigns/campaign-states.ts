import { Problem } from '../../common/errors.js';

export const CAMPAIGN_STATUSES = [
  'draft',
  'scheduled',
  'sending',
  'paused',
  'sent',
  'cancelled',
] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** What can be done to a campaign; each has an endpoint of this name. */
export type CampaignMove =
  'schedule' | 'send' | 'pause' | 'resume' | 'cancel' | 'winner' | 'past-mails';

/** What may be done to it in each state: the one table of it. */
const MOVES: Record<CampaignStatus, readonly CampaignMove[]> = {
  draft: ['schedule', 'send', 'cancel', 'past-mails'],
  // Scheduling again moves its time.
  scheduled: ['schedule', 'send', 'pause', 'cancel'],
  sending: ['pause', 'cancel', 'winner'],
  paused: ['resume', 'cancel', 'winner'],
  sent: [],
  cancelled: [],
};

/** @throws Problem 409 that names what is allowed, when the move is not. */
export function assertAllowed(status: CampaignStatus, move: CampaignMove): void {
  const allowed = MOVES[status];
  if (allowed.includes(move)) return;
  const may = allowed.length > 0 ? `It allows: ${allowed.join(', ')}.` : 'It allows nothing more.';
  const what = status === 'draft' ? 'a draft' : status;
  const detail = `The move ${move} is not one for a campaign that is ${what}. ${may}`;
  throw new Problem('conflict', detail, { extra: { campaignStatus: status, allowed } });
}
