import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { ConsentLinks } from '../../src/modules/consent/consent-links.js';
import { ConsentsRepository } from '../../src/modules/consent/consents/consents.repository.js';
import { Reachability } from '../../src/modules/consent/mailing/reachability.js';
import { ReachableRepository } from '../../src/modules/consent/mailing/reachable.repository.js';
import { ConsentPurposesRepository } from '../../src/modules/consent/purposes/consent-purposes.repository.js';
import { hashSql } from '../../src/modules/consent/suppressions/address-hash.js';
import { SuppressionsRepository } from '../../src/modules/consent/suppressions/suppressions.repository.js';
import { SuppressionsService } from '../../src/modules/consent/suppressions/suppressions.service.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { LinkKeysRepository } from '../../src/platform/links/link-keys.repository.js';
import { SignedLinks } from '../../src/platform/links/signed-links.js';
import { Params } from '../../src/platform/records/params.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/**
 * What is sent to find out who may be mailed, as the runtime role: of 100,000 contacts two thirds
 * have agreed, and 20,000 addresses are suppressed, half of them of contacts.
 */
let server: TestDatabase;
let database: Database;
let reachability: Reachability;
let suppressions: SuppressionsRepository;
let consents: ConsentsRepository;
let recorder: StatementRecorder;
const COUNT = 100_000;
const WORKSPACE = '11111111-1111-7111-8111-111111111111';
const PURPOSE = '33333333-3333-7333-8333-333333333333';

const ctx: RequestContext = {
  workspaceId: WORKSPACE,
  principal: { type: 'system', id: 'test', userId: null },
  grants: new Map(),
  ...{ accessKey: '', requestId: 'test', ip: null },
};

const idSql = "md5('contact' || n)::uuid";
const hashOf = (address: string): string => hashSql(`'${WORKSPACE}'::uuid`, address);

async function fill(url: string): Promise<void> {
  const mail = "'person-' || n || '@example.com'";
  await query(
    url,
    `insert into workspaces (id, name) values ('${WORKSPACE}', 'Big');
    insert into suppression_keys (workspace_id, inner_block, outer_block)
      values ('${WORKSPACE}', decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'));
    insert into consent_purposes (workspace_id, id, key, name, channels)
      values ('${WORKSPACE}', '${PURPOSE}', 'marketing', 'Marketing', '{email,phone,sms,post}');
    insert into contacts (workspace_id, id, last_name, email)
      select '${WORKSPACE}', ${idSql}, 'Person', ${mail} from generate_series(1, ${COUNT}) n;
    insert into consents (workspace_id, contact_id, purpose_id, channel, status, source, changed_at)
      select '${WORKSPACE}', ${idSql}, '${PURPOSE}', 'email',
        (array['granted', 'granted', 'withdrawn'])[n % 3 + 1], 'list', now()
      from generate_series(1, ${COUNT}) n;
    insert into consent_history (workspace_id, contact_id, id, purpose_id, channel, status, source,
        occurred_at, actor_type)
      select '${WORKSPACE}', md5('contact' || n % 5000 + 1)::uuid, md5('said' || n)::uuid, '${PURPOSE}',
        'email', 'granted', 'list', now(), 'system'
      from generate_series(5000, ${COUNT}) n;
    insert into suppressions (workspace_id, id, channel, address_hash, reason)
      select '${WORKSPACE}', md5('suppression' || n)::uuid, 'email',
        ${hashOf(`'person-' || n * 10 || '@example.com'`)},
        (array['unsubscribed', 'bounced', 'unsubscribed', 'complaint'])[n % 4 + 1]
      from generate_series(1, 20000) n;
    analyze;`,
  );
}

beforeAll(async () => {
  server = await createTestDatabase();
  await fill(server.superuserUrl);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  recorder = new StatementRecorder(database);
  const purposes = new ConsentPurposesRepository(database);
  suppressions = new SuppressionsRepository(database);
  consents = new ConsentsRepository(database);
  const links = new ConsentLinks(new SignedLinks(new LinkKeysRepository(database), config));
  const service = new SuppressionsService(database, suppressions);
  const contacts = new ReachableRepository(database);
  reachability = new Reachability(purposes, contacts, service, suppressions, links);
}, 240_000);

afterAll(async () => {
  await database.close();
  await server.drop();
});

const someIds = async (count: number): Promise<string[]> =>
  (
    await query(
      server.superuserUrl,
      `select ${idSql} as id from generate_series(1, ${COUNT}, ${COUNT / count}) n`,
    )
  ).map(({ id }) => id as string);

