import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from '../support/seeded-fast-check.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Questions over deals, leads and time: against plain JavaScript that knows no SQL. */
let server: TestServer;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  admin = await server.createWorkspace('Copperworks');
});

afterAll(() => server.close());

const make = async (path: string, body: object, client = admin) =>
  (await client.expect(201, 'POST', path, body)).body;
const get = async (path: string, client = admin) =>
  (await client.expect(200, 'GET', `/v1/reports/${path}`)).body;
const ask = async (body: object, client = admin) =>
  (await client.expect(200, 'POST', '/v1/reports/query', body)).body;

interface Deal {
  name: string;
  amount: string | null;
  currency: string;
  source: string | null;
  tags: string[];
  expectedCloseDate: string | null;
  custom: { size?: number; tier?: string };
}

type Group = Deal[];

const SOURCES = ['web', 'fair', 'Ärzte', null];

/** Deals whose values repeat and are missing now and then. */
function someDeals(count: number): Deal[] {
  let state = 99;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return Array.from({ length: count }, (_, n) => ({
    name: `Deal ${n}`,
    amount: random(5) === 0 ? null : `${random(300)}.${String(random(100)).padStart(2, '0')}`,
    currency: ['EUR', 'USD'][random(2)] as string,
    source: SOURCES[random(4)] as string | null,
    tags: ['a', 'b', 'c'].filter(() => random(3) === 0),
    expectedCloseDate:
      random(6) === 0
        ? null
        : new Date(Date.UTC(2024, 11, 20) + random(40) * 86_400_000).toISOString().slice(0, 10),
    custom: {
      ...(random(3) === 0 ? {} : { size: random(50) / 4 }),
      ...(random(3) === 0 ? {} : { tier: ['gold', 'silver'][random(2)] }),
    },
  }));
}

const DEALS = someDeals(120);

/** Dimensions, and what a deal has of them: several values for lists. */
const DIMENSIONS: Record<string, { by?: string; of: (deal: Deal) => (string | null)[] }> = {
  source: { of: ({ source }) => [source] },
  currency: { of: ({ currency }) => [currency] },
  tags: { of: ({ tags }) => (tags.length === 0 ? [null] : tags) },
  'custom.tier': { of: ({ custom }) => [custom.tier ?? null] },
  expectedCloseDate: { by: 'week', of: (deal) => [isoWeek(deal.expectedCloseDate)] },
};

