import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startPgbouncer, startRedis } from '../support/tools.js';

async function pingRedis(): Promise<string> {
  const server = await startRedis();
  const client = new Redis(server.url);
  try {
    return await client.ping();
  } finally {
    client.disconnect();
    await server.stop();
  }
}

test('each Redis is one of our own', async () => {
  expect(await Promise.all([pingRedis(), pingRedis()])).toEqual(['PONG', 'PONG']);
});

describe('pgbouncer', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  test('gives a connection away after each transaction', async () => {
    const bouncer = await startPgbouncer(database.url, 1);
    const clients = [1, 2].map(() => new pg.Client({ connectionString: bouncer.url }));
    try {
      const backends = new Set<unknown>();
      for (const client of clients) {
        await client.connect();
        backends.add((await client.query('select pg_backend_pid() as pid')).rows[0].pid);
      }
      expect(backends.size).toBe(1);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
      await bouncer.stop();
    }
  });
});
