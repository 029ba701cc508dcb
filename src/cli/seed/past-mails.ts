import type { ApiClient } from '../api-client.js';
import { consents } from './consents.js';
import type { SeedConsent } from './consents.js';
import { Dice } from './dice.js';
import type { SeedPlan } from './plan.js';

/** What one request may hold. */
const MOST_OF_REQUEST = 1000;
/** Of those who were mailed, and of those who opened. */
const BOUNCED = 0.02;
const OPENED = 0.4;
const CLICKED = 0.25;
const MINUTE = 60_000;

/** A campaign that has been sent: on which day of the year and when (UTC). */
export interface PastCampaign {
  id: string;
  name: string;
  sentOn: number;
  hour: number;
}

interface PastMail {
  email: string;
  /** RFC 3339. */
  sentAt: string;
  variantId?: string;
  bounced?: true;
  openedAt?: string;
  opens?: number;
  clickedAt?: string;
}

/** Tells of a campaign's mails; what has been told of before stays as it is. */
export async function tellPastMails(
  api: ApiClient,
  plan: SeedPlan,
  campaign: PastCampaign,
): Promise<void> {
  const path = `/v1/campaigns/${campaign.id}`;
  const { variants } = await api.json<{ variants: { id: string }[] }>(path);
  const told = { recorded: 0, known: 0, unknown: 0 };
  let mails: PastMail[] = [];
  const send = async (): Promise<void> => {
    if (mails.length === 0) return;
    const answer = await api.json<{ recorded: number; known: number; unknown: string[] }>(
      `${path}/past-mails`,
      { method: 'POST', json: { mails } },
    );
    told.recorded += answer.recorded;
    told.known += answer.known;
    // Somebody may have given a contact another address, or removed them.
    told.unknown += answer.unknown.length;
    mails = [];
  };
  for (const consent of consents(plan)) {
    const mail = mailTo(plan, consent, campaign, variants);
    if (mail) mails.push(mail);
    if (mails.length === MOST_OF_REQUEST) await send();
  }
  await send();
  const { recorded, known, unknown } = told;
  console.log(`Mails of ${campaign.name}: ${recorded}, known ${known}, to nobody ${unknown}`);
}

/** Whoever had agreed by then, or took it back only afterwards. */
function mailTo(
  plan: SeedPlan,
  { email, channel, status, occurredAt }: SeedConsent,
  { name, sentOn, hour }: PastCampaign,
  variants: readonly { id: string }[],
): PastMail | undefined {
  const dice = new Dice(plan.run.seed, name, email);
  const sentAt = plan.calendar.past(plan.calendar.workday(sentOn), hour, dice.below(60));
  if (channel !== 'email' || (status === 'granted') !== occurredAt < sentAt) return undefined;
  const variant = variants.length > 0 ? { variantId: dice.pick(variants).id } : {};
  const mail = { email, sentAt, ...variant };
  if (dice.chance(BOUNCED)) return { ...mail, bounced: true };
  if (!dice.chance(OPENED)) return mail;
  const opened = Date.parse(sentAt) + dice.between(1, 2000) * MINUTE;
  const read = { openedAt: new Date(opened).toISOString(), opens: dice.between(1, 3) };
  if (!dice.chance(CLICKED)) return { ...mail, ...read };
  const clickedAt = new Date(opened + dice.between(1, 9) * MINUTE).toISOString();
  return { ...mail, ...read, clickedAt };
}
