// A Keel whose data folder is filled once and kept, and how long it takes to answer.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { here, rounded } from './generators.mjs';
import { indexed, settle } from './imports.mjs';
import { startKeel } from './keel.mjs';

/** Times that a server may say it has too much to do. */
const PATIENCE = 10;

/**
 * Starts the Keel of a bench, fills it the first time, and runs `work` with it at rest. Delete
 * `bench/data/<name>` to have it filled anew.
 */
export async function withKept(name, fill, work) {
  const dataDir = here(`data/${name}`);
  const mark = `${dataDir}/filled`;
  if (!existsSync(mark)) rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(here('data'), { recursive: true });
  const keel = await startKeel(dataDir);
  const sql = new pg.Client({
    connectionString: keel.postgres.superuserUrl.replace(/\/[^/]*$/, '/keel'),
  });
  try {
    await sql.connect();
    if (!existsSync(mark)) {
      await fill(keel, sql);
      writeFileSync(mark, '');
    }
    // A newer version may have its data indexed anew.
    await indexed(sql);
    await settle(sql);
    return await work(keel, sql);
  } finally {
    await sql.end();
    await keel.stop();
  }
}

/**
 * Asks each request once a round, one after the other, where no answers are kept; the first round
 * warms up. Milliseconds until the last byte.
 * @param requests by name: `{ path, body? }`, or a list of them that are asked in turns.
 */
export async function answers(keel, requests, rounds, most) {
  const times = new Map(Object.keys(requests).map((work) => [work, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [work, one] of Object.entries(requests)) {
      const list = [one].flat();
      const took = await ask(keel, list[(round + 1) % list.length]);
      if (round >= 0) times.get(work).push(took);
    }
  }
  return [...times].map(([work, list]) => told(work, list, most));
}

async function ask({ uncachedUrl, headers }, { path, body }) {
  // A busy machine takes requests only as fast as it can answer.
  for (let attempt = 0; ; attempt += 1) {
    const started = performance.now();
    const response = await fetch(uncachedUrl + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) return performance.now() - started;
    const isBusy = response.status === 503 && attempt < PATIENCE;
    if (!isBusy) throw new Error(`${path}: ${response.status} ${text}`);
    await sleep(2000);
  }
}

function told(work, list, most) {
  const times = list.sort((a, b) => a - b);
  const at = (share) =>
    rounded(times[Math.min(times.length - 1, Math.floor(times.length * share))]);
  const [p50, p95, worst] = [at(0.5), at(0.95), at(1)];
  const target = `at most ${most}`;
  console.log(
    `${work.padEnd(52)} ${String(p50).padStart(8)} / ${p95} / ${worst} ms` +
      `  (p50 / p95 / worst; ${target})`,
  );
  return { work, target, p50, p95, worst, unit: 'ms' };
}
