import type { ApiClient } from '../api-client.js';
import { DAYS } from './calendar.js';
import { upsert } from './house.js';
import { tellPastMails } from './past-mails.js';
import type { SeedPlan } from './plan.js';
import { HOUSE } from './staff.js';

const TAGGED = (tag: string) => ({ field: 'tags', op: 'has', value: tag });
const CUSTOMERS = { field: 'lifecycleStage', op: 'eq', value: 'customer' };

const HELLO = '<p>Hello {{ contact.firstName | default: "there" }},</p>';

/** Written, and not sent yet. */
const TO_COME = [
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

/** Of the year, sent by the program that the house had before: day and hour. */
const PAST = [
  {
    name: 'Cold brew days',
    ...{ sentOn: DAYS - 170, hour: 7 },
    subject: 'Cold brew for long days',
    html: `${HELLO}<p>Lunga is made for ice. The recipe card comes with the first bag.</p>`,
    audienceWhere: TAGGED('newsletter'),
  },
  {
    name: 'Autumn harvest',
    ...{ sentOn: DAYS - 70, hour: 8 },
    subject: 'The harvest is in',
    html: `${HELLO}<p>New lots from four farms. Order before Friday, taste on Monday.</p>`,
    audienceWhere: TAGGED('decision-maker'),
    variants: [
      { name: 'News', share: 50, subject: 'The harvest is in' },
      { name: 'Taste', share: 50, subject: 'Four farms, four cups to taste' },
    ],
  },
];

/** Writes campaigns, tells of the mails of past ones, and schedules one for next year. */
export async function writeCampaigns(api: ApiClient, plan: SeedPlan): Promise<void> {
  const sendAt = plan.calendar.time(2 * DAYS, 8, 0);
  const past = PAST.map(({ sentOn: _, hour: __, ...campaign }) => campaign);
  const records = [...past, ...TO_COME].map((campaign) => ({
    ...campaign,
    fromName: HOUSE.name,
    ...(campaign.name === SCHEDULED ? { sendAt } : {}),
    externalIds: { seed: `campaign-${campaign.name.toLowerCase().replaceAll(' ', '-')}` },
  }));
  const ids = new Map<string, string>();
  const names = records.map(({ name }) => name);
  await upsert(api, 'campaigns', records, names, ids);
  for (const { name, sentOn, hour } of PAST) {
    await tellPastMails(api, plan, { name, id: ids.get(name) as string, sentOn, hour });
  }
  const path = `/v1/campaigns/${ids.get(SCHEDULED)}`;
  const { status } = await api.json<{ status: string }>(path);
  if (status === 'draft' && Date.parse(sendAt) > Date.now()) {
    await api.request(`${path}/schedule`, { method: 'POST', json: {} });
  }
}
