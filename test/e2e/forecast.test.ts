import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Boards, forecasts, quotas and the money of several countries, as a sales manager uses them. */
let server: TestServer;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  admin = await server.createWorkspace('Copperworks');
});

afterAll(() => server.close());

const make = async (path: string, body: object, client = admin) =>
  (await client.expect(201, 'POST', path, body)).body;
const get = async (path: string, client = admin) => (await client.expect(200, 'GET', path)).body;

interface Stage {
  id: string;
  key: string;
  count: number;
  sum: string;
  weightedSum: string;
  more: string | null;
  deals: { id: string; name: string }[];
}

/** The days of this year that the tests deal in. */
const YEAR = new Date().getUTCFullYear();
const day = (month: number, date: number): string =>
  `${YEAR}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;

describe('exchange rates', () => {
  test('are set by pair and day, and the latest at or before the day counts', async () => {
    const rates = [
      { from: 'USD', to: 'EUR', date: '2020-01-01', rate: '0.9' },
      { from: 'USD', to: 'EUR', date: '2020-02-01', rate: '0.8' },
      { from: 'EUR', to: 'JPY', date: '2020-01-01', rate: '125' },
    ];
    const put = (list: object[], status = 200) =>
      admin.expect(status, 'PUT', '/v1/exchange-rates', { rates: list });
    expect((await put(rates)).body).toEqual({ created: 3, updated: 0, unchanged: 0 });
    const again = [...rates.slice(0, 1), { ...rates[1], rate: '0.85' }];
    expect((await put(again)).body).toEqual({ created: 0, updated: 1, unchanged: 1 });
    const convert = (query: string) => get(`/v1/exchange-rates/convert?${query}`);
    expect(await convert('amount=10.05&from=USD&to=EUR&at=2020-01-31')).toMatchObject({
      ...{ converted: '9.05', rate: '0.9', rateDate: '2020-01-01', source: 'given' },
    });
    expect(await convert('amount=10.05&from=USD&to=EUR&at=2020-02-01')).toMatchObject({
      ...{ converted: '8.54', rate: '0.85', rateDate: '2020-02-01' },
    });
    expect(await convert('amount=1000&from=JPY&to=EUR')).toMatchObject({
      ...{ converted: '8.00', rate: '0.008', source: 'inverse' },
    });
    expect((await get('/v1/exchange-rates?from=USD')).data).toHaveLength(2);
    const first = await get('/v1/exchange-rates?limit=1');
    const next = await get(`/v1/exchange-rates?limit=1&cursor=${first.page.nextCursor}`);
    expect([first.data[0].date, next.data[0].from]).toEqual(['2020-02-01', 'USD']);
    const none = '/v1/exchange-rates/convert?amount=1&from=USD&to=EUR&at=2019-12-31';
    expect((await admin.expect(422, 'GET', none)).body.errors[0].code).toBe('noRate');
  });

  test('are refused whole when one is wrong, and removed one by one', async () => {
    const good = { from: 'CHF', to: 'EUR', date: '2020-01-01', rate: '1.01' };
    const bad = [
      good,
      { ...good, rate: '0' },
      { ...good, date: '2020-02-30' },
      { ...good, to: 'CHF' },
    ];
    const { body } = await admin.expect(422, 'PUT', '/v1/exchange-rates', { rates: bad });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      ...['/rates/1/rate', '/rates/1/date', '/rates/2/date', '/rates/3/to'],
    ]);
    expect((await get('/v1/exchange-rates?from=CHF')).data).toEqual([]);
    await admin.expect(200, 'PUT', '/v1/exchange-rates', { rates: [good] });
    await admin.expect(204, 'DELETE', '/v1/exchange-rates/CHF/EUR/2020-01-01');
    await admin.expect(404, 'DELETE', '/v1/exchange-rates/CHF/EUR/2020-01-01');
    const member = await server.createUser('member', admin);
    await member.expect(403, 'PUT', '/v1/exchange-rates', { rates: [good] });
  });
});

describe('the board of a pipeline', () => {
  let path: string;
  let pipelineId: string;
  let stages: Record<string, string>;

  const board = async (query = '', client = admin): Promise<Record<string, Stage>> => {
    const { stages: list } = await get(`${path}/board${query}`, client);
    return Object.fromEntries(list.map((stage: Stage) => [stage.key, stage]));
  };

  beforeAll(async () => {
    const pipeline = await make('/v1/pipelines', { name: 'Board' });
    pipelineId = pipeline.id;
    path = `/v1/pipelines/${pipelineId}`;
    stages = Object.fromEntries(pipeline.stages.map(({ key, id }: Stage) => [key, id]));
  });

  test('counts and sums every deal, in the money of the workspace, and tells what it cannot', async () => {
    const inStage = (stage: string, amount: string, currency = 'EUR') =>
      make('/v1/deals', {
        name: `${amount} ${currency}`,
        stageId: stages[stage],
        amount,
        currency,
      });
    await inStage('qualification', '100.10');
    await inStage('qualification', '200.20');
    await inStage('qualification', '100', 'USD');
    await inStage('qualification', '50', 'CHF');
    const moved = await inStage('proposal', '1000');
    const { qualification, proposal } = await board();
    expect(qualification).toMatchObject({
      ...{ count: 4, sum: '385.30', weightedSum: '38.53' },
      unconverted: [{ currency: 'CHF', deals: 1, amount: '50.00' }],
    });
    expect(proposal).toMatchObject({ count: 1, sum: '1000.00', weightedSum: '400.00' });
    expect((await get(`${path}/board`)).rates).toEqual([
      { from: 'USD', to: 'EUR', rate: '0.85', date: '2020-02-01' },
    ]);
    await admin.expect(200, 'POST', `/v1/deals/${moved.id}/win`, {});
    const after = await board();
    expect([after['proposal']?.count, after['won']?.sum]).toEqual([0, '1000.00']);
    await admin.expect(204, 'DELETE', `/v1/deals/${moved.id}`);
    expect((await board())['won']).toMatchObject({ count: 0, sum: '0.00' });
    await admin.expect(200, 'POST', `/v1/deals/${moved.id}/restore`);
    expect((await board())['won']?.count).toBe(1);
  });

  test('shows the first deals of each stage, and leads to the others', async () => {
    const { qualification } = await board('?limit=3');
    expect(qualification?.deals.map(({ name }) => name)).toEqual([
      ...['50 CHF', '100 USD', '200.20 EUR'],
    ]);
    const rest = await get(qualification?.more as string);
    expect(rest.data.map(({ name }: { name: string }) => name)).toEqual(['100.10 EUR']);
    expect((await board())['qualification']?.more).toBeNull();
    expect((await board('?limit=0'))['qualification']?.deals).toEqual([]);
    await admin.expect(400, 'GET', `${path}/board?limit=101`);
    await admin.expect(404, 'GET', '/v1/pipelines/01900000-0000-7000-8000-000000000000/board');
  });

  test('shows and sums only what one may read', async () => {
    await make('/v1/roles', { name: 'Own', permissions: ['deal:*:own', 'deal:read:own'] });
    const seller = await server.createUser('Own', admin);
    const own = { name: 'Mine', stageId: stages['negotiation'], amount: '70' };
    await make('/v1/deals', own, seller);
    const seen = await board('', seller);
    expect(seen['negotiation']).toMatchObject({ count: 1, sum: '70.00', weightedSum: '49.00' });
    expect([seen['qualification']?.count, seen['qualification']?.deals]).toEqual([0, []]);
    const others = await board(`?ownerId=${admin.userId}`, seller);
    expect(others['negotiation']?.count).toBe(0);
    expect((await board(`?ownerId=${seller.userId}`))['negotiation']?.deals).toHaveLength(1);
  });

  test('is cleared stage by stage, by the rules of any move', async () => {
    const clear = `${path}/stages/${stages['qualification']}/move-deals`;
    const { body } = await admin.expect(200, 'POST', clear, { to: stages['proposal'] });
    expect(body).toEqual({ moved: 4, refused: 0, remaining: 0 });
    expect((await board())['proposal']?.count).toBe(4);
    const pipeline = await get(path);
    await admin.expect(200, 'PATCH', path, { stages: pipeline.stages.slice(1) });
    const lost = `${path}/stages/${stages['proposal']}/move-deals`;
    const { body: refused } = await admin.expect(200, 'POST', lost, { to: stages['lost'] });
    expect(refused).toEqual({ moved: 0, refused: 4, remaining: 4 });
    await admin.expect(422, 'POST', lost, { to: stages['qualification'] });
    await admin.expect(404, 'POST', clear, { to: stages['proposal'] });
  });
});

describe('a forecast', () => {
  let seller: Client;
  let team: { id: string };

  beforeAll(async () => {
    const pipeline = await make('/v1/pipelines', { name: 'Forecast' });
    const [, proposal, negotiation, won] = pipeline.stages as Stage[];
    seller = await server.createUser('member', admin);
    team = await make('/v1/teams', { name: 'North' });
    await admin.expect(201, 'PUT', `/v1/teams/${team.id}/members/${seller.userId}`, {
      role: 'member',
    });
    const deal = (stage: Stage | undefined, amount: string, more: object) =>
      make('/v1/deals', { name: amount, stageId: stage?.id, amount, ...more });
    await deal(proposal, '1000', { expectedCloseDate: day(3, 10), ownerId: seller.userId });
    await deal(negotiation, '100', { expectedCloseDate: day(3, 31), ownerId: seller.userId });
    await deal(negotiation, '100', { expectedCloseDate: day(4, 1), currency: 'USD' });
    await deal(won, '500', { closedAt: `${day(3, 5)}T12:00:00.000Z`, ownerId: seller.userId });
    await deal(won, '10', { closedAt: `${day(3, 5)}T12:00:00.000Z`, currency: 'CHF' });
    await make('/v1/quotas', { userId: seller.userId, period: `${YEAR}-03`, amount: '2000' });
    await make('/v1/quotas', { teamId: team.id, period: `${YEAR}-q1`, amount: '4000' });
  });

  const forecast = (by: string, client = admin) =>
    get(`/v1/forecast?from=${YEAR}-01&to=${YEAR}-04&by=${by}`, client);

  test('by month holds what is won, committed, at best, and likely, with the quota', async () => {
    const { rows, total, unconverted, rates } = await forecast('month');
    expect(rows.map(({ key }: { key: string }) => key)).toEqual(
      ['01', '02', '03', '04'].map((month) => `${YEAR}-${month}`),
    );
    expect(rows[2]).toMatchObject({
      ...{ deals: 2, closed: '500.00', commit: '600.00', bestCase: '1600.00' },
      ...{ pipeline: '1600.00', weighted: '970.00', quota: '2000.00', attainment: '25.0' },
    });
    expect(rows[3]).toMatchObject({ commit: '85.00', weighted: '59.50', quota: null });
    expect(total).toMatchObject({ closed: '500.00', commit: '685.00', weighted: '1029.50' });
    expect(unconverted).toEqual([{ currency: 'CHF', deals: 1, amount: '10.00' }]);
    expect(rates).toHaveLength(1);
  });

  test('by owner and by team counts the same deals, each with its own quotas', async () => {
    const owners = await forecast('owner');
    const own = owners.rows.find(({ key }: { key: string }) => key === seller.userId);
    expect(own).toMatchObject({ name: 'A member', commit: '600.00', quota: '2000.00' });
    expect(owners.total.commit).toBe('685.00');
    const teams = await forecast('team');
    expect(teams.rows).toEqual([
      expect.objectContaining({
        key: team.id,
        name: 'North',
        closed: '500.00',
        attainment: '12.5',
      }),
      expect.objectContaining({ key: null, commit: '85.00' }),
    ]);
    expect(teams.total.commit).toBe('685.00');
    await admin.expect(422, 'GET', `/v1/forecast?from=${YEAR}-05&to=${YEAR}-04`);
    await admin.expect(422, 'GET', '/v1/forecast?from=March');
  });

  test('tells how far a quota is reached, and who may set one', async () => {
    const { data } = await get('/v1/quotas?sort=startsOn');
    expect(data.map(({ period }: { period: string }) => period)).toEqual([
      ...[`${YEAR}-Q1`, `${YEAR}-03`],
    ]);
    expect(await get(`/v1/quotas/${data[1].id}/attainment`)).toMatchObject({
      ...{ closed: '500.00', quota: '2000.00', missing: '1500.00', attainment: '25.0' },
    });
    const quota = { userId: seller.userId, period: `${YEAR}-03`, amount: '1' };
    await admin.expect(409, 'POST', '/v1/quotas', quota);
    await admin.expect(422, 'POST', '/v1/quotas', { ...quota, teamId: team.id });
    await admin.expect(422, 'POST', '/v1/quotas', { ...quota, period: 'March' });
    await seller.expect(403, 'POST', '/v1/quotas', { ...quota, period: `${YEAR}-05` });
  });
});

describe('a deal that is won', () => {
  test('becomes an order when that is wanted, in one go', async () => {
    const company = await make('/v1/companies', { name: 'Alfreds' });
    const product = await make('/v1/products', { sku: 'K-500', name: 'Kettle' });
    const lines = [
      { productId: product.id, name: 'Kettle', quantity: '2', unitPrice: '4800' },
      { name: 'Fitting', quantity: '1', unitPrice: '200', discountPercent: '50' },
    ];
    const deal = await make('/v1/deals', { name: 'Kettles', companyId: company.id, lines });
    const path = `/v1/deals/${deal.id}`;
    const { body: won } = await admin.expect(200, 'POST', `${path}/win`, { createOrder: true });
    const order = await get(`/v1/orders/${won.orderId}`);
    expect(order).toMatchObject({ status: 'draft', companyId: company.id, total: '9700.00' });
    expect(order.lines[0]).toMatchObject({ productId: product.id, quantity: '2' });
    await admin.expect(200, 'POST', `${path}/reopen`, {});
    const again = await admin.expect(409, 'POST', `${path}/win`, { createOrder: true });
    expect(again.body.orderId).toBe(won.orderId);
    const bare = await make('/v1/deals', { name: 'Nothing yet' });
    await admin.expect(422, 'POST', `/v1/deals/${bare.id}/win`, { createOrder: true });
    expect((await get(`/v1/deals/${bare.id}`)).status).toBe('open');
  });

  test('is work no longer, as the workload of its owner shows', async () => {
    const seller = await server.createUser('member', admin);
    const late = { name: 'Late', ownerId: seller.userId, expectedCloseDate: '2020-01-01' };
    const deal = await make('/v1/deals', late);
    const open = await get(`/v1/users/${seller.userId}/workload`);
    expect(JSON.stringify(open)).toContain('deals');
    await admin.expect(200, 'POST', `/v1/deals/${deal.id}/win`, {});
    expect(await get(`/v1/users/${seller.userId}/workload`)).not.toEqual(open);
  });
});
