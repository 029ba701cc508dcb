import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Config } from '../../src/config/config.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/worker-app.js';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  const config = Object.assign(new Config(), { databaseUrl: server.url, databasePoolSize: 1 });
  database = await openDatabase(config, 'keel-test');
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

const VALUES = "select $1::int as n, $2::text as t, null::text as empty, '2026-01-02'::date as d";

describe('a statement that is sent again and again', () => {
  it('answers the same, described or not', async () => {
    for (let n = 0; n < 3; n += 1) {
      const rows = await database.query(SYSTEM, VALUES, [n, 'ü']);
      expect(rows).toEqual([{ n, t: 'ü', empty: null, d: '2026-01-02' }]);
    }
  });

  it('tells each time how many rows it touched', async () => {
    const statements = [
      { text: 'create temporary table touched (n int) on commit drop' },
      { text: 'insert into touched select generate_series(1, $1::int)', params: [7] },
      { text: 'update touched set n = 0 where n > $1', params: [4] },
      { text: 'select n from touched where n = 0' },
    ];
    for (let round = 0; round < 2; round += 1) {
      const results = await database.run(SYSTEM, statements);
      expect(results.map(({ rowCount }) => rowCount)).toEqual([0, 7, 3, 3]);
      expect(results[3]?.rows).toEqual([{ n: 0 }, { n: 0 }, { n: 0 }]);
    }
  });

  it('answers after it has failed, and after another one has failed before it was run', async () => {
    const divide = { text: 'select 10 / $1::int as result', params: [0] };
    const after = { text: 'select $1::text as after', params: ['x'] };
    await expect(database.run(SYSTEM, [divide, after])).rejects.toThrow('division by zero');
    const results = await database.run(SYSTEM, [{ ...divide, params: [5] }, after]);
    expect(results.map(({ rows }) => rows)).toEqual([[{ result: 2 }], [{ after: 'x' }]]);
  });

  it('that cannot be sent takes nothing with it', async () => {
    const broken = {
      toPostgres: () => {
        throw new Error('no value');
      },
    };
    await expect(database.query(SYSTEM, 'select $1::text', [broken])).rejects.toThrow('no value');
    expect(await database.query(SYSTEM, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

/** Only there is it known which process is whose. */
const NICENESS = process.platform === 'linux' ? 10 : 0;

describe('a process in the background', () => {
  it('stands back in the database as well', async () => {
    const config = Object.assign(new Config(), { databaseUrl: server.url });
    const background = await openDatabase(config, 'keel-test-background');
    background.inBackground();
    const sql = 'select pg_backend_pid() as pid';
    const [row] = await background.query<{ pid: number }>(SYSTEM, sql);
    const priority = await eventually(
      () => getPriority(row?.pid),
      (found) => found === NICENESS,
    );
    expect(priority).toBe(NICENESS);
    // Where processors are shared by session first, and each process of PostgreSQL has its own.
    const group = await eventually(
      () => readFile(`/proc/${row?.pid}/autogroup`, 'utf8').catch(() => ''),
      (found) => !found.includes('nice 0'),
    );
    expect(group).toMatch(/^$| nice 10$/m);
    await background.close();
  });
});
