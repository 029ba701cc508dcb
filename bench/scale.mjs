// npm run bench -- --scale 100000,1000000: two Keels, filled with so many contacts through imports,
// and how long requests take at each, in turns: p95 and their ratio.
import { rmSync } from 'node:fs';
import { encodeCursor } from '../dist/common/cursor.js';
import { writeContacts } from './data.mjs';
import { here, median, probe, rounded } from './generators.mjs';
import { importRows, indexed } from './imports.mjs';
import { withKept } from './kept.mjs';

/** Rows before the page that is asked for, where there are as many. */
const DEEP = 1_000_000;
const MOST = 1.5;

/** Runs it and returns the results. Keels once filled are kept: see `withKept`. */
export function scale(sizes, timing, keels = []) {
  const [size, ...others] = sizes;
  if (size === undefined) return compareAll(keels, timing);
  return withKept(
    `scale-${size}`,
    (keel, sql) => fill(keel, sql, size),
    async (keel, sql) => {
      const requests = await requestsFor(keel, sql, size);
      return scale(others, timing, [...keels, { size, keel, requests }]);
    },
  );
}

async function compareAll(keels, timing) {
  const results = [];
  for (const work of Object.keys(keels[0].requests)) {
    results.push(await compareSizes(work, keels, timing));
  }
  return results;
}

async function compareSizes(work, keels, { seconds, rounds }) {
  const times = keels.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { keel, requests }] of keels.entries()) {
      // The first round asks for all of it once, so that the others find it in memory, at each size.
      const least = round < 0 ? requests[work].length : 0;
      const result = await probe(keel.uncachedUrl, keel.headers, requests[work], seconds, {
        least,
      });
      if (round >= 0) times[index].push(result);
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

/** Imports so many contacts, and waits until they can be searched. */
async function fill(keel, sql, size) {
  const file = here('data/scale.csv');
  await writeContacts(file, size, 's');
  const { seconds } = await importRows(keel, file, { object: 'contacts', mode: 'create' });
  rmSync(file);
  const indexing = await indexed(sql);
  console.log(
    `${size} contacts: imported in ${Math.round(seconds)} s, searchable ${Math.round(indexing)} s later`,
  );
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
  // Names as common as those that are searched for, so that lists of those found stay the same.
  const made = some.slice(0, 100).map(({ last_name: lastName }) => ({
    method: 'POST',
    path: '/v1/contacts',
    body: JSON.stringify({ lastName, email: `scale-${Date.now()}-%N%@example.com` }),
  }));
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
    create: made,
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
