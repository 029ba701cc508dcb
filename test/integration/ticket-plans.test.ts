import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { parseListQuery } from '../../src/common/list-query.js';
import { Config } from '../../src/config/config.js';
import { TicketListeners, TicketsService } from '../../src/modules/tickets/index.js';
import { TicketAttachmentsRepository } from '../../src/modules/tickets/ticket-attachments.repository.js';
import { TicketMessagesRepository } from '../../src/modules/tickets/ticket-messages.repository.js';
import type { AvailabilityService } from '../../src/modules/users/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { RecordKit } from '../../src/platform/records/record-kit.js';
import { RecordSettings } from '../../src/platform/records/record-settings.js';
import { WorkloadSources } from '../../src/platform/records/workload-sources.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** Plans of queues, conversations and workloads with 20,000 tickets, as the runtime role. */
let server: TestDatabase;
let database: Database;
let tickets: TicketsService;
let messages: TicketMessagesRepository;
let attachments: TicketAttachmentsRepository;
let ctx: RequestContext;
const workloads = new WorkloadSources();
let recorder: StatementRecorder;

const BIG = 20_000;
const ids = { ticket: '', owner: '', team: '', contact: '' };

beforeAll(async () => {
  server = await createTestDatabase();
  const workspaceId = randomUUID();
  await fill(workspaceId);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  const kit = new RecordKit(database, new RecordSettings(database), new SearchSources());
  const nobody = {} as AvailabilityService;
  tickets = new TicketsService(kit, new TicketListeners(), nobody, workloads);
  messages = new TicketMessagesRepository(database);
  attachments = new TicketAttachmentsRepository(database);
  ctx = {
    workspaceId,
    principal: { type: 'user', id: randomUUID(), userId: randomUUID() },
    grants: new Map([['ticket:read', 'all']]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
}, 180_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

/** One in ten is open; 200 owners, 20 teams, 2,000 requesters; the conversation of one is long. */
async function fill(workspaceId: string): Promise<void> {
  const id = (text: string): string => `md5('${text} ' || n)::uuid`;
  const of = (text: string, count: number): string => `md5('${text} ' || n % ${count})::uuid`;
  const time = "timestamptz '2026-01-01' + n * interval '5 minutes'";
  await query(
    server.superuserUrl,
    `insert into workspaces (id, name) values ('${workspaceId}', 'Big');
    insert into contacts (workspace_id, id, last_name)
      select '${workspaceId}', ${id('contact')}, 'Contact ' || n from generate_series(0, 1999) n;
    insert into teams (workspace_id, id, name)
      select '${workspaceId}', ${id('team')}, 'Team ' || n from generate_series(0, 19) n;
    insert into tickets (workspace_id, id, number, subject, requester_id, status, status_category,
        is_open, team_id, owner_id, created_at, updated_at, due_at)
      select '${workspaceId}', ${id('ticket')}, n, 'Ticket ' || n, ${of('contact', 2000)},
        case when n % 10 = 3 then 'open' else 'solved' end,
        case when n % 10 = 3 then 'open' else 'solved' end, n % 10 = 3, ${of('team', 20)},
        case when n % 7 > 0 then ${of('owner', 200)} end, ${time}, ${time}, ${time}
      from generate_series(1, ${BIG}) n;
    insert into ticket_messages (workspace_id, id, ticket_id, kind, direction, channel, body,
        created_at)
      select '${workspaceId}', ${id('message')},
        case when n % 2 = 0 then md5('ticket 7')::uuid else ${id('ticket')} end, 'reply',
        'inbound', 'email', 'Text ' || n, ${time}
      from generate_series(1, ${BIG}) n;
    insert into files (workspace_id, id, name, content_type, encoding, completed_at)
      select '${workspaceId}', ${id('file')}, 'f', 'text/plain', 'identity', now()
      from generate_series(1, 5000) n;
    insert into ticket_attachments (workspace_id, id, ticket_id, message_id, file_id, name,
        content_type, size, sha256)
      select '${workspaceId}', ${id('attachment')}, m.ticket_id, m.id, ${id('file')}, 'f',
        'text/plain', 1, ''
      from generate_series(1, 5000) n
      join ticket_messages m on m.id = ${id('message')};
    analyze;`,
  );
  const [row] = await query(
    server.superuserUrl,
    `select md5('ticket 7')::uuid::text as ticket, md5('owner 13')::uuid::text as owner,
      md5('team 13')::uuid::text as team, md5('contact 13')::uuid::text as contact`,
  );
  Object.assign(ids, row);
}

/** The plans of what is sent by the work. */
async function planOf(work: () => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  for (const { text, params = [] } of await recorder.of(work)) {
    if (!/tickets|ticket_/.test(text)) continue;
    const lines = await database.query(ctx, `explain (costs off) ${text}`, [...params]);
    plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
  }
  return plans.join('\n');
}

const list = (text: string) =>
  tickets.reader.page(ctx, parseListQuery(Object.fromEntries(new URLSearchParams(text))));

test.each<[string, () => string, RegExp]>([
  ['the queue of a team', () => `filter[teamId]=${ids.team}&filter[isOpen]=true`, /tickets_team\b/],
  [
    'what nobody has taken in it',
    () => `filter[teamId]=${ids.team}&filter[isOpen]=true&filter[ownerId][isNull]=true`,
    /tickets_team\b|tickets_owner_open/,
  ],
  ['one’s own', () => `filter[ownerId]=${ids.owner}&filter[isOpen]=true`, /tickets_owner_open/],
  ['all open ones', () => 'filter[isOpen]=true', /tickets_open\b|tickets_created/],
  ['what is due first', () => 'filter[isOpen]=true&sort=dueAt', /tickets_open_due/],
  ['those of a customer', () => `filter[requesterId]=${ids.contact}`, /tickets_requester/],
  ['those of a status', () => 'filter[status]=open', /tickets_status|tickets_created/],
  ['one by its number', () => 'filter[number]=77', /tickets_number_unique/],
  ['the newest', () => 'sort=-number', /tickets_number_unique/],
])('%s is read from an index', async (_, text, index) => {
  const plan = await planOf(() => list(text()));
  expect(plan).not.toMatch(/Seq Scan/);
  expect(plan).toMatch(index);
});

test('a page of a long conversation is read from where it goes on', async () => {
  const after = { createdAt: '2026-02-01T00:00:00.000Z', id: ids.ticket };
  const plan = await planOf(() => messages.page(ctx, ids.ticket, after, 50));
  expect(plan).toMatch(/ticket_messages_ticket/);
  expect(plan).toMatch(/ticket_attachments_message/);
  expect(plan).not.toMatch(/Seq Scan on ticket/);
});

test('a page of files is read from their index', async () => {
  const asked = { limit: 50, before: null };
  const plan = await planOf(() => attachments.page(ctx, ids.ticket, asked));
  expect(plan).toMatch(/ticket_attachments_(ticket|pkey)/);
});

test('the open work of users is counted in the index of owners', async () => {
  const [source] = workloads.all();
  const users = [ids.owner];
  const now = new Date().toISOString();
  const plan = await planOf(() =>
    database.query(ctx, source?.sql ?? '', [ctx.workspaceId, users, now]),
  );
  expect(plan).toMatch(/tickets_owner/);
  expect(plan).not.toMatch(/Seq Scan/);
});
