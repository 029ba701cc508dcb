import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { RequestContext } from '../../src/common/context.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import { SearchFiller } from '../../src/platform/search/search-filler.js';
import { queueDocuments } from '../../src/platform/search/search-queue.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import type { SearchSource } from '../../src/platform/search/search-source.js';
import { SearchFixture } from '../support/search-fixture.js';
import { eventually } from '../support/worker-app.js';

let fixture: SearchFixture;

beforeAll(async () => {
  fixture = await SearchFixture.open();
});

afterAll(() => fixture.close());

/** A filler whose reading of records a test may hold up or spoil. */
function fillerWith(read: (documents: SearchSource['documents']) => SearchSource['documents']) {
  const source = fixture.sources.get('contact') as SearchSource;
  const sources = new SearchSources();
  sources.register({ ...source, documents: read(source.documents) });
  return new SearchFiller(fixture.database, sources);
}

const plain = (): SearchFiller => new SearchFiller(fixture.database, fixture.sources);

async function fillAll(filler: SearchFiller): Promise<void> {
  while (await filler.fill());
}

async function queue(ctx: RequestContext, ids: string[]): Promise<void> {
  await fixture.database.run(ctx, [queueDocuments(ctx.workspaceId, 'contact', ids)]);
}

/** What somebody else does between the filler's reading and its writing. */
const meanwhile =
  (action: () => Promise<unknown>) =>
  (documents: SearchSource['documents']): SearchSource['documents'] =>
  async (scope, ids) => {
    const read = await documents(scope, ids);
    await action();
    return read;
  };

