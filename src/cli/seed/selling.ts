import { OperatorError } from '../../common/operator-error.js';
import type { ApiClient } from '../api-client.js';
import { DAYS } from './calendar.js';
import { dealOf } from './deals.js';
import { makeMissing, pages, upsert } from './house.js';
import type { House } from './house.js';
import type { SeedPlan } from './plan.js';
import { HOUSE, TEAMS } from './staff.js';
import { CURRENCIES, CURRENCY_CODES } from './world/index.js';
import type { LocalCurrency } from './world/index.js';

/** Stages that deals name: those a workspace begins with. */
const STAGES = ['qualification', 'proposal', 'negotiation', 'won', 'lost'];
const MOST_OF_BATCH = 1000;

/** Rates, quotas, a form and who gets its leads: what selling needs before there is any. */
export async function prepareSelling(
  api: ApiClient,
  plan: SeedPlan,
  { users, teams }: House,
): Promise<void> {
  await assertUsualStages(api);
  await putRates(api, plan);
  const quotas = quotasOf(plan, users);
  for (let start = 0; start < quotas.length; start += MOST_OF_BATCH) {
    const some = quotas.slice(start, start + MOST_OF_BATCH);
    await upsert(
      api,
      'quotas',
      some,
      some.map(({ externalIds }) => externalIds.seed),
    );
  }
  await makeMissing(api, '/v1/lead-forms', [FORM]);
  await makeMissing(api, '/v1/assignment-rules', rulesOf(teams));
  console.log(`${quotas.length} quotas, exchange rates of a year, a lead form, assignment rules`);
}

/** @throws OperatorError when the default pipeline cannot take the deals. */
async function assertUsualStages(api: ApiClient): Promise<void> {
  for await (const { isDefault, name, stages } of pages<{
    isDefault: boolean;
    name: string;
    stages: { key: string }[];
  }>(api, '/v1/pipelines')) {
    const missing = STAGES.filter((key) => !stages.some((stage) => stage.key === key));
    if (!isDefault || missing.length === 0) continue;
    throw new OperatorError(
      `The pipeline ${name} lacks the stages ${missing.join(', ')}, which deals are to be in. ` +
        'Make another pipeline the default one, or seed a new workspace.',
    );
  }
}

/** What one of each currency was worth at the start of each month. */
async function putRates(api: ApiClient, plan: SeedPlan): Promise<void> {
  const { defaultCurrency: to } = await api.json<{ defaultCurrency: string }>(
    '/v1/workspaces/current',
  );
  const base = CURRENCY_CODES.find((code) => code === to);
  if (!base) {
    console.log(`No rates to ${to} are known: forecasts list deals in other currencies apart.`);
    return;
  }
  const rates = [];
  for (let day = 0; day < DAYS; day += 30) {
    for (const from of CURRENCY_CODES.filter((code) => code !== base)) {
      const rate = (euroRate(base, day) / euroRate(from, day)).toFixed(6);
      rates.push({ from, to: base, date: plan.calendar.date(day), rate });
    }
  }
  await api.request('/v1/exchange-rates', { method: 'PUT', json: { rates } });
}

function euroRate(currency: LocalCurrency, day: number): number {
  const { start, end } = CURRENCIES[currency];
  return start + ((end - start) * day) / DAYS;
}

interface Quota {
  userId: string;
  period: string;
  amount: string;
  currency: string;
  externalIds: { seed: string };
}

/** For each quarter and salesperson, near what they sold; of the next one, near what is open. */
function quotasOf(plan: SeedPlan, users: ReadonlyMap<string, string>): Quota[] {
  const sold = new Map<string, number>();
  for (let index = 0; index < plan.counts.deals; index += 1) {
    const { stage, company, closes, lines } = dealOf(plan, index);
    if (stage === 'lost') continue;
    const rate = CURRENCIES[company.country.currency].start;
    const amount = lines.reduce(
      (sum, line) => sum + Number(line.quantity) * Number(line.unitPrice),
      0,
    );
    const key = `${company.owner.email} ${quarterOf(plan.calendar.date(closes))}`;
    sold.set(key, (sold.get(key) ?? 0) + amount / rate);
  }
  return [...sold].map(([key, amount], place) => {
    const [email = '', period = ''] = key.split(' ');
    const target = amount * (0.75 + plan.dice('quota', place).next() * 0.6);
    return {
      ...{ userId: users.get(email) as string, period, currency: 'EUR' },
      amount: `${Math.max(5000, Math.ceil(target / 1000) * 1000)}.00`,
      externalIds: { seed: `quota-${email.split('@')[0]}-${period}` },
    };
  });
}

const quarterOf = (date: string): string =>
  `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;

const FORM = {
  name: `Ask ${HOUSE.name}`,
  fields: [
    { name: 'firstName', label: 'First name' },
    { name: 'lastName', label: 'Last name', required: true },
    { name: 'email', label: 'E-mail', required: true },
    { name: 'companyName', label: 'Company' },
    { name: 'message', label: 'What can we do for you?' },
  ],
  source: 'website',
  campaign: 'Contact form',
  tags: ['web'],
  thankYou: 'Thank you. We answer within a working day.',
  consentText: `I agree that ${HOUSE.name} answers me by e-mail.`,
};

const rulesOf = (teams: ReadonlyMap<string, string>) =>
  TEAMS.filter(({ countries }) => countries.length > 0).map(({ id, name, countries }) => ({
    name: `Leads of ${name}`,
    where: { field: 'address.country', op: 'in', value: countries },
    ...{ method: 'roundRobin', teamId: teams.get(id) },
  }));
