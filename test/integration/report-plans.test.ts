import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { CurrencyConverter } from '../../src/modules/exchange-rates/index.js';
import { CustomersRepository } from '../../src/modules/reports/customers.repository.js';
import { FunnelRepository } from '../../src/modules/reports/funnel.repository.js';
import { ReportRates } from '../../src/modules/reports/report-rates.js';
import type { Scope } from '../../src/modules/reports/report-scope.js';
import { SalesRepository } from '../../src/modules/reports/sales.repository.js';
import { ServiceReportsRepository } from '../../src/modules/reports/service.repository.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { fillDeals } from '../support/deal-fixture.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** Reports of a few days, or of a few people, read no more than those, as the runtime role. */
let server: TestDatabase;
let database: Database;
let ctx: RequestContext;
let pipelineId: string;
let recorder: StatementRecorder;
const OWNER = randomUUID();

beforeAll(async () => {
  server = await createTestDatabase();
  const deals = await fillDeals(server.superuserUrl, 20_000);
  pipelineId = deals.pipelineId;
  await fill(deals.workspaceId);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  ctx = {
    workspaceId: deals.workspaceId,
    principal: { type: 'user', id: randomUUID(), userId: randomUUID() },
    grants: new Map([['order:read', 'all']]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

/** 20,000 orders of a year and a half, one in 400 of the owner. */
async function fill(workspaceId: string): Promise<void> {
  const line = `json_build_object('id', md5('line ' || n)::uuid, 'productId',
    md5('product ' || n % 1000)::uuid, 'quantity', '1', 'unitPrice', '2', 'discount', '0',
    'net', '2', 'tax', '0', 'total', '2')`;
  await query(
    server.superuserUrl,
    `insert into orders (workspace_id, id, created_at, number, status, currency, order_date, lines,
        subtotal, total, owner_id)
      select '${workspaceId}', md5('order ' || n)::uuid, now(), n,
        (array['draft', 'closed', 'fulfilled', 'closed'])[n % 4 + 1], 'EUR',
        date '2025-01-01' + n % 540, json_build_array(${line}), 2, 2,
        case when n % 400 = 1 then '${OWNER}'::uuid end
      from generate_series(1, 20000) n;
    insert into tickets (workspace_id, id, number, subject, status, status_category, is_open,
        created_at)
      select '${workspaceId}', md5('ticket ' || n)::uuid, n, 'T', 'new', 'new', true,
        timestamptz '2025-01-01' + n * interval '40 minutes'
      from generate_series(1, 20000) n;
    analyze;`,
  );
}

async function planOf(work: () => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  for (const { text, params = [] } of await recorder.of(work)) {
    const rows = await database.query(ctx, `explain (costs off) ${text}`, [...params]);
    plans.push(rows.map((row) => String(row['QUERY PLAN'])).join('\n'));
  }
  expect(plans.length).toBeGreaterThan(0);
  return plans.join('\n');
}

const scope = (more: Partial<Scope> = {}): Scope => ({
  ...{ from: '2025-03-01', to: '2025-03-07', timeZone: 'Europe/Berlin', currency: 'EUR' },
  ...{ ownerIds: null, limit: 100, ...more },
});
const noRates = { list: [], used: [], unconverted: [] };

describe('a report of a week', () => {
  test.each(['month', 'country', 'customer', 'owner'] as const)(
    'of sales by %s reads the orders of that week',
    async (by) => {
      const plan = await planOf(() =>
        new SalesRepository(database).read(ctx, by, scope(), noRates),
      );
      expect(plan).toMatch(/orders_date/);
      expect(plan).not.toMatch(/Seq Scan on orders/);
    },
  );

  test('of sales by product reads the lines of that week', async () => {
    const plan = await planOf(() =>
      new SalesRepository(database).read(ctx, 'product', scope(), noRates),
    );
    expect(plan).toMatch(/order_lines_date/);
    expect(plan).not.toMatch(/Seq Scan on order/);
  });

  test('of the funnel reads the deals of that week, and their history by key', async () => {
    const days = scope({ from: '2026-01-10', to: '2026-01-16' });
    const plan = await planOf(() =>
      new FunnelRepository(database).reached(ctx, pipelineId, null, days),
    );
    expect(plan).toMatch(/deals_(created|pipeline)/);
    expect(plan).not.toMatch(/Seq Scan on deals/);
  });

  test('of tickets reads the tickets of that week', async () => {
    const plan = await planOf(() =>
      new ServiceReportsRepository(database).tickets(ctx, 'priority', scope()),
    );
    expect(plan).toMatch(/tickets_created/);
    expect(plan).not.toMatch(/Seq Scan on tickets/);
  });
});

describe('a report of one person', () => {
  test('of sales and of customers reads that person’s orders', async () => {
    const days = scope({ from: '2020-01-01', to: '2030-01-01', ownerIds: [OWNER] });
    const plan = await planOf(async () => {
      await new SalesRepository(database).read(ctx, 'country', days, noRates);
      await new CustomersRepository(database).lifetimes(ctx, 'company', days, noRates);
    });
    expect(plan).toMatch(/orders_owner/);
    expect(plan).not.toMatch(/Seq Scan on orders/);
  });

  test('of the pipeline reads that person’s deals', async () => {
    const [deal] = await database.query<{ id: string }>(
      ctx,
      'select owner_id as id from deals limit 1',
    );
    const plan = await planOf(() =>
      new FunnelRepository(database).open(ctx, null, scope({ ownerIds: [deal?.id ?? ''] })),
    );
    expect(plan).toMatch(/deals_owner/);
    expect(plan).not.toMatch(/Seq Scan on deals/);
  });
});

test('rates of many days are looked up by key, all at once', async () => {
  const foreign = Array.from({ length: 300 }, (_, day) => ({
    currency: 'USD',
    day: new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10),
    ...{ records: 1, amount: '1.00' },
  }));
  const rates = new ReportRates(new CurrencyConverter(database));
  const sent = await recorder.of(async () => {
    expect((await rates.ofDays(ctx, 'EUR', foreign)).list).toHaveLength(300);
  });
  expect(sent).toHaveLength(1);
});
