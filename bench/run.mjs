// npm run bench [-- --rows 1000000 --seconds 5 --rounds 5]: Keel with every guard on against its
// baselines, side by side in one run; medians of interleaved rounds; a table, and a JSON file.
// npm run bench -- --scale 100000,1000000: the same requests at two sizes instead; see scale.mjs.
// npm run bench -- --reports, --boards: how long single answers take; see reports.mjs, boards.mjs.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { COLUMNS, writeContacts } from './data.mjs';
import { boards, DEALS } from './boards.mjs';
import { copyIn, copyOut } from './copy.mjs';
import { here, load, median, probe, rounded } from './generators.mjs';
import { importRows, indexed, settle } from './imports.mjs';
import { startKeel, startProgram } from './keel.mjs';
import { reports } from './reports.mjs';
import { scale } from './scale.mjs';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    scale: { type: 'string' },
    reports: { type: 'boolean' },
    boards: { type: 'boolean' },
    activities: { type: 'string', default: '1000000' },
  },
});
const rows = Number(flags.rows);
const seconds = Number(flags.seconds);
const rounds = Number(flags.rounds);
const connections = Number(flags.connections);
/** Seconds for code to become warm, on both sides. */
const WARM_UP = 3;
let results = [];

function note(work, target, keel, baseline, unit, extra = {}) {
  const ratio = rounded(keel / baseline);
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
    `${work.padEnd(48)} ${String(ratio).padStart(7)}  (at least ${target})  ` +
      `${Math.round(keel)} : ${Math.round(baseline)} ${unit} ${Object.keys(extra).length ? JSON.stringify(extra) : ''}`,
  );
}

/**
 * Rounds of both in turn, each after a warm-up; medians of requests a second.
 * @param options `callers`: connections of either side; `each`: what a request of either counts.
 */
async function compare(work, target, keel, baseline, options = {}) {
  const { unit = 'requests/s', callers = [connections, connections], each = [1, 1] } = options;
  const asked = async (side, place, forSeconds = seconds) =>
    (await load(...side, forSeconds, callers[place])).perSecond * each[place];
  await asked(keel, 0, WARM_UP);
  await asked(baseline, 1, WARM_UP);
  const [ours, theirs] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push(await asked(baseline, 1));
    ours.push(await asked(keel, 0));
  }
  note(work, target, median(ours), median(theirs), unit);
}

async function main() {
  mkdirSync(here('data'), { recursive: true });
  mkdirSync(here('results'), { recursive: true });
  if (flags.reports) {
    results = await reports({ rounds });
    report(541_909, '-reports');
  } else if (flags.boards) {
    const activities = Number(flags.activities);
    results = await boards({ rounds, activities });
    report([DEALS, activities], '-boards');
  } else if (flags.scale !== undefined) {
    const sizes = flags.scale.split(',').map(Number);
    results = await scale(sizes, { seconds, rounds });
    report(sizes, '-scale');
  } else {
    await sideBySide();
    report(rows, '');
  }
}

function report(size, kind) {
  const at = new Date().toISOString();
  const machine = {
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    hugePages: hugePages(),
  };
  const content = { at, rows: size, seconds, rounds, connections, machine, results };
  writeFileSync(
    here(`results/${at.slice(0, 10)}${kind}.json`),
    `${JSON.stringify(content, null, 2)}\n`,
  );
}

/** Megabytes that the machine has set aside as huge pages, which PostgreSQL takes where it can. */
function hugePages() {
  if (process.platform !== 'linux') return 0;
  const told = readFileSync('/proc/meminfo', 'utf8');
  const [pages, kilobytes] = [/HugePages_Total:\s+(\d+)/, /Hugepagesize:\s+(\d+)/].map((found) =>
    Number(found.exec(told)?.[1] ?? 0),
  );
  return Math.round((pages * kilobytes) / 1024);
}

async function sideBySide() {
  const dataDir = here('data/postgres');
  rmSync(dataDir, { recursive: true, force: true });
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
}

async function bulk(keel, sql, file) {
  const columns = Object.values(COLUMNS);
  const before = await copyIn(sql, keel, file, columns);
  const options = { object: 'contacts', mode: 'upsert', matchOn: 'email' };
  const imported = await importRows(keel, file, options);
  // The worker indexes an import for search when it is over; nothing else is measured meanwhile.
  const searchableAfter = rounded(await indexed(sql));
  await settle(sql);
  const copied = (before + (await copyIn(sql, keel, file, columns))) / 2;
  const extra = { workerPeakMB: imported.peak, searchableAfter, ...imported.totals };
  note(`import ${rows} contacts`, 0.5, rows / imported.seconds, rows / copied, 'rows/s', extra);
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
  // The second copy leaves the server as much to do as the first.
  await settle(sql);
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
  await whileImporting(keel, sql, ids);
  await writes(keel, at(hand.message.port));
}

/**
 * Writes go to an API process alone with its worker, as `npm start` has it; and, for comparison,
 * with a second API process beside it that has to hear of each write before it is answered.
 */
async function writes(keel, baseline) {
  const { headers, cachedUrl } = keel;
  const json = { 'content-type': 'application/json' };
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
  const create = (kind) => [
    [cachedUrl, headers, [{ path: '/v1/contacts', ...contact(kind) }]],
    [baseline, json, [{ path: '/contacts', ...contact(`${kind}-bare`) }]],
  ];
  await compare('create, and tell a second API process', 'no goal', ...create('two'));
  await keel.stopSecond();
  await compare('create one contact : bare insert', 0.5, ...create('one'));
  const batches = [cachedUrl, headers, [batchOf(1000)]];
  const [singles] = create('single');
  const counted = { unit: 'records/s', each: [1000, 1] };
  const alone = { ...counted, callers: [1, 1] };
  await compare('batch create of 1,000 : single creates, 1 caller', 20, batches, singles, alone);
  // Four callers of batches are as many as two processors have work for.
  const many = { ...counted, callers: [4, connections] };
  await compare('batch create of 1,000 : single creates, many', 20, batches, singles, many);
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
async function whileImporting(keel, sql, ids) {
  const gets = ids.slice(0, 2000).map((id) => ({ path: `/v1/contacts/${id}` }));
  const asked = async (forSeconds) =>
    (await probe(keel.uncachedUrl, keel.headers, gets, forSeconds)).p95;
  await asked(WARM_UP);
  const idle = [];
  for (let round = 0; round < rounds; round += 1) idle.push(await asked(seconds));
  const file = here('data/more.csv');
  await writeContacts(file, Math.max(20_000, Math.round(rows / 4)), 'm');
  let isRunning = true;
  const running = importRows(keel, file, { object: 'contacts', mode: 'create' }).finally(() => {
    isRunning = false;
  });
  const busy = [];
  while (isRunning) busy.push(await asked(2));
  await running;
  const indexing = [];
  let isIndexed = false;
  const filled = indexed(sql).finally(() => (isIndexed = true));
  do indexing.push(await asked(2));
  while (!isIndexed);
  await filled;
  await settle(sql);
  const quiet = median(idle);
  noteLatency('p95 of get while importing : idle', median(busy), quiet);
  noteLatency('p95 of get while indexing it : idle', median(indexing), quiet);
}

function noteLatency(work, loaded, quiet) {
  const ratio = rounded(loaded / quiet);
  const [keel, baseline] = [rounded(loaded), rounded(quiet)];
  results.push({ work, target: 'at most 2', ratio, keel, baseline, unit: 'ms' });
  console.log(
    `${work.padEnd(48)} ${String(ratio).padStart(7)}  (at most 2)  ${keel} : ${baseline} ms`,
  );
}

await main();
