import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { parseListQuery } from '../../src/common/list-query.js';
import { Config } from '../../src/config/config.js';
import { clocksStatement } from '../../src/modules/sla/clocks/sla-clocks.repository.js';
import {
  dueWorkspaces,
  holdDue,
  openTickets,
} from '../../src/modules/sla/firing/firing.repository.js';
import { SlaWatch } from '../../src/modules/sla/index.js';
import { TicketsService } from '../../src/modules/tickets/index.js';
import { Database, SYSTEM } from '../../src/platform/database/database.js';
import type { Scope } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/pipeline.js';
import { WorkerModule } from '../../src/worker.module.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** What looking after clocks really sends, as the runtime role, with many tickets. */
const COUNT = 60_000;
let server: TestDatabase;
let app: INestApplicationContext;
let database: Database;
let ctx: RequestContext;
let recorder: StatementRecorder;
const workspaceId = randomUUID();
const policyId = randomUUID();

const TERMS = {
  targets: { normal: { firstResponseMinutes: 60, resolutionMinutes: 600 } },
  ...{ timeZone: 'UTC', workingHours: null, holidays: [], pauseIn: ['pending'] },
  ...{ warnAtPercent: 80, warnBeforeMinutes: null },
  escalations: [
    {
      ...{ id: randomUUID(), when: 'breach', target: 'resolution', afterMinutes: 0 },
      actions: [{ type: 'addTag', tag: 'late' }],
    },
  ],
};

/** Every third ticket is open, with clocks that are due some time from now on. */
const FILL = `
  insert into workspaces (id, name) values ('${workspaceId}', 'Big');
  insert into sla_policies (workspace_id, id, name, place)
    values ('${workspaceId}', '${policyId}', 'All', 1);
  insert into sla_policy_versions (workspace_id, policy_id, version, terms)
    values ('${workspaceId}', '${policyId}', 1, '${JSON.stringify(TERMS)}');
  insert into tickets (workspace_id, id, number, subject, status, status_category, is_open,
      sla_state, sla_due_at)
    select '${workspaceId}', md5(n::text)::uuid, n, 'Ticket ' || n,
      case when n % 3 = 0 then 'open' else 'solved' end,
      case when n % 3 = 0 then 'open' else 'solved' end, n % 3 = 0,
      case when n % 3 > 0 then 'met' when n % 30 = 0 then 'breached' else 'running' end,
      case when n % 3 = 0 then now() + n * interval '1 minute' end
    from generate_series(1, ${COUNT}) n;
  insert into ticket_sla_clocks (workspace_id, ticket_id, target, policy_id, policy_version, state,
      promised_ms, started_at, elapsed_ms, counted_at, paused_ms, due_at, next_at)
    select t.workspace_id, t.id, g.target, '${policyId}', 1,
      case when t.is_open then 'running' else 'stopped' end, 36000000, now(), 0,
      now() + t.number * interval '1 minute', 0, t.sla_due_at, t.sla_due_at
    from tickets t, (values ('firstResponse'), ('resolution')) as g (target);`;

beforeAll(async () => {
  server = await createTestDatabase();
  await query(server.superuserUrl, FILL);
  await query(server.superuserUrl, 'vacuum analyze tickets, ticket_sla_clocks');
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  app = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    logger: ['fatal'],
    abortOnError: false,
  });
  database = app.get(Database);
  recorder = new StatementRecorder(database);
  ctx = {
    workspaceId,
    principal: { type: 'user', id: randomUUID(), userId: randomUUID() },
    grants: new Map([['ticket:read', 'all']]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
}, 120_000);

afterAll(async () => {
  await app.close();
  await server.drop();
});

async function planOf(scope: Scope, { text, params = [] }: Statement): Promise<string> {
  const rows = await database.query(scope, `explain (costs off) ${text}`, [...params]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('with 60,000 tickets', () => {
  test('clocks whose time has come are found by it, in all workspaces and in one', async () => {
    const everywhere = await planOf(SYSTEM, dueWorkspaces(soon()));
    expect(everywhere).toMatch(/ticket_sla_clocks_next/);
    const here = await planOf(ctx, holdDue(workspaceId, soon()));
    expect(here).toMatch(/ticket_sla_clocks_(due|next)/);
    expect(here).toMatch(/LockRows/);
    for (const plan of [everywhere, here]) expect(plan).not.toMatch(/Seq Scan|Sort/);
  });

  test('the clocks of tickets, and the open tickets, are read by keys', async () => {
    const own = clocksStatement(workspaceId, [randomUUID(), randomUUID()]);
    expect(await planOf(ctx, own)).toMatch(/ticket_sla_clocks_pkey/);
    const after = { createdAt: new Date(0).toISOString(), id: randomUUID() };
    for (const place of [null, after]) {
      const plan = await planOf(ctx, openTickets(workspaceId, place));
      expect(plan).toMatch(/tickets_open\b/);
      expect(plan).not.toMatch(/Seq Scan/);
    }
  });

  test.each([
    ['by what is due first', { sort: 'slaDueAt' }, /tickets_sla_due/],
    ['of those that are late', { 'filter[slaState]': 'breached' }, /tickets_sla_state|_created/],
  ])('a list %s is served by an index', async (_, params, index) => {
    const { reader } = app.get(TicketsService);
    const asked = await recorder.of(() =>
      reader.page(ctx, parseListQuery({ limit: '50', ...params })),
    );
    const lists = asked.filter(({ text }) => /\btickets r\b/.test(text));
    expect(lists.length).toBeGreaterThan(0);
    for (const statement of lists) {
      const plan = await planOf(ctx, statement);
      expect(plan).toMatch(index);
      expect(plan).not.toMatch(/Seq Scan on tickets/);
    }
  });

  test('as many statements are sent for a hundred tickets as for one', async () => {
    const watch = app.get(SlaWatch, { strict: false });
    const fire = async (tickets: number): Promise<number> => {
      await query(
        server.superuserUrl,
        `update ticket_sla_clocks c set started_at = p.time, counted_at = p.time, next_at = p.time
         from (select now() - interval '11 hours' as time) p
         where (c.workspace_id, c.ticket_id) in (select t.workspace_id, t.id from tickets t
           where t.is_open and t.sla_state = 'running' order by t.number limit ${tickets})`,
      );
      const sent = await recorder.of(async () => {
        while (await watch.fire());
      });
      return sent.length;
    };
    const late = async (): Promise<number> => {
      const asked = `select count(*)::int as late from tickets where tags = '{late}'`;
      return ((await query(server.superuserUrl, asked)) as { late: number }[])[0]?.late ?? 0;
    };
    const before = await late();
    await fire(1); // what the policy says is read once
    const one = await fire(1);
    const hundred = await fire(95);
    expect(one).toBeGreaterThan(5);
    expect(hundred).toBe(one);
    expect((await late()) - before).toBe(97);
  });
});
