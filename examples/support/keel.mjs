// The API of a running Keel, as any client would call it.
import { createWriteStream, openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TextDecoderStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';

const ENDED = ['completed', 'failed', 'cancelled', 'reverted'];
const TRIES = 60;

/** Where Keel is: KEEL_URL and KEEL_API_KEY, else what `npm start` left on this machine. */
async function settings() {
  const { KEEL_URL, KEEL_API_KEY, KEEL_DATA_DIR = '.keel', HOST, PORT = '3000' } = process.env;
  const url = KEEL_URL ?? `http://${HOST ?? '127.0.0.1'}:${PORT}`;
  if (KEEL_API_KEY) return { url, key: KEEL_API_KEY };
  const file = join(KEEL_DATA_DIR, 'command-line-key.json');
  return { url, key: JSON.parse(await readFile(file, 'utf8')).key };
}

/** Calls the API; fails with what the problem says. Questions are asked again while it is away. */
export async function call(method, path, body, accept = 'application/json') {
  const { url, key } = await settings();
  const isForm = body instanceof FormData;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          accept,
          ...(body && !isForm ? { 'content-type': 'application/json' } : {}),
        },
        body: body && !isForm ? JSON.stringify(body) : body,
      });
      if (response.ok) return response;
      const text = `${method} ${path}: ${response.status} ${await response.text()}`;
      if (response.status !== 503 || attempt === TRIES) throw new Error(text);
    } catch (error) {
      if (!(error instanceof TypeError) || method !== 'GET' || attempt === TRIES) throw error;
    }
    await sleep(500);
  }
}

export const get = async (path) => (await call('GET', path)).json();

/** Makes a property of the workspace's own, if there is none of the name. */
export async function ensureProperty(object, property) {
  const { data } = await get(`/v1/properties/${object}`);
  if (data.some(({ name }) => name === property.name)) return;
  await call('POST', `/v1/properties/${object}`, property);
}

/**
 * Imports a file with the options of a JSON file, waits for the end and fetches the rows that were
 * left out.
 * @param values further words of the file, by property.
 * @returns the import as the API tells it.
 */
export async function importFile(path, options, values = {}) {
  const chosen = JSON.parse(await readFile(options, 'utf8'));
  chosen.values = { ...chosen.values, ...values };
  const form = new FormData();
  form.append('options', JSON.stringify(chosen));
  form.append('file', await openAsBlob(path), basename(path));
  let state = await (await call('POST', '/v1/imports', form)).json();
  while (!ENDED.includes(state.status)) {
    await sleep(300);
    state = await get(`/v1/imports/${state.id}`);
  }
  report(basename(path), state);
  if (state.status !== 'completed') throw new Error(state.problem?.detail ?? state.status);
  if (state.totals.failed > 0) await fetchErrors(state, `${basename(path)}.errors.csv`);
  return state;
}

function report(name, { object, totals, createdReferences, warnings, startedAt, finishedAt }) {
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  const counts = Object.entries({ ...totals, createdReferences, warnings: warnings.count });
  const text = counts.map(([what, count]) => `${what} ${count}`).join(', ');
  console.log(`${name} -> ${object}: ${text}; ${seconds.toFixed(1)} s`);
}

async function fetchErrors({ id }, target) {
  const response = await call('GET', `/v1/imports/${id}/errors`, undefined, 'text/csv');
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
  console.log(`  lines left out, each with its reason: ${target}`);
}

/** Every rejected row of an import: `{ line, errors, row }`. */
export async function* rejectedRows(id) {
  for (let cursor = ''; cursor !== null;) {
    const at = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { data, page } = await get(`/v1/imports/${id}/errors?limit=500${at}`);
    yield* data;
    cursor = page.nextCursor;
  }
}

/** Records as an export streams them, one by one. */
export async function* exported(path) {
  const response = await call('GET', path, undefined, 'application/x-ndjson');
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
  if (rest !== '') yield JSON.parse(rest);
}
