import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { BoardRepository } from '../../src/modules/deals/board.repository.js';
import { BoardService } from '../../src/modules/deals/board.service.js';
import { DealTotalsUpkeep } from '../../src/modules/deals/deal-totals.upkeep.js';
import { CurrencyConverter } from '../../src/modules/exchange-rates/index.js';
import { ForecastRepository } from '../../src/modules/forecast/forecast.repository.js';
import { ForecastService } from '../../src/modules/forecast/forecast.service.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { fillDeals } from '../support/deal-fixture.js';
import type { DealFixture } from '../support/deal-fixture.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** What boards and forecasts of 100,000 deals really send, as the runtime role. */
let server: TestDatabase;
let database: Database;
let fixture: DealFixture;
let boards: BoardService;
let forecasts: ForecastService;
let recorder: StatementRecorder;
const COUNT = 100_000;

beforeAll(async () => {
  server = await createTestDatabase();
  fixture = await fillDeals(server.superuserUrl, COUNT);
  // An index alone answers only once the table has been looked through for what is visible.
  await query(server.superuserUrl, 'vacuum deals');
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  const converter = new CurrencyConverter(database);
  boards = new BoardService(new BoardRepository(database), converter);
  forecasts = new ForecastService(new ForecastRepository(database), converter);
}, 240_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

function caller(reach: 'all' | 'own' = 'all'): RequestContext {
  return {
    workspaceId: fixture.workspaceId,
    principal: { type: 'user', id: randomUUID(), userId: fixture.ownerId },
    grants: new Map([['deal:read', reach]]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
}

/** The plans of what is sent, and how long it takes: told, since a busy machine is no fault. */
async function plansOf(what: string, work: () => Promise<unknown>): Promise<string[]> {
  const statements = await recorder.of(work);
  const times: number[] = [];
  for (let round = 0; round < 40; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  process.stdout.write(
    `${what}: p50 ${times[20]?.toFixed(1)} ms, p95 ${times[38]?.toFixed(1)} ms\n`,
  );
  const plans: string[] = [];
  for (const { text, params = [] } of statements) {
    const lines = await database.query(caller(), `explain (costs off) ${text}`, [...params]);
    plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
  }
  return plans;
}

const board = async (
  ctx: RequestContext,
  owner?: string,
): Promise<{ count: number; sum: string }[]> => {
  const query = owner === undefined ? {} : { ownerId: owner };
  return (
    JSON.parse(await boards.of(ctx, fixture.pipelineId, query)) as {
      stages: { count: number; sum: string }[];
    }
  ).stages;
};

describe('with 100,000 deals', () => {
  test('a board adds up the totals, and walks an index for the first deals', async () => {
    const plans = await plansOf('board', () => board(caller()));
    expect(plans.join('\n')).not.toMatch(/Seq Scan on deals/);
    expect(plans.some((plan) => /using deals_stage\b/.test(plan))).toBe(true);
    const counts = (await board(caller())).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(COUNT);
  }, 60_000);

  test('a board of one owner is read from the index of owners', async () => {
    const plans = await plansOf('own board', () => board(caller('own')));
    expect(plans.join('\n')).not.toMatch(/Seq Scan on deals/);
    expect(plans.some((plan) => /using deals_owner_stage\b|on deals_owner/.test(plan))).toBe(true);
    const counts = (await board(caller('own'))).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(COUNT / 200);
  }, 60_000);

  test.each(['month', 'owner', 'team'] as const)(
    'a forecast by %s reads the months alone',
    async (by) => {
      const query = { from: '2026-03', to: '2026-08', by };
      const plans = await plansOf(`forecast by ${by}`, () => forecasts.of(caller(), query));
      expect(plans.join('\n')).not.toMatch(/Seq Scan on deals/);
      expect(plans.join('\n')).toMatch(/deals_forecast/);
      expect(plans.join('\n')).toMatch(/deals_won/);
    },
    60_000,
  );

  test('the totals say what the deals say, after any writes and after they are folded', async () => {
    const change = (text: string) => database.query(caller(), text, [fixture.workspaceId]);
    for (let round = 0; round < 30; round += 1) {
      await change(`update deals set amount = amount + 1, version = version + 1
        where workspace_id = $1 and name = 'Deal ${round + 1}'`);
    }
    await change(
      "update deals set deleted_at = now() where workspace_id = $1 and name like 'Deal 77%'",
    );
    await change(`update deals set stage_id = md5('stage2')::uuid, stage = 's2'
      where workspace_id = $1 and name like 'Deal 88%' and status = 'open'`);
    await change("delete from deals where workspace_id = $1 and name like 'Deal 99%'");
    const real = await query(
      server.superuserUrl,
      `select stage_id, currency, count(*)::int as deals, sum(amount)::text as amount,
        trim_scale(sum(amount * probability / 100))::text as weighted from deals
        where deleted_at is null group by 1, 2 order by 1, 2`,
    );
    const told = () =>
      query(
        server.superuserUrl,
        `select stage_id, currency, sum(deals)::int as deals, sum(amount)::text as amount,
          trim_scale(sum(weighted))::text as weighted from deal_totals group by 1, 2 order by 1, 2`,
      );
    expect(await told()).toEqual(real);
    for (let round = 0; round < 210; round += 1) {
      await change(
        "update deals set amount = amount + 1 where workspace_id = $1 and name = 'Deal 5'",
      );
      await change(
        "update deals set amount = amount - 1 where workspace_id = $1 and name = 'Deal 5'",
      );
    }
    await new DealTotalsUpkeep(database).fold({ signal: new AbortController().signal });
    expect(await told()).toEqual(real);
    const [rows] = await query(
      server.superuserUrl,
      'select count(*)::int as rows from deal_totals',
    );
    expect(rows.rows).toBe(real.length);
  }, 120_000);
});

test('writers of one stage at once do not wait for each other', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const change = (name: string) => ({
    text: 'update deals set amount = 1 where workspace_id = $1 and name = $2',
    params: [fixture.workspaceId, name],
  });
  const first = database.transaction(caller(), async (tx) => {
    await tx.run([change('Deal 1000')]);
    await held;
  });
  // Of the same stage and currency: it is done while the first one is still open.
  await database.transaction(caller(), async (tx) => void (await tx.run([change('Deal 1009')])));
  release();
  await first;
});