/** The plans of what is sent, and how long it takes: told, since a busy machine is no fault. */
async function plansOf(what: string, work: () => Promise<unknown>): Promise<string[]> {
  const statements = await recorder.of(work);
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  process.stdout.write(
    `${what}: p50 ${times[10]?.toFixed(1)} ms, p95 ${times[18]?.toFixed(1)} ms\n`,
  );
  const plans: string[] = [];
  for (const { text, params = [] } of statements) {
    const lines = await database.query(ctx, `explain (costs off) ${text}`, [...params]);
    const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    plans.push(plan.replace(/'\{[^}]*\}'|'\[[^\]]*\]'/g, '…'));
  }
  return plans;
}

describe('who may be mailed', () => {
  test('of 1,000 contacts is found by indexes alone', async () => {
    const ids = await someIds(1000);
    const plans = await plansOf('Of 1,000 contacts', () =>
      reachability.reachable(ctx, ids, 'marketing'),
    );
    const plan = plans.at(-1) as string;
    expect(plan).toMatch(/Index (Only )?Scan.* using consents_(pkey|purpose)/);
    expect(plan).toContain('suppressions_workspace_id_channel_address_hash_key');
    expect(plan).not.toMatch(/Seq Scan on (contacts|consents|suppressions)\b/);
    const reachable = await reachability.reachable(ctx, ids, 'marketing');
    const expected = await query(
      server.superuserUrl,
      `select count(*)::int as count from generate_series(1, ${COUNT}, ${COUNT / 1000}) n
        where (array[true, true, false])[n % 3 + 1] and not (n % 10 = 0)`,
    );
    expect(reachable.size).toBe(expected[0].count);
  });

  test('of all contacts is found by joins, without asking for each', async () => {
    const isReachable = await reachability.condition(ctx, 'marketing');
    const params = new Params(WORKSPACE);
    const text = `select count(*)::int as count from contacts c
      where c.workspace_id = $1 and ${isReachable('c', params)}`;
    const [plan] = await plansOf('Of 100,000 contacts', () =>
      database.query(ctx, text, params.values),
    );
    expect(plan).toMatch(/Anti Join/);
    expect(plan).not.toMatch(/SubPlan/);
    const [{ count } = { count: 0 }] = await database.query<{ count: number }>(
      ctx,
      text,
      params.values,
    );
    const [{ expected }] = await query(
      server.superuserUrl,
      `select count(*)::int as expected from generate_series(1, ${COUNT}) n
        where (array[true, true, false])[n % 3 + 1] and n % 10 <> 0`,
    );
    expect(count).toBe(expected);
  }, 120_000);
});

describe('addresses', () => {
  test('are looked up, suppressed and lifted by the index of their hashes', async () => {
    const entries = Array.from({ length: 1000 }, (_, n) => ({
      ...{ channel: 'email' as const, address: `person-${n}@example.com` },
    }));
    const byHash = /Index (Only )?Scan.* using suppressions_workspace_id_channel_address_hash_key/;
    const checked = await plansOf('Looking up 1,000', () => suppressions.check(ctx, entries));
    expect(checked[0]).toMatch(byHash);
    const ids = await someIds(1000);
    const known = await plansOf('Of 1,000 contacts', () => suppressions.ofContacts(ctx, ids));
    expect(known[0]).toMatch(byHash);
    const lift = suppressions.lift(ctx, ids[0] as string, 'email', ['unsubscribed']);
    const lifted = await plansOf('Lifting one', () => database.run(ctx, [lift]));
    expect(lifted[0]).toMatch(byHash);
  });

  test('are listed from their indexes', async () => {
    const page = { limit: 50, before: null };
    const all = await plansOf('A page', () => suppressions.find(ctx, null, page));
    expect(all[0]).toMatch(/Index Scan Backward using suppressions_pkey/);
    const some = await plansOf('A page of one reason', () =>
      suppressions.find(ctx, 'complaint', page),
    );
    expect(some[0]).toMatch(/Index Scan Backward using suppressions_reason/);
  });
});

test('what a contact has said is found by the contact', async () => {
  const [id = ''] = await someIds(1000);
  const history = await plansOf('History', () =>
    consents.history(ctx, id, { limit: 50, before: null }),
  );
  expect(history[0]).toMatch(/Index Scan Backward using consent_history_pkey/);
  const page = await plansOf('A page of all', () =>
    consents.page(ctx, [id, PURPOSE, 'email'], 500),
  );
  expect(page[0]).toMatch(/Index Scan using consents_pkey/);
  expect(page[0]).not.toMatch(/Seq Scan on (contacts|consents)\b|Sort/);
  const states = await plansOf('States', () => consents.of(ctx, id));
  expect(states[0]).toMatch(/using consents_pkey/);
});
