// npm run bench [-- --rows 1000000 --seconds 5 --rounds 5]: Keel with every guard on against its
// baselines, side by side in one run; medians of interleaved rounds; a table, and a JSON file.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { COLUMNS, writeContacts } from './data.mjs';
import { memoryOf, startKeel, startProgram } from './keel.mjs';
import { copyIn, copyOut } from './copy.mjs';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
  },
});
const rows = Number(flags.rows);
const seconds = Number(flags.seconds);
const rounds = Number(flags.rounds);
const connections = Number(flags.connections);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const results = [];

function note(work, target, keel, baseline, unit, extra = {}) {
  const ratio = Math.round((keel / baseline) * 100) / 100;
  results.push({
    work,
    target,
    ratio,
    keel: Math.round(keel),
    baseline: Math.round(baseline),
    unit,
    ...extra,
  });
  console.log(
    `${work.padEnd(46)} ${String(ratio).padStart(7)}  (at least ${target})  ` +
      `${Math.round(keel)} : ${Math.round(baseline)} ${unit} ${Object.keys(extra).length ? JSON.stringify(extra) : ''}`,
  );
}

async function load(url, headers, requests, forSeconds = seconds, using = connections) {
  const generator = await startGenerator();
  generator.send({ url, headers, requests, seconds: forSeconds, connections: using });
  const result = await new Promise((resolve) => generator.once('message', resolve));
  generator.disconnect();
  if (result.failed > 0)
    throw new Error(`${result.failed} requests failed at ${url}${requests[0].path}`);
  return result;
}

