import { DAYS } from './calendar.js';
import { companyOf, numberOf } from './companies.js';
import { SOURCES } from './contacts.js';
import type { Source } from './contacts.js';
import { idOf } from './plan.js';
import type { SeedPlan } from './plan.js';
import { wordOf } from './staff.js';
import type { Row } from './table.js';

/** Of a hundred leads of a source: how many become customers, and how many come to nothing. */
const CONVERTED: Record<Source, number> = {
  ...{ website: 0.2, referral: 0.38, fair: 0.25, partner: 0.3, 'cold call': 0.08, campaign: 0.14 },
};
const DISQUALIFIED = 0.18;

const CAMPAIGNS: Partial<Record<Source, readonly string[]>> = {
  fair: ['Sigep Rimini', 'Internorga Hamburg', 'SCA Expo'],
  campaign: ['Spring tasting', 'Summer cold brew', 'Machine check-up', 'Winter blends'],
  website: ['Contact form', 'Catalogue request'],
};

const MESSAGES = [
  'We are opening a second shop and need a two-group machine and a house blend.',
  'Please send your price list for organic espresso beans, about 40 kg a month.',
  'Our fully automatic machine is eight years old. What would a replacement cost?',
  'Do you offer barista training on site? We are a team of six.',
  'We met at the fair and would like samples of the single origins.',
  'How fast can you deliver to us, and is there a minimum order?',
  'We serve 300 cups a day and look for a service contract.',
];

const REASONS = ['No budget this year', 'Private person', 'Outside our region', 'Never answered'];
const CONSENT =
  'I agree that Kaldera Coffee writes to me about its offers. I can withdraw that any time.';

/** What becomes of a lead by deeds, which files cannot say. */
export type LeadEnd =
  | {
      kind: 'converted';
      deal: { name: string; amount: string; currency: string; expectedCloseDate: string };
    }
  | { kind: 'disqualified'; reason: string };

/** How a lead ended; null for one that somebody still works on. */
export function leadEnd(plan: SeedPlan, index: number): LeadEnd | null {
  const dice = plan.dice('lead-end', index);
  const source = sourceOf(plan, index);
  const fate = dice.next();
  if (fate < CONVERTED[source]) {
    const day = plan.calendar.workday(DAYS + dice.between(10, 80));
    const amount = `${dice.between(12, 160) * 50}.00`;
    const deal = {
      name: `First order: ${companyOf(plan, plan.counts.companies + index).name}`,
      amount,
    };
    return {
      kind: 'converted',
      deal: { ...deal, currency: 'EUR', expectedCloseDate: plan.calendar.date(day) },
    };
  }
  if (fate < CONVERTED[source] + DISQUALIFIED)
    return { kind: 'disqualified', reason: dice.pick(REASONS) };
  return null;
}

/** Leads that come to an end, the newest ones, at most so many of each kind. */
export function* endedLeads(plan: SeedPlan): Generator<{ id: string; end: LeadEnd }> {
  const left = { converted: plan.counts.deeds, disqualified: plan.counts.deeds };
  for (let index = plan.counts.leads - 1; index >= 0; index -= 1) {
    const end = leadEnd(plan, index);
    if (!end || left[end.kind] === 0) continue;
    left[end.kind] -= 1;
    yield { id: idOf('l', index), end };
    if (left.converted + left.disqualified === 0) return;
  }
}

const sourceOf = (plan: SeedPlan, index: number): Source =>
  plan.dice('lead-source', index).weighted(SOURCES);

export const LEAD_COLUMNS = {
  seed: 'externalIds.seed',
  first_name: 'firstName',
  last_name: 'lastName',
  email: 'email',
  phone: 'phone',
  title: 'title',
  language: 'language',
  time_zone: 'timeZone',
  city: 'address.city',
  postal_code: 'address.postalCode',
  country: 'address.country',
  company: 'companyName',
  website: 'website',
  industry: 'industry',
  employees: 'employees',
  source: 'source',
  campaign: 'campaign',
  rating: 'rating',
  score: 'score',
  status: 'status',
  message: 'message',
  consent: 'consentText',
  consent_at: 'consentAt',
  owner: 'ownerId',
  created: 'createdAt',
} as const;

export function* leadRows(plan: SeedPlan): Generator<Row> {
  for (let index = 0; index < plan.counts.leads; index += 1) yield rowOf(plan, index);
}

function rowOf(plan: SeedPlan, index: number): Row {
  const dice = plan.dice('lead', index);
  const company = companyOf(plan, plan.counts.companies + index);
  const { country, address, owner } = company;
  const [first, last] = [dice.pick(country.firstNames), dice.pick(country.lastNames)];
  const source = sourceOf(plan, index);
  const score = Math.round(100 * dice.next() ** 1.5);
  // What comes to an end begins as a new lead: its status is the work of a deed.
  const open = dice.weighted({ new: 4, working: 4, qualified: 2 });
  const asked = source === 'website' || source === 'campaign';
  const hour = dice.between(6, 19);
  const day = plan.calendar.dayOf(index, plan.counts.leads);
  const came = plan.calendar.past(day, hour, dice.below(60));
  return [
    ...[idOf('l', index), first.written, last.written],
    `${wordOf(first.latin)}.${wordOf(last.latin)}@${company.domain}`,
    numberOf(dice, country, dice.chance(0.5) ? company.city.phone : country.mobile),
    ...[dice.pick(['Owner', 'Manager', 'Buyer', 'Head Barista']), country.language],
    ...[country.timeZone, address.city, address.postalCode, address.country, company.name],
    ...[`https://www.${company.domain}`, company.industry, company.employees, source],
    dice.pick(CAMPAIGNS[source] ?? [null]),
    ...[score > 65 ? 'hot' : score > 30 ? 'warm' : 'cold', score],
    leadEnd(plan, index) ? null : open,
    ...[dice.chance(0.6) ? dice.pick(MESSAGES) : null, asked ? CONSENT : null],
    ...[asked ? came : null, owner.email, came],
  ];
}
