import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});

afterAll(() => Promise.all([first.drop(), second.drop()]));

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test('a test file has a database of its own, whatever others write', async () => {
  await ask(first.url, 'create table only_here (id int)');
  const tables = "select 1 from pg_tables where tablename = 'only_here'";
  expect(await ask(first.url, tables)).toHaveLength(1);
  expect(await ask(second.url, tables)).toHaveLength(0);
});

test('the database is migrated, and its owner is no superuser', async () => {
  expect(await ask(first.url, "select 1 from pg_tables where tablename = 'events'")).toHaveLength(
    1,
  );
  expect(
    await ask(first.url, 'select rolsuper from pg_roles where rolname = current_user'),
  ).toEqual([{ rolsuper: false }]);
  expect(await ask(first.superuserUrl, 'show is_superuser')).toEqual([{ is_superuser: 'on' }]);
});
