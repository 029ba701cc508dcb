import { scattered } from './dice.js';
import type { Dice } from './dice.js';
import type { SeedPlan } from './plan.js';
import { idOf } from './plan.js';
import { wordOf } from './staff.js';
import type { User } from './staff.js';
import type { Row } from './table.js';
import { COUNTRIES } from './world/index.js';
import type { City, Country, Name } from './world/index.js';

export interface Address {
  street: string;
  city: string;
  region: string;
  postalCode: string;
  country: string;
}

export interface Company {
  index: number;
  id: string;
  name: string;
  domain: string;
  industry: string;
  country: Country;
  city: City;
  address: Address;
  phone: string;
  employees: number;
  /** Euros a year. */
  revenue: number;
  owner: User;
}

/** A country for each of a hundred companies; whoever counts in hundreds has each one's number in it. */
const DECK = COUNTRIES.flatMap((country, place) =>
  Array.from({ length: country.share }, (_, at) => ({ country, place, at })),
);

/**
 * The company of a number. Those beyond the companies of the plan exist only as leads: names and
 * domains are theirs alone all the same.
 */
export function companyOf(plan: SeedPlan, index: number): Company {
  const dice = plan.dice('company', index);
  const { country, at } = DECK[scattered(index % 100, 100, plan.run.seed)] as (typeof DECK)[number];
  const { name, domain, city, industry } = namesOf(
    country,
    Math.floor(index / 100) * country.share + at,
    plan.run.seed,
  );
  const isKnown = index < plan.counts.companies;
  const people = isKnown ? plan.contactsOf(index).count : 1;
  const employees = Math.max(2, Math.round(people * people * (1 + dice.next() ** 3 * 12)));
  return {
    ...{ index, id: idOf('c', index), name: named(dice, country, name), domain, industry, country },
    ...{
      city,
      address: addressOf(dice, country, city),
      phone: numberOf(dice, country, city.phone),
    },
    employees,
    revenue: Math.round(employees * (60 + dice.next() * 90)) * 1000,
    owner: plan.staff.seller(country.code, dice.next()),
  };
}

interface Names {
  name: string;
  domain: string;
  city: City;
  industry: string;
}

/** A name and city that no other company of the country has: one family's, and later two families'. */
function namesOf(country: Country, number: number, seed: number): Names {
  const { companies, lastNames, cities } = country;
  const places = companies.length * cities.length;
  const singles = places * lastNames.length;
  const all = singles * lastNames.length;
  const round = Math.floor(number / all);
  const within = number % all;
  const place =
    within < singles
      ? scattered(within, singles, seed)
      : singles + scattered(within - singles, all - singles, seed);
  const trade = companies[place % companies.length] as Name;
  const city = cities[Math.floor(place / companies.length) % cities.length] as City;
  const names = familiesOf(lastNames, Math.floor(place / places));
  const again = round === 0 ? '' : ` ${round + 1}`;
  const written = trade.written.replace('*', names.map((one) => one.written).join(' & ')) + again;
  const latin = trade.latin.replace('*', names.map((one) => one.latin).join(' ')) + again;
  return {
    name: written,
    domain: `${wordOf(`${latin} ${city.latin}`)}.example`,
    ...{ city, industry: industryOf(trade.latin) },
  };
}

/** The first ones are single names; then each name with each other one. */
function familiesOf(names: readonly Name[], number: number): Name[] {
  const { length } = names;
  if (number < length) return [names[number] as Name];
  const first = (number - length) % length;
  const other = (first + 1 + Math.floor((number - length) / length)) % length;
  return [names[first] as Name, names[other] as Name];
}

