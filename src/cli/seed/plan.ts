import { Calendar, DAYS } from './calendar.js';
import { Dice, scattered } from './dice.js';
import { SIZES } from './sizes.js';
import type { Size, SizeName } from './sizes.js';
import { Staff } from './staff.js';

/** What a run is asked for: the same three make the same company. */
export interface SeedRun {
  size: SizeName;
  seed: number;
  /** Last day of the year, `YYYY-MM-DD`. */
  until: string;
}

/** An order before anything else is known of it. */
export interface PlannedOrder {
  index: number;
  day: number;
  company: number;
}

/** Companies that buy, of a hundred. */
const BUYERS = 0.62;
/** The first fifth of them places seven of ten orders, and the first of those the most. */
const REGULARS = 0.2;
const OF_REGULARS = 0.7;
const SKEW = 1.5;

/**
 * What everything else is worked out from, record by record: nothing is kept but a count for each
 * company.
 */
export class SeedPlan {
  readonly counts: Size;
  readonly calendar: Calendar;
  readonly staff: Staff;
  readonly contacts: number;
  /** Orders of each company. */
  readonly orderCounts: Uint16Array;
  /** Day of each company's first order; {@link DAYS} for those that have not ordered. */
  private readonly firstOrders: Uint16Array;

  constructor(readonly run: SeedRun) {
    this.counts = SIZES[run.size];
    this.calendar = new Calendar(run.until);
    this.staff = new Staff(run.seed, this.counts.users);
    this.contacts = (this.counts.companies / 20) * this.contactsOfBlock;
    this.orderCounts = new Uint16Array(this.counts.companies);
    this.firstOrders = new Uint16Array(this.counts.companies).fill(DAYS);
    for (const { company, day } of this.orders()) {
      this.orderCounts[company]! += 1;
      this.firstOrders[company] = Math.min(day, this.firstOrders[company] as number);
    }
  }

  dice(kind: string, index: number): Dice {
    return new Dice(this.run.seed, kind, index);
  }

  /** All orders, day by day. */
  *orders(from = 0, to = DAYS - 1): Generator<PlannedOrder> {
    const { orders } = this.counts;
    let index = this.calendar.happenedBy(from - 1, orders);
    for (let day = from; day <= to; day += 1) {
      for (const end = this.calendar.happenedBy(day, orders); index < end; index += 1) {
        yield { index, day, company: this.buyer(this.dice('buyer', index)) };
      }
    }
  }

  /** One of the companies that buy: a few come often. */
  buyer(dice: Dice): number {
    const { companies } = this.counts;
    const buyers = companies * BUYERS;
    const regulars = buyers * REGULARS;
    const isRegular = dice.chance(OF_REGULARS);
    const share = dice.next();
    const rank = Math.floor(
      isRegular ? regulars * share ** SKEW : regulars + (buyers - regulars) * share,
    );
    return scattered(rank, companies, this.run.seed);
  }

  /** Day of a company's first order; {@link DAYS} when it has not ordered. */
  firstOrderOf(company: number): number {
    return this.firstOrders[company] ?? DAYS;
  }

  /** Day on which the house has heard of a company, some weeks before its first order. */
  metOn(company: number): number {
    const dice = this.dice('met', company);
    const first = this.firstOrderOf(company);
    if (first < DAYS) return first - dice.between(2, 45);
    return Math.floor(DAYS * dice.next() ** 1.6) - 20;
  }

  /** How many contacts a company has, and the number of its first one. */
  contactsOf(company: number): { first: number; count: number } {
    const block = Math.floor(company / 20);
    const deck = this.dice('block', block).shuffled(this.counts.contactsOfTwenty);
    const place = company % 20;
    const before = deck.slice(0, place).reduce((sum, count) => sum + count, 0);
    return { first: block * this.contactsOfBlock + before, count: deck[place] as number };
  }

  private get contactsOfBlock(): number {
    return this.counts.contactsOfTwenty.reduce((sum, count) => sum + count, 0);
  }
}

/** External id of a record: `c-000017`. */
export const idOf = (kind: string, index: number): string =>
  `${kind}-${String(index + 1).padStart(6, '0')}`;
