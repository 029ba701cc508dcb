// One instance of Keel as far as caching goes: reads and writes numbers as its parent asks.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Logger } from '@nestjs/common';
import pg from 'pg';

// Links are lost on purpose here.
Logger.overrideLogger(false);

const load = (path) =>
  import(pathToFileURL(join(process.env.KEEL_TEST_BUILD, 'platform', path)).href);
const { createBus } = await load('bus/bus.module.js');
const { SharedRedis } = await load('bus/shared-redis.js');
const { CachedResponse } = await load('cache/cached-response.js');
const { Invalidator } = await load('cache/invalidator.js');
const { ResponseCache } = await load('cache/response-cache.js');
const { SharedStore } = await load('cache/shared-store.js');

const { databaseUrl, redisUrl } = JSON.parse(process.argv[2]);
const bus = createBus({ databaseUrl, redisUrl });
const { client } = new SharedRedis(redisUrl);
const shared = client && new SharedStore(client);
const cache = new ResponseCache({ policy: 'lru', maxBytes: 1e7 }, bus, shared);
const invalidator = new Invalidator(bus, shared);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
pool.on('error', () => {});
bus.start();

async function read(key) {
  const sql = 'select value from numbers where key = $1';
  const loader = async () => {
    const { rows } = await pool.query(sql, [key]);
    return new CachedResponse(Buffer.from(String(rows[0].value)), {});
  };
  const found = await cache.getOrLoad(key, 'w', [`numbers:${key}`], loader);
  return { value: Number(found.body), figures: cache.figures() };
}

async function write(key, value, dies) {
  invalidator.announce();
  await pool.query('update numbers set value = $2 where key = $1', [key, value]);
  // Killed between its commit and its publication.
  if (dies) process.kill(process.pid, 'SIGKILL');
  const begun = performance.now();
  await invalidator.invalidate('w', [`numbers:${key}`]);
  return { value, took: performance.now() - begun };
}

const operations = {
  read: ({ key }) => read(key),
  write: ({ key, value, dies }) => write(key, value, dies),
  state: () => Promise.resolve({ ...bus.state(), figures: cache.figures() }),
  stop: () => bus.stop().then(() => process.exit(0)),
};

process.on('message', ({ id, operation, ...rest }) => {
  operations[operation](rest).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send({ id: 0 });
