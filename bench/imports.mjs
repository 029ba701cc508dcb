// Imports files into a Keel under test, and waits for what it does behind them.
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from './keel.mjs';

/** Imports a file and waits for its end: seconds, totals, and the worker's memory at most in MB. */
export async function importRows(keel, path, options) {
  const started = performance.now();
  const { id } = await keel.upload(path, options);
  let state;
  let peak = 0;
  do {
    await sleep(250);
    peak = Math.max(peak, memoryOf(keel.worker.child.pid).now);
    state = await keel.call('GET', `/v1/imports/${id}`);
  } while (['queued', 'running'].includes(state.status));
  if (state.status !== 'completed') throw new Error(JSON.stringify(state.problem));
  return { seconds: (performance.now() - started) / 1000, totals: state.totals, peak };
}

/** Waits until the worker has indexed for search what was imported; returns the seconds. */
export async function indexed(sql) {
  const started = performance.now();
  for (;;) {
    const { rows } = await sql.query('select exists (select from search_queue) as waiting');
    if (!rows[0].waiting) break;
    await sleep(250);
  }
  return (performance.now() - started) / 1000;
}

/** As a database stands that has not been loaded a moment ago. */
export async function settle(sql) {
  await sql.query('vacuum analyze');
  await sql.query('checkpoint');
}