const INDUSTRIES: readonly [RegExp, string][] = [
  [/rost|torref|palarn|pražír|tostad|kafekop/i, 'Coffee roasting'],
  [
    /caf[eéè]\b|kaffee|kaffebar|coffee|caffè|kavárn|kawiarn|koffie|cafeter|^bar|tea/i,
    'Coffee shops',
  ],
  [/hotel|hôtel|hotell|albergo|gasthof|pens|penzion|inn\b|auberge|hostal|kro\b|värds/i, 'Hotels'],
  [/restaur|brass|bistrot|trattor|tavern|lunch|eetc/i, 'Restaurants'],
  [/bak|bäck|bage|boulan|piek|pek|pani|panad|padar|arto/i, 'Bakeries'],
  [/cater|traiteur/i, 'Catering'],
  [/büro|office/i, 'Office supplies'],
  [/kondit|confis|pâtis|patis|pastic|pastel|cuk|chocol/i, 'Confectionery'],
];

const industryOf = (trade: string): string =>
  INDUSTRIES.find(([pattern]) => pattern.test(trade))?.[1] ?? 'Food retail';

const named = (dice: Dice, country: Country, name: string): string =>
  dice.chance(0.5) ? `${name} ${dice.pick(country.legalForms)}` : name;

function addressOf(dice: Dice, country: Country, city: City): Address {
  const street = country.address.replace('*', dice.pick(country.streets));
  return {
    street: street.replace('#', String(dice.between(1, 140))),
    city: city.name,
    region: city.region,
    postalCode: filled(dice, city.postalCode),
    country: country.code,
  };
}

/** A telephone number of the pattern, in international form. */
export const numberOf = (dice: Dice, country: Country, pattern: string): string =>
  `+${country.callingCode}${filled(dice, pattern)}`;

/** Puts digits in for `#`: the first one of a row is none that numbers do not begin with. */
function filled(dice: Dice, pattern: string): string {
  return pattern.replace(/#+/g, (marks) => {
    const first = marks.length > 4 ? String(dice.between(2, 7)) : dice.digits(1);
    return first + dice.digits(marks.length - 1);
  });
}

export const COMPANY_COLUMNS = {
  seed: 'externalIds.seed',
  name: 'name',
  domain: 'domain',
  website: 'website',
  industry: 'industry',
  employees: 'employees',
  revenue: 'annualRevenue.amount',
  currency: 'annualRevenue.currency',
  phone: 'phone',
  street: 'address.street',
  city: 'address.city',
  region: 'address.region',
  postal_code: 'address.postalCode',
  country: 'address.country',
  stage: 'lifecycleStage',
  description: 'description',
  tags: 'tags',
  owner: 'ownerId',
  created: 'createdAt',
} as const;

export function* companyRows(plan: SeedPlan): Generator<Row> {
  for (let index = 0; index < plan.counts.companies; index += 1) {
    const company = companyOf(plan, index);
    const { address, owner } = company;
    const orders = plan.orderCounts[index] as number;
    const dice = plan.dice('company-more', index);
    yield [
      ...[company.id, company.name, company.domain, `https://www.${company.domain}`],
      ...[company.industry, company.employees, company.revenue, 'EUR', company.phone],
      ...[address.street, address.city, address.region, address.postalCode, address.country],
      ...[stageOf(orders, dice), aboutOf(company, orders), tagsOf(orders, dice), owner.email],
      plan.calendar.past(plan.metOn(index), dice.between(6, 7), dice.below(60)),
    ];
  }
}

/** Whoever has ordered is a customer, and nobody else. */
export function stageOf(orders: number, dice: Dice): string {
  if (orders > 12 && dice.chance(0.1)) return 'evangelist';
  if (orders > 0) return 'customer';
  return dice.weighted({ lead: 4, qualified: 3, opportunity: 2, subscriber: 2, other: 1 });
}

function aboutOf({ industry, employees, city }: Company, orders: number): string {
  const buys = orders > 0 ? 'Buys from us.' : 'Does not buy from us yet.';
  return `${industry} in ${city.name}, ${employees} people. ${buys}`;
}

function tagsOf(orders: number, dice: Dice): string {
  const tags = orders > 15 ? ['key-account'] : [];
  if (dice.chance(0.12)) tags.push('fair');
  if (dice.chance(0.15)) tags.push('organic');
  return tags.join(',');
}
