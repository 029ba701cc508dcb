import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { MembershipRepository } from '../../src/modules/segments/membership.repository.js';
import { MembersRepository } from '../../src/modules/segments/members.repository.js';
import { PreviewService } from '../../src/modules/segments/preview.service.js';
import { SegmentConditions, upkeepContext } from '../../src/modules/segments/segment-conditions.js';
import { SegmentUpkeep } from '../../src/modules/segments/index.js';
import { touchedRecords } from '../../src/modules/segments/touched-records.js';
import { Database } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/pipeline.js';
import type { Transaction } from '../../src/platform/database/transaction.js';
import { RecordKit } from '../../src/platform/records/record-kit.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { startWorker } from '../support/imports.js';
import { fillCustomers } from '../support/customer-fixture.js';
import { GERMAN_BUYERS } from '../support/segment-fixture.js';
import { StatementRecorder, undone } from '../support/statement-recorder.js';

/** What previews and the upkeep of segments of 100,000 contacts really send, as the runtime role. */
let server: TestDatabase;
let worker: INestApplicationContext;
let database: Database;
let conditions: SegmentConditions;
let recorder: StatementRecorder;
const CONTACTS = 100_000;
let workspaceId: string;
let ctx: RequestContext;

beforeAll(async () => {
  server = await createTestDatabase();
  workspaceId = await fillCustomers(server.superuserUrl, CONTACTS);
  ctx = upkeepContext(workspaceId);
  const config = Object.assign(new Config(), { databaseUrl: server.url, logLevel: 'silent' });
  worker = await startWorker(config);
  database = worker.get(Database);
  recorder = new StatementRecorder(database);
  conditions = worker.get(SegmentConditions, { strict: false });
}, 300_000);

afterAll(async () => {
  await worker.close();
  await server.drop();
});

/** Does the work some times, and tells how long it takes: told, since a busy machine is no fault. */
async function timed<T>(what: string, work: () => Promise<T>, rounds = 5): Promise<T> {
  const times: number[] = [];
  let last: T | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    last = await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const [p50, p95] = [times[Math.floor(rounds / 2)], times[Math.floor(rounds * 0.95)]];
  process.stdout.write(`${what}: p50 ${p50?.toFixed(0)} ms, p95 ${p95?.toFixed(0)} ms\n`);
  return last as T;
}

