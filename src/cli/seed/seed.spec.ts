import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isValidPhoneNumber } from 'libphonenumber-js/max';
import { DAYS } from './calendar.js';
import { PRODUCTS } from './catalogue.js';
import { companyOf } from './companies.js';
import { consents } from './consents.js';
import { Dice, scattered } from './dice.js';
import { bytesOf, FILES } from './files.js';
import { SeedPlan } from './plan.js';
import type { SeedRun } from './plan.js';
import { readFlags } from './seed-run.js';
import { csvChunks } from './table.js';

const RUN: SeedRun = { size: 'small', seed: 1, until: '2026-11-28' };
const plan = new SeedPlan(RUN);

/** Rows of a file by their headers. */
function rowsOf(object: string, of = plan): Record<string, string>[] {
  const file = FILES.find((one) => one.object === object) as (typeof FILES)[number];
  const headers = Object.keys(file.mapping);
  return [...file.rows(of)].map((row) =>
    Object.fromEntries(row.map((cell, place) => [headers[place] ?? 'beyond', String(cell ?? '')])),
  );
}

const hashOf = (run: SeedRun): Record<string, string> => {
  const made = new SeedPlan(run);
  return Object.fromEntries(
    FILES.map((file) => {
      const hash = createHash('sha256');
      for (const chunk of bytesOf(file, made)) hash.update(chunk);
      return [file.object, hash.digest('hex').slice(0, 16)];
    }),
  );
};

const countBy = <T>(list: readonly T[], read: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(list, read)].map(([key, group]) => [key, group.length]));

const distinct = (values: readonly (string | undefined)[]): number => new Set(values).size;

const companies = rowsOf('companies');
const contacts = rowsOf('contacts');
const leads = rowsOf('leads');
const orders = rowsOf('orders');
const heads = orders.filter(({ reference }) => reference !== '');
const deals = rowsOf('deals').filter(({ name }) => name !== '');

describe('the files', () => {
  it('are the same bytes for the same size, seed and last day', () => {
    expect(hashOf(RUN)).toMatchInlineSnapshot(`
      {
        "activities": "152d6941d185eaa2",
        "companies": "2d5b88c38dd23a6c",
        "contacts": "a7485c7a7073aab6",
        "deals": "cff878f29a179940",
        "leads": "d0c1578fc73d6de5",
        "orders": "b9e639941c166c51",
        "products": "6cafeb3991a4d49b",
        "tickets": "7d4b2403b6a95b76",
      }
    `);
  });

  it.each<Partial<SeedRun>>([{ seed: 2 }, { until: '2026-11-27' }])(
    'are others for %j',
    (change) => {
      const [one, other] = [hashOf(RUN), hashOf({ ...RUN, ...change })];
      for (const object of ['contacts', 'orders', 'deals', 'activities']) {
        if (object === 'contacts' && change.until) continue;
        expect(other[object]).not.toBe(one[object]);
      }
    },
  );

  it('have a cell for each header', () => {
    for (const { object, rows, mapping } of FILES) {
      const widths = new Set([...rows(plan)].map((row) => row.length));
      expect([object, ...widths]).toEqual([object, Object.keys(mapping).length]);
    }
  });
});

describe('companies and contacts', () => {
  it('are as many as the size says, each of its own name on the net', () => {
    expect([companies.length, contacts.length]).toEqual([500, 1000]);
    const emails = contacts.map(({ email }) => email);
    expect(distinct(emails)).toBe(1000);
    expect(distinct([...companies, ...leads].map(({ website }) => website))).toBe(740);
    expect(distinct([...companies, ...contacts].map(({ seed }) => seed))).toBe(1500);
    // Nobody is written to who exists.
    expect(emails.every((email) => email?.endsWith('.example'))).toBe(true);
  });

  it('stay apart in the largest size too', () => {
    const large = new SeedPlan({ ...RUN, size: 'large' });
    expect(large.contacts).toBe(1_000_000);
    const { companies: known, leads: further } = large.counts;
    const domains = new Set<string>();
    // The last ones are the furthest into the names of each country.
    for (let index = known + further - 5000; index < known + further; index += 1) {
      domains.add(companyOf(large, index).domain);
    }
    expect(domains.size).toBe(5000);
    expect(distinct(rowsAt(large, known - 40))).toBe(rowsAt(large, known - 40).length);
  });

  it('have telephone numbers of their country', () => {
    const people = [...companies, ...contacts, ...leads];
    const phones = people.flatMap(({ phone = '', mobile = '' }) => [phone, mobile].filter(Boolean));
    expect(phones.length).toBeGreaterThan(2000);
    expect(phones.filter((phone) => !isValidPhoneNumber(phone))).toEqual([]);
  });

  it('are customers exactly when they have ordered', () => {
    const buyers = new Set(heads.map(({ company }) => company));
    for (const { seed, stage } of companies) {
      const isCustomer = stage === 'customer' || stage === 'evangelist';
      expect([seed, isCustomer]).toEqual([seed, buyers.has(seed)]);
    }
    expect(buyers.size).toBeGreaterThan(200);
  });
});

