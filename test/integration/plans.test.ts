import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { encodeCursor } from '../../src/common/cursor.js';
import type { CursorValue } from '../../src/common/cursor.js';
import { parseListQuery } from '../../src/common/list-query.js';
import { Config } from '../../src/config/config.js';
import { COMPANY, CompaniesService } from '../../src/modules/companies/index.js';
import { CONTACT, ContactsService } from '../../src/modules/contacts/index.js';
import { WorkloadRepository } from '../../src/modules/users/workload.repository.js';
import { EventsRepository } from '../../src/modules/events/events.repository.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import type { Row } from '../../src/platform/database/pipeline.js';
import { findByKey, matchKey } from '../../src/platform/records/match-key.js';
import { moveOwned } from '../../src/platform/records/ownership.js';
import { Literals } from '../../src/platform/records/params.js';
import { RecordKit } from '../../src/platform/records/record-kit.js';
import type { RecordService } from '../../src/platform/records/record-service.js';
import { RecordSettings } from '../../src/platform/records/record-settings.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder, undone } from '../support/statement-recorder.js';

/** Plans of what is really sent, as the runtime role: row level security must not cost the index. */
let server: TestDatabase;
let database: Database;
let kit: RecordKit;
let contacts: ContactsService;
let companies: CompaniesService;
let ctx: RequestContext;
/** A record from the middle of every order. */
let middle: Record<string, string>;
let recorder: StatementRecorder;

const BIG = 50_000;

