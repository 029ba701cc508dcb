import type { ApiClient } from '../api-client.js';
import { DAYS } from './calendar.js';
import { upsert } from './house.js';
import type { SeedPlan } from './plan.js';
import { HOUSE } from './staff.js';

const TAGGED = (tag: string) => ({ field: 'tags', op: 'has', value: tag });
const CUSTOMERS = { field: 'lifecycleStage', op: 'eq', value: 'customer' };

const HELLO = '<p>Hello {{ contact.firstName | default: "there" }},</p>';

/** Written, and not sent: the house has no server that mails leave by. */
const CAMPAIGNS = [
  {
    name: 'Winter blends',
    subject: 'Two blends for dark mornings',
    html: `${HELLO}<p>Notturno and Brina are roasted again. Samples are free until January.</p>`,
    audienceWhere: TAGGED('newsletter'),
  },
  {
    name: 'Machine check-up',
    subject: 'Is your machine ready for the season?',
    html: `${HELLO}<p>Book the yearly maintenance now: our technicians have time in spring.</p>`,
    audienceWhere: { and: [CUSTOMERS, TAGGED('decision-maker')] },
    variants: [
      { name: 'Question', share: 50, subject: 'Is your machine ready for the season?' },
      { name: 'Offer', share: 50, subject: 'Yearly maintenance, at last year’s price' },
    ],
    testPercent: 20,
  },
  {
    name: 'A year together',
    subject: 'Thank you for this year',
    html: `${HELLO}<p>It was a pleasure to roast for you. Here is what comes next.</p>`,
    audienceWhere: {
      and: [TAGGED('decision-maker'), { field: 'company.address.country', op: 'eq', value: 'DE' }],
    },
  },
];

/** Scheduled for the year after the one that is told of. */
const SCHEDULED = 'A year together';

/**
 * Writes campaigns and schedules one for next year. None is sent: a campaign is sent by a mail
 * server, and what a server would say of mails that nobody was sent would be made up.
 */
export async function writeCampaigns(api: ApiClient, plan: SeedPlan): Promise<void> {
  const sendAt = plan.calendar.time(2 * DAYS, 8, 0);
  const records = CAMPAIGNS.map((campaign) => ({
    ...campaign,
    fromName: HOUSE.name,
    ...(campaign.name === SCHEDULED ? { sendAt } : {}),
    externalIds: { seed: `campaign-${campaign.name.toLowerCase().replaceAll(' ', '-')}` },
  }));
  const ids = new Map<string, string>();
  const names = CAMPAIGNS.map(({ name }) => name);
  await upsert(api, 'campaigns', records, names, ids);
  const path = `/v1/campaigns/${ids.get(SCHEDULED)}`;
  const { status } = await api.json<{ status: string }>(path);
  if (status === 'draft' && Date.parse(sendAt) > Date.now()) {
    await api.request(`${path}/schedule`, { method: 'POST', json: {} });
  }
  console.log(`${names.length} campaigns, none of which is sent`);
}