function isoWeek(day: string | null): string | null {
  if (day === null) return null;
  const date = new Date(`${day}T00:00:00Z`);
  // The week belongs to the year of its Thursday.
  date.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  const week = 1 + Math.floor((date.getTime() - first) / (7 * 86_400_000));
  return `${date.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

/** Hundredths, so that nothing passes through a float that is not whole. */
const amounts = (group: Group): number[] =>
  group.flatMap(({ amount }) => (amount === null ? [] : Math.round(Number(amount) * 100)));
const sizes = (group: Group): number[] =>
  group.flatMap(({ custom }) => (custom.size === undefined ? [] : custom.size * 100));
const sum = (list: number[]): number => list.reduce((all, value) => all + value, 0);
const sorted = (list: number[]): number[] => [...list].sort((a, b) => a - b);
const middle = (list: number[]): number => {
  const [low, high] = [Math.floor((list.length - 1) / 2), Math.ceil((list.length - 1) / 2)];
  return ((sorted(list)[low] as number) + (sorted(list)[high] as number)) / 2;
};

/** Half away from zero, as money is rounded; none of these is negative. */
const money = (list: number[], value: (list: number[]) => number): string | null =>
  list.length === 0 ? null : (Math.floor(value(list) + 0.5) / 100).toFixed(2);
const plain = (list: number[], value: (list: number[]) => number): string | null =>
  list.length === 0 ? null : String(Number((value(list) / 100).toFixed(6)));

const MEASURES: Record<string, { field?: string; value: (group: Group) => unknown }> = {
  count: { value: (group) => group.length },
  'count(amount)': { field: 'amount', value: (group) => amounts(group).length },
  'sum(amount)': { field: 'amount', value: (group) => money(amounts(group), sum) },
  'max(amount)': {
    field: 'amount',
    value: (group) => money(amounts(group), (l) => Math.max(...l)),
  },
  'median(amount)': { field: 'amount', value: (group) => money(amounts(group), middle) },
  'avg(amount)': {
    field: 'amount',
    value: (group) => money(amounts(group), (list) => sum(list) / list.length),
  },
  'distinct(source)': {
    field: 'source',
    value: (group) => new Set(group.flatMap(({ source }) => source ?? [])).size,
  },
  'avg(custom.size)': {
    field: 'custom.size',
    value: (group) => plain(sizes(group), (list) => sum(list) / list.length),
  },
  'min(custom.size)': {
    field: 'custom.size',
    value: (group) => plain(sizes(group), (l) => Math.min(...l)),
  },
  'sum(custom.size)': { field: 'custom.size', value: (group) => plain(sizes(group), sum) },
  'min(expectedCloseDate)': {
    field: 'expectedCloseDate',
    value: (group) => group.flatMap((deal) => deal.expectedCloseDate ?? []).sort()[0] ?? null,
  },
};

const FILTERS: Record<string, { where?: object; keeps: (deal: Deal) => boolean }> = {
  none: { keeps: () => true },
  web: {
    where: { field: 'source', op: 'eq', value: 'web' },
    keeps: ({ source }) => source === 'web',
  },
  dear: {
    where: { field: 'amount', op: 'gte', value: '100' },
    keeps: ({ amount }) => amount !== null && Number(amount) >= 100,
  },
  notGold: {
    where: { not: { field: 'custom.tier', op: 'eq', value: 'gold' } },
    keeps: ({ custom }) => custom.tier !== 'gold',
  },
  either: {
    where: {
      or: [
        { field: 'tags', op: 'has', value: 'a' },
        { field: 'expectedCloseDate', op: 'lt', value: '2025-01-01' },
      ],
    },
    keeps: ({ tags, expectedCloseDate: day }) =>
      tags.includes('a') || (day !== null && day < '2025-01-01'),
  },
  nobody: { where: { field: 'source', op: 'eq', value: 'none' }, keeps: () => false },
};

/** The rows that a query must have, worked out deal by deal. */
function naive(dimensions: string[], measures: string[], filter: string): object[] {
  const keyed = DEALS.filter((deal) => FILTERS[filter]?.keeps(deal)).flatMap((deal) =>
    dimensions
      .reduce<(string | null)[][]>(
        (keys, name) =>
          keys.flatMap((key) => (DIMENSIONS[name]?.of(deal) ?? []).map((value) => [...key, value])),
        [[]],
      )
      .map((key) => ({ key: JSON.stringify(key), deal })),
  );
  const groups = Map.groupBy(keyed, ({ key }) => key);
  return [...groups].map(([key, items]) => {
    const values = JSON.parse(key) as (string | null)[];
    const group = items.map(({ deal }) => deal);
    return {
      ...Object.fromEntries(dimensions.map((name, index) => [name, values[index] ?? null])),
      ...Object.fromEntries(measures.map((name) => [name, MEASURES[name]?.value(group)])),
    };
  });
}

const inOrder = (rows: object[]): string[] =>
  rows.map((row) => JSON.stringify(sortedKeys(row))).sort();
const sortedKeys = (row: object): [string, unknown][] =>
  Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));

describe('any question', () => {
  beforeAll(async () => {
    const define = (property: object) => make('/v1/properties/deals', property);
    await define({ name: 'size', label: 'Size', type: 'number' });
    const options = [{ value: 'gold' }, { value: 'silver' }];
    await define({ name: 'tier', label: 'Tier', type: 'select', options });
    const { body } = await admin.expect(200, 'POST', '/v1/deals/batch', {
      ...{ operation: 'create', atomic: true, records: DEALS },
    });
    expect(body.succeeded).toBe(DEALS.length);
  });

  test('is answered as plain JavaScript answers it', async () => {
    const names = (of: object): string[] => Object.keys(of);
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(names(DIMENSIONS), { maxLength: 3 }),
        fc.subarray(names(MEASURES), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...names(FILTERS)),
        async (chosen, measures, filter) => {
          const isMoney = measures.some((name) => /^(sum|max|median|avg)\(amount/.test(name));
          const dimensions = isMoney ? [...new Set([...chosen, 'currency'])] : chosen;
          const { rows, truncated } = await ask({
            object: 'deals',
            ...(FILTERS[filter]?.where ? { where: FILTERS[filter].where } : {}),
            dimensions: chosen.map((field) => {
              const by = DIMENSIONS[field]?.by;
              return { field, ...(by ? { by } : {}) };
            }),
            measures: measures.map((name) => {
              const field = MEASURES[name]?.field;
              return { measure: name.split('(')[0], ...(field ? { field } : {}) };
            }),
          });
          expect(truncated).toBe(false);
          const expected = naive(dimensions, measures, filter);
          // Without a dimension there is one row, also of nothing.
          if (dimensions.length === 0 && expected.length === 0) {
            const nothing = measures.map((name) => [name, MEASURES[name]?.value([])]);
            expected.push(Object.fromEntries(nothing) as object);
          }
          expect(inOrder(rows)).toEqual(inOrder(expected));
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  test('is sorted by any column, empty ones last, and cut after that', async () => {
    const query = {
      object: 'deals',
      measures: [{ measure: 'count' }],
      dimensions: [{ field: 'source' }],
    };
    const counts = naive(['source'], ['count'], 'none') as { source: string; count: number }[];
    const { rows } = await ask({ ...query, sort: ['-count'], limit: 2 });
    const best = counts.map(({ count }) => count).sort((a, b) => b - a);
    expect(rows.map(({ count }: { count: number }) => count)).toEqual(best.slice(0, 2));
    const byName = (await ask({ ...query, sort: ['source'] })).rows;
    expect(byName.at(-1).source).toBeNull();
  });
});

describe('days, weeks and months', () => {
  /** Around the nights on which clocks are changed, and the ends of weeks, months and years. */
  const TIMES = [
    ...['2023-12-31T22:59:59.999Z', '2023-12-31T23:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    ...['2024-03-30T22:59:00.000Z', '2024-03-30T23:00:00.000Z', '2024-03-31T21:59:59.000Z'],
    ...['2024-03-31T22:00:00.000Z', '2024-03-10T07:30:00.000Z', '2024-03-10T03:59:00.000Z'],
    ...['2024-10-26T21:59:00.000Z', '2024-10-26T22:00:00.000Z', '2024-10-27T00:30:00.000Z'],
    ...['2024-10-27T01:30:00.000Z', '2024-10-27T22:59:00.000Z', '2024-10-27T23:00:00.000Z'],
    ...['2021-01-03T12:00:00.000Z', '2020-12-28T05:00:00.000Z', '2024-12-30T15:00:00.000Z'],
    ...['2024-02-29T18:29:00.000Z', '2024-02-29T18:30:00.000Z'],
  ];

  let pipeline: { id: string; stages: { id: string; type: string }[] };

  beforeAll(async () => {
    pipeline = await make('/v1/pipelines', { name: 'Times' });
    const won = pipeline.stages.find(({ type }) => type === 'won');
    for (const closedAt of TIMES) {
      await make('/v1/deals', { name: closedAt, stageId: won?.id, closedAt });
    }
  });

  /** What a calendar on the wall there shows. */
  const dayIn = (time: string, timeZone: string): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(time));
  const quarterOf = (day: string): string =>
    `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;

  test.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'])(
    'in %s are those of the clocks there',
    async (timeZone) => {
      const periods: Record<string, (day: string) => string | null> = {
        day: (day) => day,
        week: isoWeek,
        month: (day) => day.slice(0, 7),
        quarter: quarterOf,
        year: (day) => day.slice(0, 4),
      };
      for (const [by, nameOf] of Object.entries(periods)) {
        const { rows } = await ask({
          ...{ object: 'deals', timeZone, measures: [{ measure: 'count' }] },
          dimensions: [{ field: 'closedAt', by, as: 'period' }],
          where: { field: 'pipelineId', op: 'eq', value: pipeline.id },
        });
        const groups = Map.groupBy(TIMES, (time) => nameOf(dayIn(time, timeZone)));
        const expected = [...groups].map(([period, own]) => ({ period, count: own.length }));
        expect(rows).toEqual(
          expected.sort((a, b) => ((a.period ?? '') < (b.period ?? '') ? -1 : 1)),
        );
      }
    },
  );
});

