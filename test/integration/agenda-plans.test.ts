import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { ActivitiesService } from '../../src/modules/activities/index.js';
import { AgendaRepository } from '../../src/modules/activities/agenda.repository.js';
import type { Days } from '../../src/modules/activities/agenda.repository.js';
import { CalendarFeedsRepository } from '../../src/modules/activities/calendar-feeds.repository.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { parseListQuery } from '../../src/common/list-query.js';
import { RecordKit } from '../../src/platform/records/record-kit.js';
import { RecordSettings } from '../../src/platform/records/record-settings.js';
import { WorkloadSources } from '../../src/platform/records/workload-sources.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import { fillActivities, userId } from '../support/activity-fixture.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** Plans of what is really sent, as the runtime role, with many activities. */
let server: TestDatabase;
let database: Database;
let activities: ActivitiesService;
let workload: WorkloadSources;
let ctx: RequestContext;
let recorder: StatementRecorder;

beforeAll(async () => {
  server = await createTestDatabase();
  const workspaceId = randomUUID();
  await query(
    server.superuserUrl,
    `insert into workspaces (id, name) values ('${workspaceId}', 'Big')`,
  );
  await fillActivities(server.superuserUrl, workspaceId, 60_000);
  await query(server.superuserUrl, 'vacuum analyze activities, activity_agenda');
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  const kit = new RecordKit(database, new RecordSettings(database), new SearchSources());
  workload = new WorkloadSources();
  activities = new ActivitiesService(kit, workload);
  ctx = {
    workspaceId,
    principal: { type: 'user', id: userId(7), userId: userId(7) },
    grants: new Map([['activity:read', 'all']]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

async function expectIndex(index: RegExp, work: () => Promise<unknown>): Promise<void> {
  const statements = (await recorder.of(work)).filter(({ text }) => /activit/.test(text));
  expect(statements.length).toBeGreaterThan(0);
  for (const { text, params = [] } of [...statements]) {
    const rows = await database.query(ctx, `explain (costs off) ${text}`, [...params]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/Seq Scan on (activit|record_index)/);
  }
}

test('an agenda is read by ranges of one index, whoever may see how much', async () => {
  const agenda = new AgendaRepository(database, activities);
  const days = (await agenda.days(ctx, userId(7), null, 7)) as Days;
  for (const reach of ['all', 'own'] as const) {
    await expectIndex(/activity_agenda_day/, () => agenda.read(ctx, userId(7), days, 50, reach));
  }
});

test('a calendar is read by ranges of the same index', async () => {
  const feeds = new CalendarFeedsRepository(database);
  const owner = { workspaceId: ctx.workspaceId, userId: userId(7), name: '', roles: [] };
  const window = { from: new Date(Date.now() - 7_776_000_000), to: new Date(), most: 1000 };
  await expectIndex(/activity_agenda_day/, () => feeds.activities(owner, 'all', window));
});

test('the workload of users is counted by an index', async () => {
  const params = [ctx.workspaceId, [userId(7)], new Date().toISOString()];
  const [source] = workload.all();
  const statement = { text: source?.sql as string, params };
  await expectIndex(/activity_agenda/, () => database.run(ctx, [statement]));
});

test.each([
  ['links.recordId', { 'filter[links.recordId]': userId(1) }, /record_index/],
  [
    'owner and due time',
    {
      'filter[ownerId]': userId(1),
      'filter[status]': 'open',
      'filter[dueAt][lt]': '2026-01-01T00:00:00.000Z',
    },
    /activities_(owner|due|owner_due)/,
  ],
  ['type', { 'filter[type]': 'call' }, /activities_(type|created)/],
  ['status', { 'filter[status]': 'open' }, /activities_(status|created)/],
  ['time', { sort: '-scheduledAt' }, /activities_scheduled/],
])('a list by %s is served by an index', async (_, params, index) => {
  await expectIndex(index, () =>
    activities.reader.page(ctx, parseListQuery({ limit: '50', ...params })),
  );
});
