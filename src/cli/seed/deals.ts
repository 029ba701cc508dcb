import { DAYS } from './calendar.js';
import { pickGoods, pickMachine, pickService, unitPrice } from './catalogue.js';
import { companyOf } from './companies.js';
import type { Company } from './companies.js';
import { deciderOf, SOURCES } from './contacts.js';
import type { Source } from './contacts.js';
import type { Dice } from './dice.js';
import { idOf } from './plan.js';
import type { SeedPlan } from './plan.js';
import type { Row } from './table.js';

/** Of a hundred deals of a source that come to an end. */
const WON: Record<Source, number> = {
  ...{ website: 0.34, referral: 0.55, fair: 0.4, partner: 0.48, 'cold call': 0.18, campaign: 0.28 },
};
/** Euros from which a deal is harder to win, and takes longer. */
const BIG = 8000;
/** Days that a deal takes at most, beside the fortnight each of them does. */
const LONGEST = 150;

const WON_REASONS = ['Best delivery time', 'Taste', 'Service contract', 'Price', 'Recommended'];
const LOST_REASONS = {
  ...{ Price: 30, 'Stays with present supplier': 24, 'No budget': 16, 'No answer': 14, Timing: 10 },
  ...{ 'Feature missing': 6 },
};

export interface Deal {
  index: number;
  id: string;
  company: Company;
  name: string;
  source: Source;
  /** Days of the year; closing may be ahead. */
  began: number;
  closes: number;
  stage: 'qualification' | 'proposal' | 'negotiation' | 'won' | 'lost';
  /** Day on which it came into its stage. */
  since: number;
  lines: { sku: string; name: string; quantity: string; unitPrice: string }[];
}

/** Share of its time from which an open deal is in a stage. */
const STEPS = [
  { stage: 'qualification', from: 0 },
  { stage: 'proposal', from: 0.35 },
  { stage: 'negotiation', from: 0.7 },
] as const;

/** The deal of a number. Only companies that order have won ones. */
export function dealOf(plan: SeedPlan, index: number): Deal {
  const dice = plan.dice('deal', index);
  const buys = dice.chance(0.7);
  const number = buys ? plan.buyer(dice) : dice.below(plan.counts.companies);
  const company = companyOf(plan, number);
  const source = dice.weighted(SOURCES);
  const { name, lines, euros } = contentOf(dice, company);
  const met = Math.max(0, plan.metOn(number));
  const drawn = met + Math.floor((DAYS - met) * dice.next() ** 0.8);
  const began = Math.max(met, plan.calendar.workdayBefore(drawn));
  const length = 14 + Math.floor(LONGEST * dice.next() ** (euros > BIG ? 1 : 1.8));
  const closes = plan.calendar.workday(began + length);
  const deal = { index, id: idOf('d', index), company, name, source, began, closes, lines };
  if (closes < DAYS) {
    const chance = WON[source] * (euros > BIG ? 0.75 : 1.1);
    const isWon = dice.chance(chance) && (plan.orderCounts[number] as number) > 0;
    return { ...deal, stage: isWon ? 'won' : 'lost', since: closes };
  }
  const progress = (DAYS - 1 - began) / length;
  const stage = STEPS.findLast(({ from }) => progress >= from) as (typeof STEPS)[number];
  return { ...deal, stage: stage.stage, since: began + Math.ceil(stage.from * length) };
}

function contentOf(dice: Dice, { country, employees, name }: Company) {
  const lines: Deal['lines'] = [];
  const add = (product: Parameters<typeof unitPrice>[0], quantity: number) => {
    const price = unitPrice(product, country.currency, quantity);
    lines.push({
      sku: product.sku,
      name: product.name,
      quantity: String(quantity),
      unitPrice: price,
    });
    return product.price * quantity;
  };
  const size = 1 + Math.sqrt(employees) / 2;
  if (dice.chance(0.55)) {
    const machine = pickMachine(dice);
    const count = 1 + Math.floor(dice.next() ** 3 * size);
    const euros = add(machine, count) + (dice.chance(0.5) ? add(pickService(dice), count) : 0);
    return { name: `${machine.name} for ${name}`, lines, euros };
  }
  const coffee = pickGoods(dice);
  const euros =
    add(coffee, Math.round(dice.between(30, 160) * size)) +
    (dice.chance(0.4) ? add(pickGoods(dice), Math.round(dice.between(10, 60) * size)) : 0);
  return { name: `${coffee.name}, a year for ${name}`, lines, euros };
}

export const DEAL_COLUMNS = {
  seed: 'externalIds.seed',
  name: 'name',
  stage: 'stage',
  currency: 'currency',
  expected: 'expectedCloseDate',
  closed: 'closedAt',
  company: 'company.externalIds.seed',
  contact: 'contact.externalIds.seed',
  source: 'source',
  description: 'description',
  won_reason: 'wonReason',
  lost_reason: 'lostReason',
  tags: 'tags',
  owner: 'ownerId',
  created: 'createdAt',
  since: 'stageEnteredAt',
  sku: 'lines.product.sku',
  item: 'lines.name',
  quantity: 'lines.quantity',
  price: 'lines.unitPrice',
} as const;

/** Columns that only the first row of a deal fills: the others give a line each. */
const HEAD = Object.keys(DEAL_COLUMNS).indexOf('sku');

/** A row for each line of a deal. */
export function* dealRows(plan: SeedPlan): Generator<Row> {
  for (let index = 0; index < plan.counts.deals; index += 1) {
    const deal = dealOf(plan, index);
    const rest: Row = [deal.id, ...Array.from({ length: HEAD - 1 }, () => null)];
    for (const [place, line] of deal.lines.entries()) {
      const head = place === 0 ? headOf(plan, deal) : rest;
      yield [...head, line.sku, line.name, line.quantity, line.unitPrice];
    }
  }
}

function headOf(plan: SeedPlan, deal: Deal): Row {
  const { company, stage, closes, began, source, since } = deal;
  const { calendar } = plan;
  const dice = plan.dice('deal-more', deal.index);
  const isClosed = stage === 'won' || stage === 'lost';
  // Some salespeople leave a date that has passed.
  const expected = !isClosed && dice.chance(0.06) ? DAYS - dice.between(2, 12) : closes;
  return [
    ...[deal.id, deal.name, stage, company.country.currency, calendar.date(expected)],
    isClosed ? calendar.time(closes, dice.between(7, 16), dice.below(60)) : null,
    ...[company.id, deciderOf(plan, company.index), source],
    `Came by ${source} on ${calendar.date(began)}.`,
    ...[stage === 'won' ? dice.pick(WON_REASONS) : null],
    ...[stage === 'lost' ? dice.weighted(LOST_REASONS) : null],
    dice.chance(0.1) ? 'strategic' : null,
    company.owner.email,
    calendar.past(began, 8, dice.below(60)),
    isClosed ? null : calendar.past(since, 9, dice.below(60)),
  ];
}