/** As when the process at the other end of the connections is gone. */
async function endSessions(): Promise<void> {
  const client = new pg.Client({ connectionString: fixture.server.superuserUrl });
  await client.connect();
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'keel-test' and datname = current_database()`);
  await client.end();
}

describe('records of a bulk write', () => {
  it('are found once they have been filled in, and what is gone no longer is', async () => {
    const ctx = await fixture.createWorkspace();
    const [kept, binned, gone] = await fixture.store(ctx, [
      { name: 'Kept Bulk' },
      { name: 'Binned Bulk' },
      { name: 'Gone Bulk' },
    ]);
    const all = [kept, binned, gone] as string[];
    await queue(ctx, all);
    expect(await fixture.titles(ctx, 'bulk')).toEqual([]);
    await fillAll(plain());
    expect(await fixture.titles(ctx, 'bulk')).toHaveLength(3);
    await fixture.database.run(ctx, [
      { text: 'update contacts set deleted_at = now() where id = $1', params: [binned] },
      { text: 'delete from contacts where id = $1', params: [gone] },
      { text: "update contacts set last_name = 'Changed Bulk' where id = $1", params: [kept] },
      queueDocuments(ctx.workspaceId, 'contact', all),
    ]);
    await fillAll(plain());
    expect(await fixture.titles(ctx, 'bulk')).toEqual(['Changed Bulk']);
    const documents = await fixture.database.query(
      ctx,
      'select title, hidden from search_documents order by title',
    );
    expect(documents).toEqual([
      { title: 'Binned Bulk', hidden: true },
      { title: 'Changed Bulk', hidden: false },
    ]);
  });

  it('are not queued when the write is undone', async () => {
    const ctx = await fixture.createWorkspace();
    const undone = fixture.database.transaction(ctx, async (tx) => {
      await tx.run([queueDocuments(ctx.workspaceId, 'contact', [ctx.workspaceId])]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await plain().backlog()).toEqual({ waiting: 0, lag: 0 });
  });

  it('are each filled in once by several workers, and followed while they run', async () => {
    const ctx = await fixture.createWorkspace();
    const names = Array.from({ length: 3000 }, (_, n) => ({ name: `Many ${n}` }));
    const ids = await fixture.store(ctx, names);
    const read: string[] = [];
    const noting = (documents: SearchSource['documents']): SearchSource['documents'] => {
      return (scope, portion) => {
        read.push(...portion);
        return documents(scope, portion);
      };
    };
    const workers = [fillerWith(noting), fillerWith(noting), fillerWith(noting)];
    for (const worker of workers) worker.start();
    for (let start = 0; start < ids.length; start += 100) {
      await queue(ctx, ids.slice(start, start + 100));
    }
    await eventually(
      () => workers[0]?.backlog(),
      (backlog) => backlog?.waiting === 0,
    );
    await Promise.all(workers.map((worker) => worker.beforeApplicationShutdown()));
    expect(read.toSorted()).toEqual(ids.toSorted());
    const count = 'select count(*) as documents from search_documents where workspace_id = $1';
    const [row] = await fixture.database.query(ctx, count, [ctx.workspaceId]);
    expect(row).toEqual({ documents: 3000 });
  });

  it('stay queued when the worker dies with them, and are filled in by the next', async () => {
    const ctx = await fixture.createWorkspace();
    const ids = await fixture.store(ctx, [{ name: 'Survivor' }]);
    await queue(ctx, ids);
    const dying = fillerWith((documents) => async (scope, portion) => {
      await documents(scope, portion);
      await endSessions();
      return documents(scope, portion);
    });
    await expect(dying.fill()).rejects.toThrow();
    expect(await fixture.titles(ctx, 'survivor')).toEqual([]);
    await fillAll(plain());
    expect(await fixture.titles(ctx, 'survivor')).toEqual(['Survivor']);
  });

  it('that cannot be read do not keep others waiting', async () => {
    const ctx = await fixture.createWorkspace();
    const [bad, good] = await fixture.store(ctx, [{ name: 'Bad Apple' }, { name: 'Good Apple' }]);
    await queue(ctx, [bad ?? '']);
    await queue(ctx, [good ?? '']);
    const failing = fillerWith((documents) => (scope, ids) => {
      if (ids.includes(bad ?? '')) throw new Error('unreadable');
      return documents(scope, ids);
    });
    await expect(failing.fill()).rejects.toThrow('unreadable');
    expect(await failing.fill()).toBe(true);
    expect(await fixture.titles(ctx, 'apple')).toEqual(['Good Apple']);
    await fillAll(plain());
    expect(await fixture.titles(ctx, 'apple')).toHaveLength(2);
  });

  it('wait until the load that adds them is over, but not for longer than a minute', async () => {
    const ctx = await fixture.createWorkspace();
    const age = (seconds: number, place: 'all' | 'first'): Promise<unknown> =>
      fixture.database.query(
        SYSTEM,
        `update search_queue set queued_at = now() - make_interval(secs => $1)
         where $2 = 'all' or id = (select min(id) from search_queue)`,
        [seconds, place],
      );
    const filler = plain();
    for (let portion = 0; portion < 4; portion += 1) await queue(ctx, [ctx.workspaceId]);
    expect(await filler.isTime()).toBe(true); // short work is done at once
    await queue(ctx, [ctx.workspaceId]);
    expect(await filler.isTime()).toBe(false);
    await age(61, 'first');
    expect(await filler.isTime()).toBe(true);
    await age(1, 'all');
    expect(await filler.isTime()).toBe(false);
    await age(3, 'all');
    expect(await filler.isTime()).toBe(true);
    await fillAll(filler);
  });

  it('of an object that this process does not know are left to others', async () => {
    const ctx = await fixture.createWorkspace();
    await fixture.database.run(ctx, [
      queueDocuments(ctx.workspaceId, 'spaceship', [ctx.workspaceId]),
    ]);
    expect(await plain().fill()).toBe(false);
    expect(await plain().backlog()).toMatchObject({ waiting: 1 });
    await fixture.database.query(SYSTEM, 'delete from search_queue');
  });
});

describe('a record that is written while the filler is at it', () => {
  it('keeps the document of its own write', async () => {
    const ctx = await fixture.createWorkspace();
    const [id] = await fixture.add(ctx, [{ name: 'Old Name' }]);
    await queue(ctx, [id ?? '']);
    await fillAll(fillerWith(meanwhile(() => fixture.add(ctx, [{ id, name: 'New Name' }]))));
    expect(await fixture.titles(ctx, 'name')).toEqual(['New Name']);
  });

  it('keeps it also when it is the same as the one the filler saw', async () => {
    const ctx = await fixture.createWorkspace();
    const [id] = await fixture.add(ctx, [{ name: 'Same Name' }]);
    await fixture.store(ctx, [{ id, name: 'Between Name' }]);
    await queue(ctx, [id ?? '']);
    await fillAll(fillerWith(meanwhile(() => fixture.add(ctx, [{ id, name: 'Same Name' }]))));
    expect(await fixture.titles(ctx, 'name')).toEqual(['Same Name']);
  });

  it('keeps it when it was indexed for the first time', async () => {
    const ctx = await fixture.createWorkspace();
    const [id] = await fixture.store(ctx, [{ name: 'Old First' }]);
    await queue(ctx, [id ?? '']);
    await fillAll(fillerWith(meanwhile(() => fixture.add(ctx, [{ id, name: 'New First' }]))));
    expect(await fixture.titles(ctx, 'first')).toEqual(['New First']);
  });

  it('keeps it when that write commits only after the filler has begun to wait for it', async () => {
    const ctx = await fixture.createWorkspace();
    const [id] = await fixture.add(ctx, [{ name: 'Old Wait' }]);
    await fixture.store(ctx, [{ id, name: 'Read Wait' }]);
    await queue(ctx, [id ?? '']);
    let write: Promise<unknown> = Promise.resolve();
    const slow = (): Promise<void> =>
      new Promise((resolve, reject) => {
        write = fixture.database
          .transaction(ctx, async (tx) => {
            await fixture.add({ ...ctx, tx }, [{ id, name: 'New Wait' }]);
            resolve();
            await new Promise((end) => setTimeout(end, 300));
          })
          .catch(reject);
      });
    await fillAll(fillerWith(meanwhile(slow)));
    await write;
    expect(await fixture.titles(ctx, 'wait')).toEqual(['New Wait']);
  });

  it('is not taken out when the filler did not find it and it has been written since', async () => {
    const ctx = await fixture.createWorkspace();
    const [id] = await fixture.add(ctx, [{ name: 'Old Missed' }]);
    await queue(ctx, [id ?? '']);
    const missing = fillerWith(() => async () => {
      await fixture.add(ctx, [{ id, name: 'New Missed' }]);
      return [];
    });
    await fillAll(missing);
    expect(await fixture.titles(ctx, 'missed')).toEqual(['New Missed']);
  });

  it('is not brought back when it is removed', async () => {
    const ctx = await fixture.createWorkspace();
    const [id] = await fixture.add(ctx, [{ name: 'Old Ghost' }]);
    await queue(ctx, [id ?? '']);
    const remove = () =>
      fixture.database.run(ctx, [
        { text: 'delete from search_documents where record_id = $1', params: [id] },
        { text: 'delete from contacts where id = $1', params: [id] },
      ]);
    await fillAll(fillerWith(meanwhile(remove)));
    const left = await fixture.database.query(ctx, 'select title from search_documents');
    expect(left).toEqual([]);
  });
});
