// npm run bench -- --scale 100000,1000000: two Keels, filled with so many contacts through imports,
// and how long requests take at each, in turns: p95 and their ratio.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { encodeCursor } from '../dist/common/cursor.js';
import { writeContacts } from './data.mjs';
import { here, median, probe, rounded } from './generators.mjs';
import { importRows, indexed, settle } from './imports.mjs';
import { startKeel } from './keel.mjs';

/** Rows before the page that is asked for, where there are as many. */
const DEEP = 1_000_000;
const MOST = 1.5;

/** Runs it and returns the results. */
export async function scale(sizes, { seconds, rounds }) {
  mkdirSync(here('results'), { recursive: true });
  const keels = [];
  try {
    for (const size of sizes) keels.push(await filled(size));
    const works = keels.map(({ requests }) => requests);
    const results = [];
    for (const work of Object.keys(works[0])) {
      results.push(await compareSizes(work, keels, { seconds, rounds }));
    }
    return results;
  } finally {
    for (const { sql, keel } of keels) {
      await sql.end();
      await keel.stop();
    }
  }
}

async function compareSizes(work, keels, { seconds, rounds }) {
  const times = keels.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { keel, requests }] of keels.entries()) {
      const result = await probe(keel.uncachedUrl, keel.headers, requests[work], seconds);
      if (round >= 0) times[index].push(result); // the first round warms up
    }
  }
  const sizes = keels.map(({ size }, index) => ({
    contacts: size,
    p50: rounded(median(times[index].map(({ p50 }) => p50))),
    p95: rounded(median(times[index].map(({ p95 }) => p95))),
  }));
  const ratio = rounded(sizes.at(-1).p95 / sizes[0].p95);
  const shown = sizes.map(({ contacts, p50, p95 }) => `${contacts}: ${p50} / ${p95}`).join('   ');
  console.log(
    `${work.padEnd(24)} ${String(ratio).padStart(6)}  (at most ${MOST})  p50 / p95 ms: ${shown}`,
  );
  return { work, target: `at most ${MOST}`, ratio, sizes };
}

/** A Keel with so many contacts, indexed and at rest, and what to ask of it. */
async function filled(size) {
  const dataDir = here(`data/scale-${size}`);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(here('data'), { recursive: true });
  const file = here('data/scale.csv');
  await writeContacts(file, size, 's');
  const keel = await startKeel(dataDir);
  const connectionString = keel.postgres.superuserUrl.replace(/\/[^/]*$/, '/keel');
  const sql = new pg.Client({ connectionString });
  await sql.connect();
  const { seconds } = await importRows(keel, file, { object: 'contacts', mode: 'create' });
  const indexing = await indexed(sql);
  await settle(sql);
  console.log(
    `${size} contacts: imported in ${Math.round(seconds)} s, searchable ${Math.round(indexing)} s later`,
  );
  writeFileSync(file, '');
  return { size, keel, sql, requests: await requestsFor(keel, sql, size) };
}

async function requestsFor(keel, sql, size) {
  const list = (query) => ({ path: `/v1/contacts?limit=50&${query}` });
  const { rows } = await sql.query(
    `select id, last_name, email from contacts tablesample system (${Math.min(100, 3e6 / size)}) limit 3000`,
  );
  const some = rows.filter((_, index) => index % 3 === 0);
  const places = ['Lyon', 'Berlin', 'Torino', 'Boston'];
  const stages = ['subscriber', 'lead', 'qualified', 'opportunity', 'customer'];
  const words = some.map(({ last_name: name }) => encodeURIComponent(name));
  const contact = { firstName: 'Maria', lastName: 'Anders', email: 'scale-%N%@example.com' };
  return {
    get: rows.map(({ id }) => ({ path: `/v1/contacts/${id}` })),
    'first page': [list('sort=-createdAt'), list('sort=lastName'), list('sort=email')],
    'page after many rows': [list(`sort=-createdAt&cursor=${await deepCursor(keel, sql, size)}`)],
    'filtered list': stages.flatMap((stage) =>
      places.map((city) =>
        list(`sort=-createdAt&filter[lifecycleStage]=${stage}&filter[address.city]=${city}`),
      ),
    ),
    search: words.map((word) => ({ path: `/v1/search?q=${word}` })),
    'search for part of an e-mail': some.map(({ email }) => ({
      path: `/v1/search?q=${encodeURIComponent(email.slice(0, email.indexOf('@')))}`,
    })),
    'list of those found': words.map((word) => list(`query=${word}`)),
    create: [{ method: 'POST', path: '/v1/contacts', body: JSON.stringify(contact) }],
  };
}

async function deepCursor(keel, sql, size) {
  const { rows } = await sql.query(
    `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, id
     from contacts where workspace_id = $1 and deleted_at is null
     order by created_at desc, id desc offset $2 limit 1`,
    [keel.workspace, Math.min(DEEP, Math.floor(size * 0.8))],
  );
  return encodeCursor({ sort: '-createdAt,-id', values: [rows[0].at, rows[0].id] }, keel.workspace);
}