/** E-mail addresses of companies from a number on. */
function rowsAt(of: SeedPlan, from: number): string[] {
  return Array.from({ length: 40 }, (_, place) => companyOf(of, from + place).domain);
}

describe('orders', () => {
  const sold = heads.filter(({ kind }) => kind === 'order');
  const monthOf = (of: (typeof heads)[number]) => (of.date as string).slice(0, 7);

  it('are spread over the year, in the order of their days', () => {
    const dates = heads.map(({ date }) => date as string);
    expect(dates).toEqual(dates.toSorted());
    expect([dates[0]! >= '2025-11-29', dates.at(-1)! <= RUN.until]).toEqual([true, true]);
    expect([sold.length, distinct(heads.map(({ reference }) => reference))]).toEqual([
      1200,
      heads.length,
    ]);
  });

  it('have seasons and weekdays', () => {
    const months = countBy(sold, monthOf);
    expect(months['2026-11']).toBeGreaterThan((months['2026-08'] as number) * 1.5);
    const days = countBy(sold, ({ date }) => String(new Date(date as string).getUTCDay()));
    expect(days['2']).toBeGreaterThan((days['0'] ?? 0) * 10);
  });

  it('come for the most part from few customers', () => {
    const counts = [...plan.orderCounts].toSorted((a, b) => b - a);
    const share = counts.slice(0, 62).reduce((sum, count) => sum + count, 0) / 1200;
    expect(share).toBeGreaterThan(0.65);
    expect(counts[0]).toBeLessThan(120);
  });

  it('of long ago are closed, the newest are drafts, and some goods come back', () => {
    const old = sold.filter(({ date }) => (date as string) < '2026-10-01');
    expect(distinct(old.map(({ status }) => status))).toBe(2);
    expect(sold.filter(({ status }) => status === '').length).toBeGreaterThan(5);
    const returns = heads.filter(({ kind }) => kind === 'creditNote');
    expect(returns.length).toBeGreaterThan(8);
    expect(returns.every(({ quantity }) => Number(quantity) < 0)).toBe(true);
  });

  it('name products there are', () => {
    const skus = PRODUCTS.map(({ sku }) => sku);
    expect(distinct(skus)).toBe(skus.length);
    const known = new Set(skus);
    expect(orders.every(({ sku }) => known.has(sku as string))).toBe(true);
  });
});

describe('deals', () => {
  it('are in all stages, the open ones ahead, and won by those who buy', () => {
    const stages = countBy(deals, ({ stage }) => stage as string);
    for (const stage of ['qualification', 'proposal', 'negotiation', 'won', 'lost']) {
      expect([stage, (stages[stage] ?? 0) >= 15]).toEqual([stage, true]);
    }
    const buyers = new Set(heads.map(({ company }) => company));
    for (const { stage, company, closed, expected, lost_reason: reason } of deals) {
      const isOpen = stage !== 'won' && stage !== 'lost';
      expect([isOpen, reason !== '']).toEqual([closed === '', stage === 'lost']);
      if (stage === 'won') expect(buyers.has(company as string)).toBe(true);
      if (!isOpen) expect((expected as string) <= RUN.until).toBe(true);
    }
    const open = deals.filter(({ closed }) => closed === '');
    const ahead = open.filter(({ expected }) => (expected as string) > RUN.until);
    expect(ahead.length / open.length).toBeGreaterThan(0.8);
  });

  it('are won more often when somebody recommended us than after a cold call', () => {
    const many = new SeedPlan({ ...RUN, size: 'medium' });
    const closed = rowsOf('deals', many).filter((deal) => deal.closed);
    const won = (source: string) => {
      const own = closed.filter((deal) => deal.source === source);
      return own.filter(({ stage }) => stage === 'won').length / own.length;
    };
    expect(won('referral')).toBeGreaterThan(won('cold call') * 1.8);
  });
});