async function planOf({ text, params = [] }: Statement): Promise<string> {
  const lines = await database.query(ctx, `explain (costs off) ${text}`, [...params]);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

/** Statements of a transaction that is undone. */
const statementsOf = (work: (tx: Transaction) => Promise<unknown>): Promise<Statement[]> =>
  recorder.of(() => undone(database, { workspaceId }, work));

const READ_WHOLE = /Seq Scan on (contacts|companies|orders|tickets|record_index|segment_members)/;

describe('with 100,000 contacts and 300,000 orders', () => {
  test('a preview joins from the selective side and reads no table whole', async () => {
    const kit = worker.get(RecordKit);
    const members = new MembersRepository(database);
    const previews = new PreviewService(database, kit, conditions, members);
    const ask = (where: object) => previews.of(ctx, { object: 'contacts', where });
    const sent = await recorder.of(() => ask(GERMAN_BUYERS));
    const found = JSON.parse(await timed('preview', () => ask(GERMAN_BUYERS)));
    const [real] = await query(
      server.superuserUrl,
      `select count(*)::int as count from contacts c
        join companies f on f.id = c.company_id and f.address_country = 'DE'
        where (select count(*) from orders o where o.contact_id = c.id and o.total > 500
            and o.currency = 'EUR' and o.order_date >= date_trunc('year', now())) > 3
          and not exists (select from tickets t where t.requester_id = c.id and t.is_open)`,
    );
    expect(found).toMatchObject({ count: real.count, countIsExact: true });
    expect(real.count).toBeGreaterThan(100);
    expect(found.data).toHaveLength(20);
    const [statement] = sent.filter(({ text }) => /with found as/.test(text));
    const plan = await planOf(statement as Statement);
    // The orders of the year, the companies of the country, the tickets that are open.
    expect(plan).toMatch(/using orders_date|on orders_date/);
    expect(plan).toMatch(/companies_country/);
    expect(plan).toMatch(/tickets_(open|requester)/);
    expect(plan).not.toMatch(/Seq Scan on (companies|orders|tickets)/);
    expect(plan).not.toMatch(/SubPlan/);
  }, 120_000);

  test('a preview of most contacts stops counting and estimates', async () => {
    const previews = new PreviewService(
      ...[database, worker.get(RecordKit), conditions, new MembersRepository(database)],
    );
    const where = { field: 'company.address.country', op: 'neq', value: 'DE' };
    const ask = () => previews.of(ctx, { object: 'contacts', where });
    const { count, countIsExact } = JSON.parse(await timed('preview of most', ask));
    expect(countIsExact).toBe(false);
    expect(count).toBeGreaterThan(CONTACTS / 4);
    expect(count).toBeLessThan(CONTACTS * 1.2);
  }, 120_000);

  test('what has changed is evaluated by look-ups, and found from what is related', async () => {
    const checked = await conditions.checkStored(
      workspaceId,
      'contacts',
      JSON.stringify(GERMAN_BUYERS),
    );
    const some = (table: string, limit: number): Promise<string[]> =>
      query(server.superuserUrl, `select id from ${table} order by id limit ${limit}`).then(
        (rows) => rows.map(({ id }) => id as string),
      );
    const { id } = (
      await query(
        server.superuserUrl,
        `insert into segments (workspace_id, id, name, object, kind, conditions)
        values ('${workspaceId}', gen_random_uuid(), 'Big', 'contacts', 'dynamic', '{}') returning id`,
      )
    )[0];
    const ids = await some('contacts', 1000);
    const membership = new MembershipRepository();
    const align = () =>
      statementsOf((tx) => membership.align(tx, workspaceId, id, checked, { ids }));
    const [aligned] = await timed('1,000 contacts evaluated', align);
    const plan = await planOf(aligned as Statement);
    expect(plan).not.toMatch(READ_WHOLE);
    expect(plan).toMatch(/orders_contact/);
    const changed: Parameters<typeof touchedRecords>[3][number][] = [];
    for (const object of ['companies', 'orders', 'tickets']) {
      const records = (await some(object, 50)).map((record) => ({
        ...{ id: record, fields: null, ties: {} },
      }));
      changed.push({ object, action: 'updated', records });
    }
    const touching = await statementsOf((tx) =>
      touchedRecords(tx, workspaceId, checked.dependencies, changed),
    );
    expect(touching.length).toBeGreaterThanOrEqual(3);
    for (const statement of touching) expect(await planOf(statement)).not.toMatch(READ_WHOLE);
  }, 120_000);

  test('a segment of them is filled in seconds, and agrees with a search', async () => {
    await query(
      server.superuserUrl,
      `insert into segment_cursors values ('${workspaceId}', 0);
      update segments set conditions = '${JSON.stringify(GERMAN_BUYERS)}', pass = 'fill'`,
    );
    const upkeep = worker.get(SegmentUpkeep, { strict: false });
    await timed(
      'filled',
      async () => {
        while (await upkeep.step());
      },
      1,
    );
    const [segment] = await query(server.superuserUrl, 'select * from segments');
    const [real] = await query(
      server.superuserUrl,
      `select count(*)::int as members, (select
        count(*) filter (where record_id is not null)::int + coalesce(sum(cardinality(record_ids)), 0)::int
        from events where type = 'contact.segment_entered') as told from segment_members`,
    );
    expect(segment).toMatchObject({ status: 'current', progress: 100, member_count: real.members });
    expect(real.told).toBe(real.members);
    expect(real.members).toBeGreaterThan(100);
  }, 240_000);
});
