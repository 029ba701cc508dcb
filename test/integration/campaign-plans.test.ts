import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { Config } from '../../src/config/config.js';
import { AudienceConditions } from '../../src/modules/campaigns/audience/audience-conditions.js';
import { AudienceRepository } from '../../src/modules/campaigns/audience/audience.repository.js';
import { BouncesRepository } from '../../src/modules/campaigns/bounces/bounces.repository.js';
import { FiguresRepository } from '../../src/modules/campaigns/figures/figures.repository.js';
import { MailingPermission } from '../../src/modules/campaigns/mailing-permission.js';
import { RecipientsRepository } from '../../src/modules/campaigns/sending/recipients.repository.js';
import { runContext } from '../../src/modules/campaigns/sending/run-context.js';
import { RunsRepository } from '../../src/modules/campaigns/sending/runs.repository.js';
import { TrackingRepository } from '../../src/modules/campaigns/tracking/tracking.repository.js';
import { Database, SYSTEM } from '../../src/platform/database/database.js';
import type { Scope } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/pipeline.js';
import type { Transaction } from '../../src/platform/database/transaction.js';
import { WorkerModule } from '../../src/worker.module.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { StatementRecorder, undone } from '../support/statement-recorder.js';

/**
 * What campaigns really send to the database, as the runtime role: one of 100,000 mails that is
 * being sent, and one of 20,000 that was, in a workspace with 100,000 contacts.
 */
let server: TestDatabase;
let app: INestApplicationContext;
let database: Database;
let recipients: RecipientsRepository;
let runs: RunsRepository;
let figures: FiguresRepository;
let recorder: StatementRecorder;
const COUNT = 100_000;
const DONE = 20_000;
const W = '11111111-1111-7111-8111-111111111111';
const BIG = '22222222-2222-7222-8222-222222222222';
const SMALL = '33333333-3333-7333-8333-333333333333';
const PURPOSE = '44444444-4444-7444-8444-444444444444';
const key = { workspaceId: W, campaignId: BIG, lease: randomUUID() };
const ctx = runContext(W, BIG);

const idOf = (kind: string, n = 'n'): string => `md5('${kind}' || ${n})::uuid`;

const FILL = `
  insert into workspaces (id, name) values ('${W}', 'Big');
  insert into suppression_keys (workspace_id, inner_block, outer_block)
    values ('${W}', decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'));
  insert into consent_purposes (workspace_id, id, key, name, channels)
    values ('${W}', '${PURPOSE}', 'news', 'News', '{email}');
  insert into contacts (workspace_id, id, last_name, email, lifecycle_stage)
    select '${W}', ${idOf('contact')}, 'Person', 'p' || n || '@example.com',
      case when n % 4 = 0 then 'customer' else 'lead' end from generate_series(1, ${COUNT}) n;
  insert into consents (workspace_id, contact_id, purpose_id, channel, status, source, changed_at)
    select '${W}', ${idOf('contact')}, '${PURPOSE}', 'email',
      (array['granted', 'granted', 'withdrawn'])[n % 3 + 1], 'list', now()
    from generate_series(1, ${COUNT}) n;
  insert into suppressions (workspace_id, id, channel, address_hash, reason)
    select '${W}', gen_random_uuid(), 'email', sha256(n::text::bytea), 'bounced'
    from generate_series(1, 20000) n;
  insert into campaigns (workspace_id, id, name, purpose, status, started_at)
    values ('${W}', '${BIG}', 'Big', 'news', 'sending', now()),
      ('${W}', '${SMALL}', 'Small', 'news', 'sent', now());
  insert into campaigns (workspace_id, id, name, purpose, status)
    select '${W}', gen_random_uuid(), 'Old ' || n, 'news', 'sent' from generate_series(1, 5000) n;
  insert into campaign_runs (workspace_id, campaign_id, winner_at)
    select workspace_id, id, case when status = 'sending' then now() end from campaigns;
  insert into campaign_recipients (workspace_id, id, campaign_id, contact_id, address_hash, state,
      due_at, lease, sent_at, noted, opened_at, opens, clicked_at, clicks)
    select '${W}', ${idOf('big')}, '${BIG}', ${idOf('contact')}, ${idOf('address')}, s.state,
      now(), case when s.state in ('claimed', 'sending') then gen_random_uuid() end,
      case when s.state = 'sent' then now() end, n % 100 <> 1,
      case when s.state = 'sent' and n % 5 = 0 then now() end, (n % 5 = 0)::int, null, 0
    from generate_series(1, ${COUNT}) n, lateral (select case when n <= 60000 then 'sent'
      when n <= 90000 then 'pending' when n <= 99000 then 'held' when n <= 99500 then 'claimed'
      when n <= 99510 then 'sending' when n <= 99530 then 'uncertain' else 'skipped' end as state) s;
  insert into campaign_recipients (workspace_id, id, campaign_id, contact_id, address_hash, state,
      due_at, sent_at, noted, opened_at, opens, clicked_at, clicks)
    select '${W}', ${idOf('small')}, '${SMALL}', ${idOf('contact')}, ${idOf('address')}, 'sent',
      now(), now(), true, case when n % 3 = 0 then now() end, (n % 3 = 0)::int,
      case when n % 30 = 0 then now() end, (n % 30 = 0)::int
    from generate_series(1, ${DONE}) n;
  insert into campaign_links (workspace_id, campaign_id, number, url)
    select c.workspace_id, c.id, n, 'https://example.com/' || n
    from campaigns c, generate_series(0, 9) n;
  insert into campaign_link_clicks (workspace_id, recipient_id, number, campaign_id)
    select '${W}', ${idOf('small')}, n % 10, '${SMALL}' from generate_series(30, ${DONE}, 30) n;
  insert into campaign_link_clicks (workspace_id, recipient_id, number, campaign_id)
    select '${W}', ${idOf('big')}, n % 10, '${BIG}' from generate_series(1, 60000) n;
  insert into orders (workspace_id, id, number, contact_id, currency, order_date, total, status)
    select '${W}', gen_random_uuid(), n, ${idOf('contact')}, 'EUR', now()::date, 20, 'confirmed'
    from generate_series(1, 50000) n;`;