describe('pipelines', () => {
  let pipeline: { id: string; stages: { id: string; key: string }[] };
  const stage = (key: string) => pipeline.stages.find((item) => item.key === key)?.id;

  beforeAll(async () => {
    await admin.expect(200, 'PUT', '/v1/exchange-rates', {
      rates: [{ from: 'USD', to: 'EUR', date: '2020-01-01', rate: '0.5' }],
    });
    pipeline = await make('/v1/pipelines', { name: 'Funnel' });
    const deal = (name: string, body: object = {}) =>
      make('/v1/deals', {
        name,
        stageId: stage('qualification'),
        amount: '100',
        source: 'fair',
        ...body,
      });
    const move = (id: string, key: string) =>
      admin.expect(200, 'POST', `/v1/deals/${id}/move`, { stageId: stage(key) });
    await deal('Stays', { currency: 'USD' });
    await deal('Unknown money', { currency: 'CHF' });
    const on = await deal('Goes on', { amount: '40.10' });
    await move(on.id, 'proposal');
    const far = await deal('Is lost late', { source: 'web' });
    await move(far.id, 'negotiation');
    await admin.expect(200, 'POST', `/v1/deals/${far.id}/lose`, { reason: 'Price' });
    const won = await deal('Is won at once');
    await admin.expect(200, 'POST', `/v1/deals/${won.id}/win`, {});
  });

  test('hold so many deals for so much, and what cannot be converted', async () => {
    const { rows, total, unconverted, rates } = await get(`pipeline?pipelineId=${pipeline.id}`);
    expect(rows).toMatchObject([
      { stage: 'Qualification', deals: 2, amount: '50.00', weighted: '5.00', rotting: 0 },
      { stage: 'Proposal', deals: 1, amount: '40.10', weighted: '16.04' },
    ]);
    expect(total).toEqual({ deals: 3, amount: '90.10', weighted: '21.04' });
    expect(unconverted).toEqual([{ currency: 'CHF', deals: 1, amount: '100.00' }]);
    expect(rates).toHaveLength(1);
    const dollars = await get(`pipeline?pipelineId=${pipeline.id}&currency=USD`);
    expect(dollars.total.amount).toBe('180.20');
  });

  test('lose deals from stage to stage, as the funnel shows', async () => {
    const { rows } = await get(`funnel?pipelineId=${pipeline.id}`);
    const seen = rows.map((row: Record<string, unknown>) => [
      ...[row['key'], row['deals'], row['share'], row['conversion']],
    ]);
    expect(seen).toEqual([
      ['qualification', 5, '100.0', '100.0'],
      ['proposal', 3, '60.0', '60.0'],
      ['negotiation', 2, '40.0', '66.7'],
      ['won', 1, '20.0', '50.0'],
      ['lost', 1, '20.0', null],
    ]);
    const web = await get(`funnel?pipelineId=${pipeline.id}&source=web`);
    expect(web.rows.map(({ deals }: { deals: number }) => deals)).toEqual([1, 1, 1, 0, 1]);
    const nobody = '01900000-0000-7000-8000-000000000000';
    await admin.expect(404, 'GET', `/v1/reports/funnel?pipelineId=${nobody}`);
    const old = await get(`funnel?pipelineId=${pipeline.id}&from=2020-01-01&to=2020-12-31`);
    expect(old.rows[0]).toMatchObject({ deals: 0, share: null });
  });

  test('forecast what /v1/forecast does, also as CSV', async () => {
    const plain = (await admin.expect(200, 'GET', '/v1/forecast?by=owner')).body;
    expect(await get('forecast?by=owner')).toEqual(plain);
    const csv = await admin.expect(200, 'GET', '/v1/reports/forecast', undefined, {
      accept: 'text/csv',
    });
    expect(csv.text.split('\r\n')[0]).toBe(
      'key,name,deals,closed,commit,bestCase,pipeline,weighted,quota,attainment',
    );
  });

  test('begin with leads, of which some are won', async () => {
    const lead = (body: object) => make('/v1/leads', { lastName: 'Quist', ...body });
    await lead({ source: 'form' });
    await lead({ source: 'form', status: 'qualified' });
    await lead({});
    const good = await lead({ source: 'form', email: 'good@quist.example', companyName: 'Quist' });
    const { body } = await admin.expect(200, 'POST', `/v1/leads/${good.id}/convert`, {
      deal: { name: 'Quist', amount: '80', currency: 'USD' },
    });
    await admin.expect(200, 'POST', `/v1/deals/${body.dealId ?? body.deal.id}/win`, {});
    const { rows } = await get('funnel?by=source');
    expect(rows).toEqual([
      {
        ...{ source: 'form', leads: 3, qualified: 2, converted: 1, deals: 1, won: 1, lost: 0 },
        ...{ conversionRate: '33.3', winRate: '33.3', revenue: '40.00' },
      },
      expect.objectContaining({ source: null, leads: 1, converted: 0, revenue: '0.00' }),
    ]);
  });
});