describe('the times at which all this was made', () => {
  const tickets = rowsOf('tickets');
  const end = `${RUN.until}T00:00:00.000Z`;

  it('have passed, at whatever hour of the last day it is seeded', () => {
    for (const { object, mapping } of FILES) {
      if (!('created' in mapping)) continue;
      const times = rowsOf(object).flatMap(({ created = '', since = '' }) => [created, since]);
      expect([object, times.filter((time) => time > end)]).toEqual([object, []]);
    }
    const told = [...consents(plan)].map(({ occurredAt }) => occurredAt);
    expect([told.length > 500, told.filter((time) => time > end)]).toEqual([true, []]);
  });

  it('follow from each other: the company, its people, what they order and agree to', () => {
    const met = new Map(companies.map(({ seed, created }) => [seed, created as string]));
    for (const { company, created } of [...contacts, ...heads, ...deals]) {
      expect((created as string) >= (met.get(company) as string)).toBe(true);
    }
    const since = new Map(contacts.map(({ email, created }) => [email, created as string]));
    for (const { email, occurredAt } of consents(plan)) {
      expect(occurredAt >= (since.get(email) as string)).toBe(true);
    }
    for (const deal of deals) if (deal.since) expect(deal.since >= deal.created!).toBe(true);
  });

  it('of tickets: asked, answered, solved, closed, rated, and numbered as they came', () => {
    const solved = tickets.filter((ticket) => ticket.solved);
    expect(solved).toHaveLength(620);
    for (const { created, responded, solved: at, closed, rated, status } of solved) {
      const steps = [created, responded, at].map(String);
      expect(steps).toEqual(steps.toSorted());
      expect([status, closed !== ''].join()).toMatch(/^(closed,true|solved,false)$/);
      for (const later of [closed, rated]) if (later) expect(later >= at!).toBe(true);
      expect([at, closed, rated].every((time) => (time as string) <= end)).toBe(true);
    }
    const days = solved.map(({ created }) => (created as string).slice(0, 10));
    expect(days).toEqual(days.toSorted());
    const scores = countBy(
      solved.filter(({ score }) => score),
      ({ score }) => score as string,
    );
    expect(Object.keys(scores)).toEqual(['1', '2', '3', '4', '5']);
    expect(scores['5']).toBeGreaterThan((scores['1'] as number) * 3);
  });
});

describe('what they are made with', () => {
  it('is a number generator that is the same everywhere', () => {
    const dice = new Dice(1, 'test', 7);
    expect([dice.below(1000), dice.below(1000), dice.below(1000)]).toMatchInlineSnapshot(`
      [
        308,
        796,
        760,
      ]
    `);
    const sum = Array.from({ length: 10_000 }, (_, at) => new Dice(1, 'x', at).next());
    expect(sum.reduce((total, value) => total + value, 0) / 10_000).toBeCloseTo(0.5, 1);
  });

  it('is an order without repeats', () => {
    for (const size of [1, 2, 20, 97, 500]) {
      const places = Array.from({ length: size }, (_, at) => scattered(at, size, 12_345));
      expect(new Set(places).size).toBe(size);
    }
  });

  it('is CSV that quotes what needs it', () => {
    const chunks = [...csvChunks(['a', 'b'], [['x,"y"', null]])];
    expect(Buffer.concat(chunks).toString()).toBe('a,b\n"x,""y""",\n');
    const rows = Array.from({ length: 9000 }, () => ['0123456789']);
    const sizes = [...csvChunks(['a'], rows)].map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThan(70_000);
    expect(DAYS).toBe(365);
  });
});

describe('flags', () => {
  it('that are wrong are named', () => {
    expect(() => readFlags({ size: 'huge', seed: '1' })).toThrow('--size huge');
    expect(() => readFlags({ size: 'small', seed: '1.5' })).toThrow('--seed 1.5');
    for (const until of ['2026-02-30', 'today']) {
      expect(() => readFlags({ size: 'small', seed: '1', until })).toThrow(`--until ${until}`);
    }
    expect(readFlags({ size: 'large', seed: '7' })).toEqual({ size: 'large', seed: 7 });
  });
});
