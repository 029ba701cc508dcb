import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Config } from '../../src/config/config.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { EventsPurger } from '../../src/platform/outbox/purge-events.js';
import { ExpiredPurger } from '../../src/platform/queue/purge-expired.js';
import { createTestDatabase, query, type TestDatabase } from '../support/database.js';

let server: TestDatabase;
let database: Database;
let config: Config;
const signal = new AbortController().signal;

beforeAll(async () => {
  server = await createTestDatabase();
  config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

const sql = (text: string) => query(server.superuserUrl, text);

async function count(table: string, where = 'true'): Promise<number> {
  const [row] = await sql(`select count(*)::int as count from ${table} where ${where}`);
  return (row as { count: number }).count;
}

describe('the purge of old events', () => {
  beforeEach(async () => {
    await sql('delete from event_records; delete from events');
    // 500 events in each of two workspaces, one for each of the last 500 days, some with details.
    for (const id of [randomUUID(), randomUUID()]) {
      await sql(`
        insert into workspaces (id, name) values ('${id}', 'Old');
        insert into events (workspace_id, id, type, object, actor_type, occurred_at, position)
        select '${id}', gen_random_uuid(), 'contact.updated', 'contacts', 'system',
          now() - make_interval(days => day), nextval('events_position')
        from generate_series(1, 500) as day;
        insert into event_records (workspace_id, record_id, event_id, version)
        select workspace_id, gen_random_uuid(), id, 1 from events where workspace_id = '${id}'`);
    }
  });

  const purge = (settings: Partial<Config>) =>
    new EventsPurger(database, Object.assign(new Config(), settings)).purge({ signal });

  test('removes what is older than all that may ask for it, with its details', async () => {
    await purge({ eventRetentionDays: 30, historyRetentionDays: 100 });
    expect(await count('events')).toBe(2 * 99);
    expect(await count('event_records')).toBe(2 * 99);
    expect(await count('events', "occurred_at < now() - interval '100 days'")).toBe(0);
  });

  test('keeps for the feed what timelines no longer need', async () => {
    await purge({ eventRetentionDays: 400, historyRetentionDays: 1 });
    expect(await count('events')).toBe(2 * 399);
  });

  test('by default removes nothing of the last three years', async () => {
    await purge({});
    expect(await count('events')).toBe(1000);
  });

  test('leaves what has no place in the feed yet', async () => {
    await sql('update events set position = null');
    await purge({ eventRetentionDays: 1, historyRetentionDays: 1 });
    expect(await count('events')).toBe(1000);
  });

  test('stops between batches when its worker stops', async () => {
    const settings = Object.assign(new Config(), {
      eventRetentionDays: 1,
      historyRetentionDays: 1,
    });
    const stopped = AbortSignal.abort(new Error('stopping'));
    await expect(new EventsPurger(database, settings).purge({ signal: stopped })).rejects.toThrow(
      'stopping',
    );
    expect(await count('events')).toBe(1000);
  });
});

describe('the purge of what has served its time', () => {
  test('removes jobs handed on a week ago and answers of yesterday, and nothing else', async () => {
    const workspace = randomUUID();
    await sql(`
      insert into workspaces (id, name) values ('${workspace}', 'Busy');
      insert into job_outbox (id, name, data, options, created_at, published_at)
      select gen_random_uuid(), 'greet', '{}', '{}', now() - interval '30 days',
        now() - make_interval(days => day)
      from generate_series(1, 14) as day;
      insert into job_outbox (id, name, data, options, created_at)
      values (gen_random_uuid(), 'greet', '{}', '{}', now() - interval '30 days');
      insert into idempotency_keys (workspace_id, principal_id, key, request_hash, status, created_at)
      select '${workspace}', gen_random_uuid(), 'key', '', 200, now() - make_interval(hours => hour)
      from generate_series(1, 48) as hour`);
    await new ExpiredPurger(database).purge({ signal });
    expect(await count('job_outbox', 'published_at is not null')).toBe(6);
    expect(await count('job_outbox', 'published_at is null')).toBe(1);
    expect(await count('idempotency_keys')).toBe(23);
  });

  test('goes through more rows than one statement removes', async () => {
    await sql(`
      insert into job_outbox (id, name, data, options, published_at)
      select gen_random_uuid(), 'greet', '{}', '{}', now() - interval '8 days'
      from generate_series(1, 12000)`);
    await new ExpiredPurger(database).purge({ signal });
    expect(await count('job_outbox', "published_at < now() - interval '7 days'")).toBe(0);
  });
});