describe('who may read only what is theirs', () => {
  let seller: Client;

  beforeAll(async () => {
    const permissions = [
      'deal:*:own',
      'order:read:own',
      'order:create:own',
      'lead:read:own',
      'company:read:own',
    ];
    await make('/v1/roles', { name: 'Seller', permissions });
    seller = await server.createUser('Seller', admin);
    await make('/v1/deals', { name: 'Mine', amount: '7', currency: 'EUR', source: 'own' }, seller);
    const lines = [{ name: 'Mine', quantity: '1', unitPrice: '5' }];
    const company = await make('/v1/companies', { name: 'Not yours', ownerId: admin.userId });
    await make('/v1/orders', { companyId: company.id, lines }, admin);
    await make('/v1/orders', {
      companyId: company.id,
      lines: [{ ...lines[0], unitPrice: '9' }],
      ownerId: seller.userId,
    });
  });

  test('gets reports of that, and names of nothing else', async () => {
    const count = { measures: [{ measure: 'count' }] };
    expect((await ask({ object: 'deals', ...count }, seller)).rows).toEqual([{ count: 1 }]);
    expect((await ask({ object: 'deals', ...count })).rows[0].count).toBeGreaterThan(100);
    const lines = { object: 'orderLines', measures: [{ measure: 'sum', field: 'net' }] };
    expect((await ask(lines, seller)).rows).toEqual([{ currency: 'EUR', 'sum(net)': '9.00' }]);
    const dimensions = [{ field: 'company.name' }];
    expect((await ask({ object: 'orders', ...count, dimensions }, seller)).rows).toEqual([
      { 'company.name': null, count: 1 },
    ]);
    expect((await get('pipeline', seller)).total).toMatchObject({ deals: 1, amount: '7.00' });
    expect((await get('funnel?by=source', seller)).rows).toEqual([]);
    expect((await get('sales?by=customer', seller)).total.orders).toBe(0);
    await admin.expect(200, 'GET', `/v1/reports/pipeline?ownerId=${seller.userId}`);
    expect((await get(`pipeline?ownerId=${admin.userId}`, seller)).total.deals).toBe(0);
  });

  test('and nothing of what they may not read at all', async () => {
    const count = { measures: [{ measure: 'count' }] };
    const { body } = await seller.expect(403, 'POST', '/v1/reports/query', {
      object: 'contacts',
      ...count,
    });
    expect(body.detail).toContain('contact:read');
    const dimensions = [{ field: 'contact.lastName' }];
    await seller.expect(403, 'POST', '/v1/reports/query', {
      object: 'orders',
      ...count,
      dimensions,
    });
    await make('/v1/roles', { name: 'Leads', permissions: ['lead:read'] });
    const other = await server.createUser('Leads', admin);
    for (const path of [
      'sales',
      'pipeline',
      'funnel?by=source',
      'cohorts',
      'rfm',
      'lifetime-value',
    ]) {
      await other.expect(403, 'GET', `/v1/reports/${path}`);
    }
    const another = await server.createWorkspace('Other');
    expect((await ask({ object: 'deals', ...count }, another)).rows).toEqual([{ count: 0 }]);
  });

  test('a team counts for its members', async () => {
    const team = await make('/v1/teams', { name: 'North' });
    const total = async () => (await get(`pipeline?teamId=${team.id}`)).total.deals;
    expect(await total()).toBe(0);
    await admin.expect(201, 'PUT', `/v1/teams/${team.id}/members/${seller.userId}`, {
      role: 'member',
    });
    expect(await total()).toBe(1);
  });

  test('wrong parameters are named', async () => {
    const faults = async (path: string) =>
      (await admin.expect(422, 'GET', `/v1/reports/${path}`)).body.errors.map(
        ({ pointer }: { pointer: string }) => pointer,
      );
    expect(await faults('sales?from=2024-02-30&currency=XXX&timeZone=Mars&limit=0')).toEqual([
      ...['/timeZone', '/from', '/currency', '/limit'],
    ]);
    expect(await faults('sales?from=2024-02-02&to=2024-02-01')).toEqual(['/to']);
    expect(await faults('sales?by=moon&limit=x&colour=red')).toEqual(['/colour', '/by', '/limit']);
    expect(await faults('cohorts?months=61')).toEqual(['/months']);
    expect(await faults('pipeline?ownerId=me')).toEqual(['/ownerId']);
  });
});