beforeAll(async () => {
  server = await createTestDatabase();
  const workspaceId = randomUUID();
  await fill(workspaceId);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  kit = new RecordKit(database, new RecordSettings(database), new SearchSources());
  contacts = new ContactsService(kit);
  companies = new CompaniesService(kit);
  ctx = {
    workspaceId,
    principal: { type: 'user', id: randomUUID(), userId: randomUUID() },
    grants: new Map([
      ['contact:read', 'all'],
      ['company:read', 'all'],
    ]),
    ...{ accessKey: '', requestId: 'test', ip: null },
  };
  [middle = {}] = await database.query<Record<string, string>>(
    ctx,
    `select id, created_at as "createdAt", updated_at as "updatedAt", last_name as "lastName", email,
      owner_id as "ownerId", company_id as "companyId", 'Company 5000' as name
      from contacts where workspace_id = $1 and last_name is not null
      order by created_at offset 20000 limit 1`,
    [workspaceId],
  );
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

/** One workspace with many records and twenty with few, made by the database itself. */
async function fill(big: string): Promise<void> {
  const id = `(lpad(to_hex(1700000000000 + n), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid`;
  const time = "timestamptz '2026-01-01' + n * interval '1 minute'";
  const owner = `md5('owner' || n % 200)::uuid`;
  const stage = `(array['lead', 'customer', 'opportunity', 'subscriber'])[n % 4 + 1]`;
  const all = `(select '${big}'::uuid as w, n from generate_series(1, ${BIG}) n
    union all select md5('w' || m)::uuid, n from generate_series(1, 20) m, generate_series(1, 50) n) s`;
  const index = (key: string, value: string, number: string, uniq: boolean): string =>
    `insert into record_index select w, 'contact', ${id}, '${key}', ${value}, ${number}, ${uniq} from ${all};`;
  await query(
    server.superuserUrl,
    `insert into workspaces (id, name) values ('${big}', 'Big');
    insert into workspaces (id, name) select md5('w' || m)::uuid, 'Small' from generate_series(1, 20) m;
    insert into properties (workspace_id, object, name, label, type)
      select id, 'contact', p, p, case p when 'score' then 'number' else 'text' end
      from workspaces, unnest(array['score', 'code']) p;
    insert into companies (workspace_id, id, created_at, updated_at, owner_id, name, domain,
        lifecycle_stage, address_country, parent_id)
      select w, ${id}, ${time}, ${time}, ${owner}, 'Company ' || n, 'c' || n || '.example', ${stage},
        (array['DE', 'FR', 'GB'])[n % 3 + 1], null from ${all};
    insert into contacts (workspace_id, id, created_at, updated_at, owner_id, last_name, email,
        lifecycle_stage, company_id)
      select w, ${id}, ${time}, ${time}, ${owner}, case when n % 10 > 0 then 'Name ' || n % 5000 end,
        'p' || n || '@x.example', ${stage}, ${id} from ${all};
    ${index('tags', `'tag' || n % 500`, 'null', false)}
    ${index('custom.score', '(n % 1000)::text', 'n % 1000', false)}
    ${index('custom.code', `'code ' || n`, 'null', false)}
    ${index('externalIds.legacy', `'L-' || n`, 'null', true)}
    insert into events (workspace_id, id, position, type, object, occurred_at, actor_type, record_id)
      select w, ${id.replace('7000', '7001')}, nextval('events_position'), 'contact.created',
        'contacts', ${time}, 'user', ${id} from ${all};
    insert into event_records (workspace_id, record_id, event_id, version)
      select w, ${id}, ${id.replace('7000', '7001')}, 1 from ${all};
    analyze;`,
  );
}

/** The plans of all that the work sends: for the values it has, and for any values. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements = (await recorder.of(work)).filter(
    ({ text }) =>
      /\b(contacts|companies|record_index|events)\s/.test(text) &&
      // Events are written the same way by every write, and find nothing.
      !text.includes('json_to_recordset'),
  );
  const plans: string[] = [];
  for (const { text, params = [] } of [...statements]) {
    const rows = await database.query(ctx, `explain (costs off) ${text}`, [...params]);
    for (const lines of [rows, await genericPlan(text, params)]) {
      plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
    }
  }
  expect(plans.length).toBeGreaterThan(0);
  return plans;
}

/** The plan that a prepared statement gets when it has been used for a while. */
function genericPlan(text: string, params: readonly unknown[]): Promise<Row[]> {
  const literals = new Literals(ctx.workspaceId);
  const values = params.map((value) => literals.add(value)).join(', ');
  return database.transaction(ctx, async (tx) => {
    await tx.query("select set_config('plan_cache_mode', 'force_generic_plan', true)");
    await tx.query(`prepare explained as ${text}`);
    const rows = await tx.query(`explain (costs off) execute explained(${values})`);
    await tx.query('deallocate explained');
    return rows;
  });
}

const TABLES = 'contacts|companies|record_index|events|event_records';

/** Fails unless each plan uses the index, reads no table whole, and sorts nothing beforehand. */
async function expectIndex(
  index: RegExp,
  work: () => Promise<unknown>,
  sorts = false,
): Promise<void> {
  // What only inserts values finds nothing, so it needs no index.
  const finding = (await plansOf(work)).filter((plan) => plan.includes('Scan'));
  expect(finding.length).toBeGreaterThan(0);
  for (const plan of finding) {
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(new RegExp(`Seq Scan on (${TABLES})`));
    // An incremental sort only orders what is equal by the index.
    if (!sorts) expect(plan).not.toMatch(/(^|->\s+)Sort$/m);
  }
}

const page = (service: RecordService, params: Record<string, string>): Promise<unknown> =>
  service.reader.page(ctx, parseListQuery({ limit: '50', ...params }));

const using = (name: string): RegExp => new RegExp(`using ${name}\\b|on ${name}\\b`);

const INDEXES: Record<string, string> = {
  'contacts.id': 'contacts_pkey',
  'contacts.createdAt': 'contacts_created',
  'contacts.updatedAt': 'contacts_updated',
  'contacts.lastName': 'contacts_last_name',
  'contacts.email': 'contacts_email_unique',
  'companies.id': 'companies_pkey',
  'companies.createdAt': 'companies_created',
  'companies.updatedAt': 'companies_updated',
  'companies.name': 'companies_name',
};

describe.each([
  ['contacts', CONTACT, () => contacts],
  ['companies', COMPANY, () => companies],
] as const)('a list of %s', (plural, definition, service) => {
  const orders = [...definition.sortable.keys()].flatMap((name) => [
    [name, name],
    [name, `-${name}`],
  ]);

  test.each(orders)(
    'by %s (%s) walks its index, at the first page and at any other',
    async (name = '', sort = '') => {
      const index = using(INDEXES[`${plural}.${name}`] ?? 'the index to be named here');
      await expectIndex(index, () => page(service(), { sort }));
      const tie = sort.startsWith('-') ? '-id' : 'id';
      const [signature, values] =
        name === 'id' ? [sort, [middle['id']]] : [`${sort},${tie}`, [middle[name], middle['id']]];
      const content = { sort: signature, values: values as CursorValue[] };
      const cursor = encodeCursor(content, ctx.workspaceId);
      await expectIndex(index, () => page(service(), { sort, cursor }));
    },
  );

  test('and one record is got by the primary key, as are several at once', async () => {
    const get = (): Promise<unknown> => service().reader.get(ctx, middle['id'] as string);
    await expectIndex(using(`${plural}_pkey`), get);
    await expectIndex(using(`${plural}_pkey`), () => Promise.all([get(), get(), get(), get()]));
  });
});

describe('a filtered list', () => {
  const lists: [string, () => Record<string, string>, string, boolean][] = [
    [
      'lifecycleStage',
      () => ({ 'filter[lifecycleStage]': 'lead' }),
      'contacts_(stage|created)',
      false,
    ],
    [
      'ownerId',
      () => ({ 'filter[ownerId]': middle['ownerId'] as string }),
      'contacts_owner',
      false,
    ],
    [
      'companyId',
      () => ({ 'filter[companyId]': middle['companyId'] as string }),
      'contacts_company',
      true,
    ],
    ['e-mail', () => ({ 'filter[email]': 'P77@x.example' }), 'contacts_email_unique', true],
    [
      'createdAt in a range',
      () => ({ 'filter[createdAt][gte]': '2026-01-02', 'filter[createdAt][lt]': '2026-01-03' }),
      'contacts_created',
      false,
    ],
    ['a tag', () => ({ 'filter[tags][has]': 'tag7' }), 'record_index_(value|pkey)', true],
    [
      'a number of the workspace',
      () => ({ 'filter[custom.score]': '7' }),
      'record_index_(number|pkey)',
      true,
    ],
    [
      'a text of the workspace',
      () => ({ 'filter[custom.code]': 'code 77' }),
      'record_index_(value|pkey)',
      true,
    ],
    [
      'an external id',
      () => ({ 'filter[externalIds.legacy]': 'L-77' }),
      'record_index_(value|unique|pkey)',
      true,
    ],
  ];

  test.each(lists)('by %s is served by an index', async (_, params, index, sorts) => {
    await expectIndex(using(`(${index})`), () => page(contacts, params()), sorts);
  });

  test.each([
    ['custom.score', 'record_index_number'],
    ['-custom.score', 'record_index_number'],
    ['custom.code', 'record_index_value'],
  ])('is in the order of %s by walking %s', async (sort, index) => {
    const plans = await plansOf(() => page(contacts, { sort }));
    // With its values known: for any values, a key is taken to be rare and sorted.
    for (const plan of plans.filter((_, place) => place % 2 === 0)) {
      // Records without a value come after all others, by a phase of their own.
      const [, values = ''] = plan.split(/^ +-> {2}Limit$/m);
      expect(values).toMatch(using(index));
      expect(values).not.toMatch(/Seq Scan|(^|->\s+)Sort$/m);
    }
  });
});

describe('a record', () => {
  test.each([
    ['email', 'p77@x.example', 'contacts_email_unique'],
    ['externalIds.legacy', 'L-77', 'record_index_(unique|value)'],
  ])('to be upserted by %s is found by an index', async (name, value, index) => {
    const key = matchKey(CONTACT, new Map(), name);
    const statement = findByKey(ctx, CONTACT, key, [value]);
    await expectIndex(using(`(${index})`), () => database.run(ctx, [statement]));
  });

  test('has its timeline found by indexes', async () => {
    const indexes = /using (events_record|events_pkey|event_records_pkey|contacts_pkey)/;
    await expectIndex(indexes, () => contacts.timeline.page(ctx, middle['id'] as string, {}), true);
  });
});

describe('what users own', () => {
  test('is counted by the index of owners alone, for one and for a team', async () => {
    const workload = new WorkloadRepository(database);
    const owner = middle['ownerId'] as string;
    for (const users of [[owner], [randomUUID(), owner, randomUUID()]]) {
      for (const most of [100, null]) {
        await expectIndex(/Index Only Scan using (contacts|companies)_owner/, () =>
          workload.owned(ctx, [CONTACT, COMPANY], users, most),
        );
      }
    }
  });

  test('is found in its order when it is handed over, from the start and from anywhere', async () => {
    const from = middle['ownerId'] as string;
    const place = { createdAt: middle['createdAt'] as string, id: middle['id'] as string };
    const move = { from, to: randomUUID(), source: 'test' };
    for (const after of [null, place]) {
      await expectIndex(
        using('contacts_(owner|pkey)'),
        () => undone(database, ctx, (tx) => moveOwned(kit, tx, ctx, CONTACT, move, after)),
        true,
      );
    }
  });

  test('has an index by owner in the table of every object', async () => {
    const tables = await query(
      server.superuserUrl,
      `select c.relname as name, exists (select from pg_index i where i.indrelid = c.oid
          and pg_get_indexdef(i.indexrelid) like '%(workspace_id, owner_id, created_at, id)%') as is
        from pg_class c join pg_attribute o on o.attrelid = c.oid and o.attname = 'owner_id'
        join pg_attribute d on d.attrelid = c.oid and d.attname = 'merged_into'
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    expect(tables.length).toBeGreaterThanOrEqual(3);
    expect(tables.filter((table) => !table.is).map(({ name }) => name)).toEqual([]);
  });
});

test('the feed of events is read in order, from the start and from anywhere', async () => {
  const filter = { visible: null, objects: [], types: [] };
  const feed = new EventsRepository(database);
  for (const after of [0, 25_000]) {
    await expectIndex(/using events_(feed|order)/, () => feed.feed(ctx, after, filter, 50));
  }
});
