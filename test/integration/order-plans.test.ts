import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { parseListQuery } from '../../src/common/list-query.js';
import { Config } from '../../src/config/config.js';
import { OrdersService } from '../../src/modules/orders/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { RecordKit } from '../../src/platform/records/record-kit.js';
import { RecordSettings } from '../../src/platform/records/record-settings.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** Plans of the lists of orders and of what reports ask of their lines, as the runtime role. */
let server: TestDatabase;
let database: Database;
let orders: OrdersService;
let ctx: RequestContext;
let recorder: StatementRecorder;

const BIG = 20_000;
const PRODUCT = "md5('product 7')::uuid";

beforeAll(async () => {
  server = await createTestDatabase();
  const workspaceId = randomUUID();
  await fill(workspaceId);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  orders = new OrdersService(
    new RecordKit(database, new RecordSettings(database), new SearchSources()),
  );
  ctx = {
    workspaceId,
    principal: { type: 'user', id: randomUUID(), userId: randomUUID() },
    grants: new Map([['order:read', 'all']]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

/** Orders of two lines each; the trigger makes the rows of `order_lines`. */
async function fill(workspaceId: string): Promise<void> {
  const line = (shift: number): string => `json_build_object('id', md5('line ${shift} ' || n)::uuid,
    'productId', md5('product ' || (n + ${shift}) % 1000)::uuid, 'quantity', '1', 'unitPrice', '2',
    'discount', '0', 'net', '2', 'tax', '0', 'total', '2')`;
  await query(
    server.superuserUrl,
    `insert into workspaces (id, name) values ('${workspaceId}', 'Big');
    insert into orders (workspace_id, id, created_at, number, reference, status, currency,
        order_date, lines, total, payment_status)
      select '${workspaceId}', md5('order ' || n)::uuid, timestamptz '2026-01-01' + n * interval '1 minute', n,
        'R-' || n, (array['draft', 'confirmed', 'fulfilled', 'closed'])[n % 4 + 1], 'EUR',
        date '2025-01-01' + n % 365, json_build_array(${line(0)}, ${line(500)}), 4, 'unpaid'
      from generate_series(1, ${BIG}) n;
    insert into record_index (workspace_id, object, record_id, key, value)
      select workspace_id, 'order', order_id, 'lines.productId', product_id::text from order_lines;
    analyze;`,
  );
}

async function planOf(work: () => Promise<unknown>): Promise<string> {
  const hot = (await recorder.of(work)).filter(({ text }) =>
    /\b(orders|order_lines|record_index)\s/.test(text),
  );
  const plans: string[] = [];
  for (const { text, params = [] } of [...hot]) plans.push(await explain(text, [...params]));
  expect(plans.length).toBeGreaterThan(0);
  return plans.join('\n');
}

async function explain(text: string, params: unknown[]): Promise<string> {
  const rows = await database.query(ctx, `explain (costs off) ${text}`, params);
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
}

describe('a list of orders', () => {
  test.each([
    [{ sort: 'number' }, 'orders_number'],
    [{ sort: '-orderDate' }, 'orders_date'],
    [{ sort: '-total' }, 'orders_total'],
    [{ sort: '-createdAt' }, 'orders_created'],
    [{ 'filter[reference]': 'R-700' }, 'orders_reference_unique'],
    [{ 'filter[status]': 'confirmed' }, 'orders_(status|created)'],
    [{ 'filter[number]': '700' }, 'orders_number(_unique)?'],
  ])('%j walks %s', async (params, index) => {
    const plan = await planOf(() =>
      orders.reader.page(ctx, parseListQuery({ limit: '50', ...params })),
    );
    expect(plan).toMatch(new RegExp(`(using|on) ${index}\\b`));
    expect(plan).not.toMatch(/Seq Scan on orders/);
  });

  test('of a product is found by the index of what lines name', async () => {
    const [product] = await database.query<{ id: string }>(ctx, `select ${PRODUCT} as id`);
    const params = { limit: '50', 'filter[lines.productId]': product?.id ?? '' };
    const plan = await planOf(() => orders.reader.page(ctx, parseListQuery(params)));
    expect(plan).toMatch(/record_index/);
    expect(plan).not.toMatch(/Seq Scan/);
  });
});

describe('the lines of orders', () => {
  test('are as many as the orders have', async () => {
    const [row] = await database.query<{ count: string }>(
      ctx,
      'select count(*) as count from order_lines where workspace_id = $1',
      [ctx.workspaceId],
    );
    expect(Number(row?.count)).toBe(2 * BIG);
  });

  test('of a product in a time are summed by an index', async () => {
    const plan = await explain(
      `select currency, sum(net) from order_lines
        where workspace_id = $1 and product_id = ${PRODUCT}
          and order_date between '2025-03-01' and '2025-03-31' and status <> 'draft'
        group by currency`,
      [ctx.workspaceId],
    );
    expect(plan).toMatch(/order_lines_product/);
    expect(plan).not.toMatch(/Seq Scan/);
  });

  test('of a day are summed by an index', async () => {
    const plan = await explain(
      `select product_id, sum(net) from order_lines
        where workspace_id = $1 and order_date = '2025-03-01' and currency = 'EUR'
        group by product_id`,
      [ctx.workspaceId],
    );
    expect(plan).toMatch(/order_lines_date/);
  });
});
