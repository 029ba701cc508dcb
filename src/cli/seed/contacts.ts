import { DAYS } from './calendar.js';
import { companyOf, numberOf, stageOf } from './companies.js';
import type { Company } from './companies.js';
import { idOf } from './plan.js';
import type { SeedPlan } from './plan.js';
import { wordOf } from './staff.js';
import type { Row } from './table.js';

export interface Contact {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
}

/** Titles by what people are asked for: the first contact of a company decides. */
const DECIDERS = ['Owner', 'Managing Director', 'Head of Purchasing', 'General Manager'];
const OTHERS = [
  ...['Barista', 'Head Barista', 'Buyer', 'Purchasing Assistant', 'Food & Beverage Manager'],
  ...['Office Manager', 'Shift Manager', 'Chef', 'Accountant', 'Technical Manager', 'Receptionist'],
];

export const SOURCES = {
  ...{ website: 30, referral: 20, fair: 18, partner: 10, 'cold call': 12, campaign: 10 },
} as const;

export type Source = keyof typeof SOURCES;

/** Id of the person at a company who decides. */
export const deciderOf = (plan: SeedPlan, company: number): string =>
  idOf('p', plan.contactsOf(company).first);

/** The people of a company; no two share an address. */
export function contactsAt(plan: SeedPlan, company: Company): Contact[] {
  const { first, count } = plan.contactsOf(company.index);
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, place) => {
    const dice = plan.dice('contact', first + place);
    const [given, family] = [
      dice.pick(company.country.firstNames),
      dice.pick(company.country.lastNames),
    ];
    const plain = `${wordOf(given.latin)}.${wordOf(family.latin)}`;
    const local = taken.has(plain) ? `${plain}${place + 1}` : plain;
    taken.add(plain);
    return {
      id: idOf('p', first + place),
      ...{ firstName: given.written, lastName: family.written },
      email: `${local}@${company.domain}`,
    };
  });
}

export const CONTACT_COLUMNS = {
  seed: 'externalIds.seed',
  first_name: 'firstName',
  last_name: 'lastName',
  email: 'email',
  phone: 'phone',
  mobile: 'mobile',
  title: 'title',
  company: 'company.externalIds.seed',
  street: 'address.street',
  city: 'address.city',
  region: 'address.region',
  postal_code: 'address.postalCode',
  country: 'address.country',
  stage: 'lifecycleStage',
  source: 'source',
  language: 'language',
  time_zone: 'timeZone',
  tags: 'tags',
  owner: 'ownerId',
  created: 'createdAt',
} as const;

/** Day on which the house has heard of somebody: of who decides, with the company. */
export function contactMetOn(plan: SeedPlan, company: number, place: number): number {
  const met = plan.metOn(company);
  if (place === 0) return met;
  const dice = plan.dice('contact-met', plan.contactsOf(company).first + place);
  return met + Math.floor((DAYS - met) * dice.next() ** 2);
}

export function* contactRows(plan: SeedPlan): Generator<Row> {
  for (let index = 0; index < plan.counts.companies; index += 1) {
    const company = companyOf(plan, index);
    const orders = plan.orderCounts[index] as number;
    const source = plan.dice('source', index).weighted(SOURCES);
    const people = contactsAt(plan, company);
    for (const [place, person] of people.entries()) {
      yield rowOf(plan, { company, orders, source, place }, person);
    }
  }
}

interface At {
  company: Company;
  orders: number;
  source: Source;
  place: number;
}

function rowOf(plan: SeedPlan, at: At, person: Contact): Row {
  const { company, orders, source, place } = at;
  const { country, address, owner } = company;
  const dice = plan.dice('contact-more', plan.contactsOf(company.index).first + place);
  const isDecider = place === 0;
  const phone = isDecider || dice.chance(0.4) ? numberOf(dice, country, company.city.phone) : null;
  const mobile = dice.chance(0.6) ? numberOf(dice, country, country.mobile) : null;
  const stage =
    isDecider || dice.chance(0.7) ? stageOf(orders, dice) : orders > 0 ? 'customer' : 'other';
  return [
    ...[person.id, person.firstName, person.lastName, person.email, phone, mobile],
    ...[dice.pick(isDecider ? DECIDERS : OTHERS), company.id],
    ...[address.street, address.city, address.region, address.postalCode, address.country],
    ...[stage, source, country.language, country.timeZone],
    ...[isDecider ? 'decision-maker' : dice.chance(0.3) ? 'newsletter' : null, owner.email],
    plan.calendar.past(
      contactMetOn(plan, company.index, place),
      ...([dice.between(9, 16), dice.below(60)] as const),
    ),
  ];
}