beforeAll(async () => {
  server = await createTestDatabase();
  await query(server.superuserUrl, FILL);
  const tables = 'campaigns, campaign_runs, campaign_recipients, campaign_links';
  const others = 'campaign_link_clicks, contacts, consents, suppressions, orders';
  await query(server.superuserUrl, `vacuum analyze ${tables}, ${others}`);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  app = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    ...{ logger: ['fatal'], abortOnError: false },
  });
  database = app.get(Database);
  recorder = new StatementRecorder(database);
  const get = <T>(type: new (...args: never[]) => T): T => app.get(type, { strict: false });
  recipients = get(RecipientsRepository);
  runs = get(RunsRepository);
  figures = get(FiguresRepository);
}, 300_000);

afterAll(async () => {
  await app.close();
  await server.drop();
});

async function planOf({ text, params = [] }: Statement, scope: Scope = ctx): Promise<string> {
  const lines = await database.query(scope, `explain (costs off) ${text}`, [...params]);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

/** Plans of what some work sends, in a transaction that is undone. */
async function plansOf(work: (tx: Transaction) => Promise<unknown>): Promise<string[]> {
  const found = await recorder.of(() => undone(database, ctx, work));
  return Promise.all(found.map((statement) => planOf(statement)));
}

/** A plan that reads no large table whole. */
const expectIndexed = (plan: string, ...indexes: RegExp[]): void => {
  for (const index of indexes) expect(plan).toMatch(index);
  expect(plan).not.toMatch(/Seq Scan on (campaign\w*|contacts|consents|suppressions|orders)/);
};

const some = async (kind: string, from: number, count: number): Promise<string[]> => {
  const sql = `select ${idOf(kind)} as id from generate_series(${from}, ${from + count - 1}) n`;
  return (await query(server.superuserUrl, sql)).map(({ id }) => id as string);
};

describe('sending 100,000 mails', () => {
  test('claims the next ones by their time, without sorting', async () => {
    const [plan = ''] = await plansOf((tx) => recipients.claim(tx, key, 500));
    expectIndexed(plan, /campaign_recipients_due/);
    expect(plan).not.toMatch(/Sort/);
  });

  test('marks, settles and puts back by keys', async () => {
    const ids = await some('big', 99_001, 5);
    expectIndexed(await planOf(recipients.mark(key, ids)), /campaign_recipients_pkey/);
    const outcome = { state: 'sent', reason: null, tries: 1, wait: 0 } as const;
    const settle = recipients.settle(
      key,
      ids.map((id) => ({ id, ...outcome })),
    );
    expectIndexed(await planOf(settle), /campaign_recipients_pkey/);
    expectIndexed(await planOf(recipients.putBack(key)), /campaign_recipients_claimed/);
  });

  test('finds what dead runs left, who waits for a winner, and what no event tells of', async () => {
    const plans = await plansOf(async (tx) => {
      await recipients.orphans({ ...key, tx } as typeof key);
      await recipients.freeHeld({ ...key, tx } as typeof key, randomUUID(), 5000);
      await recipients.note(tx, key, 1000);
      await recipients.left({ ...key, tx } as typeof key);
    });
    const [orphans = '', held = '', note = ''] = plans;
    expectIndexed(orphans, /campaign_recipients_claimed/);
    // So many of them that reading the table whole may be cheaper than looking each up.
    expect(held).toMatch(/campaign_recipients_held/);
    expectIndexed(note, /campaign_recipients_unnoted/);
    const sent = await recorder.of(() => recipients.left(key));
    const [left] = sent.filter(({ text }) => text.includes('hasHeld'));
    const plan = await planOf(left as Statement);
    expectIndexed(plan, /campaign_recipients_due/, /campaign_recipients_held/);
    expect(plan).not.toMatch(/Sort/);
  });

  test('pages through the audience by ids, and asks for consent and suppression by keys', async () => {
    const audience = app.get(AudienceRepository, { strict: false });
    const permission = app.get(MailingPermission, { strict: false });
    const condition = await app.get(AudienceConditions, { strict: false }).of(ctx, {
      audienceWhere: { field: 'lifecycleStage', op: 'eq', value: 'customer' },
      ...{ segmentIds: [], excludedSegmentIds: [] },
    });
    const permitted = await permission.condition(ctx, 'news');
    const [after = ''] = await some('contact', 1, 1);
    const sent = await recorder.of(async () => {
      const end = await audience.spanEnd(ctx, after, 2000);
      await audience.members(ctx, condition, permitted, after, end ?? after);
    });
    const [span, members] = await Promise.all(sent.slice(0, 2).map((one) => planOf(one)));
    expectIndexed(span ?? '', /contacts_pkey/);
    expect(members).toMatch(/contacts_(pkey|stage)/);
    expect(members).toMatch(/Index Cond: .*id > .* AND .*id <= /);
    expect(members).not.toMatch(/Seq Scan on (contacts|consents)/);
    const fifty = await some('contact', 1, 50);
    const asking = await recorder.of(() => permission.permitted(ctx, 'news', fifty));
    const asked = asking.find(({ text }) => text.includes('willing')) as Statement;
    expectIndexed(
      await planOf(asked),
      ...[/contacts_pkey/, /consents_pkey|consents_purpose/, /suppressions_workspace_id_channel/],
    );
  });

  test('finds lost campaigns and undecided tests of all workspaces among 5,000 others', async () => {
    const sent = await recorder.of(async () => {
      await runs.findLost(500);
      await runs.findUndecided(new Date().toISOString(), 100);
    });
    const [lost = '', undecided = ''] = await Promise.all(
      sent.slice(0, 2).map((one) => planOf(one, SYSTEM)),
    );
    expectIndexed(lost, /campaigns_open/);
    expectIndexed(undecided, /campaign_runs_winner/, /campaigns_pkey/);
  });
});

describe('what comes back of 20,000 mails', () => {
  test('finds opens, clicks and bounces by the key of the mail', async () => {
    const tracking = new TrackingRepository(database);
    const [id = ''] = await some('small', 30, 1);
    const sent = await recorder.of(async () => {
      await tracking.opened(W, id);
      await tracking.clicked(W, id, 3);
    });
    const plans = await Promise.all(sent.map((one) => planOf(one)));
    expect(plans).toHaveLength(3);
    for (const plan of plans) expectIndexed(plan, /campaign_recipients_pkey/);
    expectIndexed(plans[1] ?? '', /campaign_links_pkey/);
    const bounces = new BouncesRepository();
    const told = [{ id, type: 'permanent' as const, reason: '550' }];
    const [plan = ''] = await plansOf((tx) => bounces.record(tx, ctx, told));
    expectIndexed(plan, /campaign_recipients_pkey/);
  });

  test('counts a campaign by what is its own', async () => {
    const sent = await recorder.of(async () => {
      await figures.byVariant(ctx, SMALL);
      await figures.skipped(ctx, SMALL);
      await figures.byLink(ctx, SMALL);
      await figures.orders(ctx, SMALL, 14);
      await figures.deals(ctx, SMALL, 14);
      await figures.ordering(ctx, SMALL, 14);
      await figures.run(ctx, SMALL);
    });
    const [variants = '', skipped = '', links = '', orders = '', deals = '', ordering = ''] =
      await Promise.all(sent.map((one) => planOf(one)));
    expectIndexed(variants, /campaign_recipients_(list|address)/);
    expectIndexed(skipped, /campaign_recipients_(skipped|list|address)/);
    expectIndexed(links, /campaign_links_pkey/, /campaign_link_clicks_campaign/);
    for (const plan of [orders, deals, ordering]) {
      expect(plan).toMatch(/campaign_recipients_(engaged|list|address)/);
      expect(plan).not.toMatch(/Seq Scan on campaign/);
    }
  });
});