async function startGenerator() {
  const { fork } = await import('node:child_process');
  return fork(here('load.mjs'), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** Rounds of both in turn, each after a warm-up; medians of requests a second. */
async function compare(work, target, keel, baseline) {
  await load(...keel, 1);
  await load(...baseline, 1);
  const [ours, theirs] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push((await load(...baseline)).perSecond);
    ours.push((await load(...keel)).perSecond);
  }
  note(work, target, median(ours), median(theirs), 'requests/s');
  return median(ours);
}

async function importRows(keel, path, options) {
  const started = performance.now();
  const { id } = await keel.upload(path, options);
  let state;
  let peak = 0;
  do {
    await new Promise((resolve) => setTimeout(resolve, 250));
    peak = Math.max(peak, memoryOf(keel.worker.child.pid).now);
    state = await keel.call('GET', `/v1/imports/${id}`);
  } while (['queued', 'running'].includes(state.status));
  if (state.status !== 'completed') throw new Error(JSON.stringify(state.problem));
  return { seconds: (performance.now() - started) / 1000, totals: state.totals, peak };
}

async function main() {
  const dataDir = here('data/postgres');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(here('data'), { recursive: true });
  mkdirSync(here('results'), { recursive: true });
  const file = here(`data/contacts-${rows}.csv`);
  console.log(`Writing ${rows} contacts`);
  await writeContacts(file, rows, 'a');
  const keel = await startKeel(dataDir);
  const stops = [() => keel.stop()];
  try {
    const sql = new pg.Client({
      connectionString: keel.postgres.superuserUrl.replace(/\/[^/]*$/, '/keel'),
    });
    await sql.connect();
    stops.unshift(() => sql.end());
    await bulk(keel, sql, file);
    await requests(keel, sql, stops);
  } finally {
    for (const stop of stops) await stop();
  }
  const machine = {
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const report = {
    at: new Date().toISOString(),
    rows,
    seconds,
    rounds,
    connections,
    machine,
    results,
  };
  writeFileSync(
    here(`results/${report.at.slice(0, 10)}.json`),
    `${JSON.stringify(report, null, 2)}\n`,
  );
}

async function bulk(keel, sql, file) {
  const copied = await copyIn(sql, keel, file, Object.values(COLUMNS));
  const imported = await importRows(keel, file, {
    object: 'contacts',
    mode: 'upsert',
    matchOn: 'email',
  });
  const extra = { workerPeakMB: imported.peak, ...imported.totals };
  note(`import ${rows} contacts`, 0.5, rows / imported.seconds, rows / copied, 'rows/s', extra);
  await sql.query('vacuum analyze contacts');
  const out = await copyOut(sql, keel);
  const started = performance.now();
  const response = await fetch(`${keel.uncachedUrl}/v1/contacts/export?format=csv`, {
    headers: { ...keel.headers, 'accept-encoding': 'identity' },
  });
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  const exported = (performance.now() - started) / 1000;
  note('streaming export of the same', 0.5, rows / exported, rows / out, 'rows/s', {
    megabytes: Math.round(bytes / 1e6),
  });
}

async function requests(keel, sql, stops) {
  const { rows: some } = await sql.query(
    'select id from contacts tablesample system (2) limit 20000',
  );
  const ids = some.map(({ id }) => id);
  const { headers, cachedUrl, uncachedUrl } = keel;
  const one = await fetch(`${cachedUrl}/v1/contacts/${ids[0]}`, { headers });
  writeFileSync(here('data/one.json'), await one.text());
  const bare = await startProgram(here('baselines/bare-http.mjs'), [here('data/one.json')]);
  const url = keel.postgres.superuserUrl.replace(/\/[^/]*$/, '/keel');
  const hand = await startProgram(here('baselines/fastify-pg.mjs'), [url, keel.workspace]);
  stops.unshift(bare.stop, hand.stop);
  const at = (port) => `http://127.0.0.1:${port}`;
  const json = { 'content-type': 'application/json' };
  await compare(
    'cached get by id : bare node:http',
    0.35,
    [cachedUrl, headers, [{ path: `/v1/contacts/${ids[0]}` }]],
    [at(bare.message.port), {}, [{ path: '/' }]],
  );
  await compare(
    'get by id from the database : Fastify + pg',
    0.6,
    [uncachedUrl, headers, ids.map((id) => ({ path: `/v1/contacts/${id}` }))],
    [at(hand.message.port), {}, ids.map((id) => ({ path: `/contacts/${id}` }))],
  );
  const since = new Date(0).toISOString();
  const stages = ['subscriber', 'lead', 'qualified', 'opportunity', 'customer'];
  await compare(
    'list of 50, filtered and sorted : Fastify + pg',
    1,
    [
      uncachedUrl,
      headers,
      stages.map((stage) => ({
        path: `/v1/contacts?limit=50&sort=-createdAt&filter[lifecycleStage]=${stage}&filter[createdAt][gte]=${since}`,
      })),
    ],
    [
      at(hand.message.port),
      {},
      stages.map((stage) => ({ path: `/contacts?stage=${stage}&since=${since}` })),
    ],
  );
  const contact = (kind) => ({
    method: 'POST',
    body: JSON.stringify({
      firstName: 'Maria',
      lastName: 'Anders',
      email: `${kind}-%N%@example.com`,
      phone: '+493012345678',
      title: 'Boss',
      lifecycleStage: 'lead',
    }),
  });
  const single = await compare(
    'create one contact : bare insert',
    0.5,
    [uncachedUrl, headers, [{ path: '/v1/contacts', ...contact('k') }]],
    [at(hand.message.port), json, [{ path: '/contacts', ...contact('b') }]],
  );
  const batch = await load(uncachedUrl, headers, [batchOf(1000)], seconds, 4);
  note('batch create of 1,000 : single creates', 20, batch.perSecond * 1000, single, 'records/s');
  await whileImporting(keel, ids);
}

function batchOf(count) {
  const records = Array.from({ length: count }, (_, index) => ({
    lastName: `Batch ${index}`,
    email: `batch-%N%-${index}@example.com`,
    lifecycleStage: 'lead',
  }));
  return {
    method: 'POST',
    path: '/v1/contacts/batch',
    body: JSON.stringify({ operation: 'create', records }),
  };
}

/** p95 of plain gets while a file is imported, against the same on an idle machine. */
async function whileImporting(keel, ids) {
  const gets = ids.slice(0, 2000).map((id) => ({ path: `/v1/contacts/${id}` }));
  const idle = [];
  for (let round = 0; round < rounds; round += 1) {
    idle.push((await load(keel.uncachedUrl, keel.headers, gets, seconds, 4)).p95);
  }
  const file = here('data/more.csv');
  await writeContacts(file, Math.max(20_000, Math.round(rows / 4)), 'm');
  let isRunning = true;
  const running = importRows(keel, file, { object: 'contacts', mode: 'create' }).finally(() => {
    isRunning = false;
  });
  const busy = [];
  while (isRunning) busy.push((await load(keel.uncachedUrl, keel.headers, gets, 2, 4)).p95);
  await running;
  const [quiet, loaded] = [median(idle), median(busy)];
  const ratio = Math.round((loaded / Math.max(quiet, 1)) * 100) / 100;
  results.push({
    work: 'p95 of get while importing : idle',
    target: 'at most 2',
    ratio,
    keel: loaded,
    baseline: quiet,
    unit: 'ms',
  });
  console.log(
    `p95 of get while importing : idle              ${ratio}  (at most 2)  ${loaded} : ${quiet} ms; file ${statSync(file).size} bytes`,
  );
}

await main();
