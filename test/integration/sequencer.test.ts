import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { EventsRepository, type StoredEvent } from '../../src/modules/events/events.repository.js';
import type { Database } from '../../src/platform/database/database.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import type { Statement } from '../../src/platform/database/pipeline.js';
import { eventOf } from '../../src/platform/outbox/event.js';
import { recordEvents } from '../../src/platform/outbox/record-events.js';
import { Sequencer } from '../../src/platform/outbox/sequencer.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/worker-app.js';

const EVERYTHING = { visible: null, objects: [], types: [] };

let server: TestDatabase;
let database: Database;
let repository: EventsRepository;

beforeAll(async () => {
  server = await createTestDatabase();
  const config = Object.assign(new Config(), { databaseUrl: server.url, databasePoolSize: 25 });
  database = await openDatabase(config, 'keel-test');
  repository = new EventsRepository(database);
  await database.run({ workspaceId: '' }, []);
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

const running: Sequencer[] = [];

function startSequencer(): Sequencer {
  const sequencer = new Sequencer(database);
  running.push(sequencer);
  sequencer.start();
  return sequencer;
}

async function stopSequencers(): Promise<void> {
  await Promise.all(running.splice(0).map((sequencer) => sequencer.beforeApplicationShutdown()));
}

afterEach(stopSequencers);

async function createWorkspace(): Promise<RequestContext> {
  const workspaceId = randomUUID();
  await database.query(SYSTEM, "insert into workspaces (id, name) values ($1, 'Test')", [
    workspaceId,
  ]);
  return {
    workspaceId,
    principal: { type: 'system', id: 'test', userId: null },
    grants: new Map(),
    accessKey: '',
    requestId: 'test',
    ip: null,
  };
}

/** Follows the feed of a workspace from its beginning, as a client that polls does. */
class Follower {
  readonly events: StoredEvent[] = [];
  private position = 0;

  constructor(
    private readonly ctx: RequestContext,
    private readonly pageSize: number,
  ) {}

  async poll(): Promise<void> {
    for (;;) {
      const page = await repository.feed(this.ctx, this.position, EVERYTHING, this.pageSize);
      this.events.push(...page.events);
      this.position = page.position;
      if (!page.hasMore) return;
    }
  }
}

interface Write {
  /** Which record of a few it changes. */
  record: number;
  /** Milliseconds before and after the event is written. */
  before: number;
  after: number;
  isKept: boolean;
}

const writes = fc.array(
  fc.record<Write>({
    record: fc.nat(4),
    before: fc.nat(20),
    after: fc.nat(40),
    isKept: fc.boolean(),
  }),
  { minLength: 20, maxLength: 120 },
);

class ChangedMind extends Error {}

/** Changes a record in a transaction that dawdles, and says which version it made. */
async function write(ctx: RequestContext, records: string[], order: Write): Promise<string | null> {
  const recordId = records[order.record] as string;
  const event = eventOf(ctx, { type: 'contact.updated', object: 'contacts', recordId });
  try {
    await database.transaction(ctx, async (tx) => {
      const [row] = await tx.query<{ version: number }>(
        `update companies set version = version + 1 where workspace_id = $1 and id = $2
         returning version`,
        [ctx.workspaceId, recordId],
      );
      await sleep(order.before);
      await tx.run([recordEvents([{ ...event, changes: { version: row?.version } }])]);
      await sleep(order.after);
      if (!order.isKept) throw new ChangedMind();
    });
    return event.id;
  } catch (error) {
    if (error instanceof ChangedMind) return null;
    throw error;
  }
}

async function createRecords(ctx: RequestContext): Promise<string[]> {
  const ids = Array.from({ length: 5 }, () => randomUUID());
  for (const id of ids) {
    await database.query(
      ctx,
      "insert into companies (workspace_id, id, name) values ($1, $2, 'Acme')",
      [ctx.workspaceId, id],
    );
  }
  return ids;
}

/** Runs the writes at once while sequencers and a follower work; returns what the follower saw. */
async function followWrites(
  orders: Write[],
  pageSize: number,
): Promise<{ seen: StoredEvent[]; kept: string[] }> {
  const ctx = await createWorkspace();
  const records = await createRecords(ctx);
  const follower = new Follower(ctx, pageSize);
  let isWriting = true;
  const following = (async () => {
    while (isWriting) {
      await follower.poll();
      await sleep(3);
    }
  })();
  startSequencer();
  startSequencer();
  const outcomes = await Promise.all(orders.map((order) => write(ctx, records, order)));
  isWriting = false;
  await following;
  await stopSequencers();
  await new Sequencer(database).catchUp();
  await follower.poll();
  return { seen: follower.events, kept: outcomes.filter((id) => id !== null) };
}

function versionsByRecord(events: StoredEvent[]): number[][] {
  const byRecord = Map.groupBy(events, ({ record_ids: ids }) => ids[0]);
  return [...byRecord.values()].map((changes) =>
    changes.map(({ changes: text }) => (JSON.parse(text ?? '') as { version: number }).version),
  );
}

describe('the change feed', () => {
  test('shows a follower each committed event once and each record in order', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.integer({ min: 1, max: 20 }), async (orders, pageSize) => {
        const { seen, kept } = await followWrites(orders, pageSize);
        expect(seen.map(({ id }) => id).sort()).toEqual([...kept].sort());
        for (const versions of versionsByRecord(seen)) {
          expect(versions).toEqual(versions.map((_, index) => index + 2));
        }
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  test('has an event that commits late after those that committed before it', async () => {
    const ctx = await createWorkspace();
    const follower = new Follower(ctx, 100);
    const sequencer = new Sequencer(database);
    const note = (name: string) =>
      recordEvents([
        eventOf(ctx, { type: 'contact.updated', object: 'contacts', changes: { name } }),
      ]);
    const gate = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const slow = database.transaction(ctx, async (tx) => {
      await tx.run([note('slow')]);
      written.resolve();
      await gate.promise;
    });
    await written.promise;
    await database.run(ctx, [note('quick')]);
    await sequencer.catchUp();
    await follower.poll();
    gate.resolve();
    await slow;
    await sequencer.catchUp();
    await follower.poll();
    const names = follower.events.map(({ changes }) => JSON.parse(changes ?? '') as unknown);
    expect(names).toEqual([{ name: 'quick' }, { name: 'slow' }]);
  });

  test('never moves an event, however many sequencers work', async () => {
    const ctx = await createWorkspace();
    const note = () =>
      recordEvents([eventOf(ctx, { type: 'contact.created', object: 'contacts' })]);
    const positions = 'select id, position from events where workspace_id = $1 order by seq';
    await database.run(ctx, [note(), note()]);
    const assigned = await database.transaction(SYSTEM, async (tx) => {
      const first = new Sequencer({
        run: (_scope: unknown, statements: Statement[]) => tx.run(statements),
      } as never);
      await first.catchUp();
      startSequencer();
      const waiting = new Sequencer(database).catchUp();
      await database.run(ctx, [note()]);
      await sleep(300);
      expect(await repository.head(ctx)).toBe(0);
      return { rows: await tx.query(positions, [ctx.workspaceId]), waiting };
    });
    await assigned.waiting;
    const rows = await database.query<{ position: number }>(ctx, positions, [ctx.workspaceId]);
    expect(rows.slice(0, 2)).toEqual(assigned.rows.slice(0, 2));
    expect(rows.map(({ position }) => position)).toEqual(
      rows.map(({ position }) => position).sort((a, b) => a - b),
    );
  });

  test('loses and doubles nothing when a sequencer dies in the middle of its work', async () => {
    const ctx = await createWorkspace();
    const follower = new Follower(ctx, 100);
    const ids: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const events = Array.from({ length: 50 }, () =>
        eventOf(ctx, { type: 'contact.created', object: 'contacts', recordId: randomUUID() }),
      );
      ids.push(...events.map(({ id }) => id));
      await database.run(ctx, [recordEvents(events)]);
      await killSequencerAtWork();
      await follower.poll();
      expect(follower.events).toHaveLength(round * 50);
      await new Sequencer(database).catchUp();
      await follower.poll();
    }
    expect(follower.events.map(({ id }) => id)).toEqual(ids);
  });

  test('is in order soon after a commit while a sequencer runs', async () => {
    const ctx = await createWorkspace();
    const sequencer = startSequencer();
    const event = eventOf(ctx, { type: 'contact.created', object: 'contacts' });
    const began = Date.now();
    await database.run(ctx, [recordEvents([event])]);
    await eventually(
      () => repository.head(ctx),
      (head) => head > 0,
    );
    expect(Date.now() - began).toBeLessThan(1000);
    expect(await sequencer.backlog()).toEqual({ waiting: 0, lag: 0 });
  });

  test('tells a workspace nothing of another one', async () => {
    const [mine, theirs] = [await createWorkspace(), await createWorkspace()];
    await database.run(theirs, [
      recordEvents([eventOf(theirs, { type: 'contact.created', object: 'contacts' })]),
    ]);
    await new Sequencer(database).catchUp();
    expect((await repository.feed(mine, 0, EVERYTHING, 10)).events).toEqual([]);
    expect((await repository.feed(theirs, 0, EVERYTHING, 10)).events).toHaveLength(1);
  });
});

/** A sequencer has assigned positions, and its connection dies before they are committed. */
async function killSequencerAtWork(): Promise<void> {
  const dying = database.transaction(SYSTEM, async (tx) => {
    const stuck = {
      run: async (_scope: unknown, statements: Statement[]) => {
        const results = await tx.run(statements);
        await tx.query('select pg_terminate_backend(pg_backend_pid())');
        return results;
      },
    };
    await new Sequencer(stuck as unknown as Database).catchUp();
  });
  await expect(dying).rejects.toThrow();
}
