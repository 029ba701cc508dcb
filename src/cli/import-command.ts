import { createWriteStream, openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OperatorError } from '../common/operator-error.js';
import { launchFolder } from '../config/launcher.js';
import { ApiClient } from './api-client.js';
import { followImport } from './import-progress.js';
import type { ImportState } from './import-progress.js';

export interface ImportFlags {
  object?: string;
  map: string[];
  /** JSON file with options of the API. */
  options?: string;
  mode?: string;
  matchOn?: string;
  format?: string;
  createReferences?: boolean;
  dryRun?: boolean;
}

/** Uploads a file, follows its import and fetches what was refused. */
export async function importFile(file: string, flags: ImportFlags): Promise<void> {
  const path = resolve(launchFolder(), file);
  const api = await ApiClient.connect();
  const started = await upload(api, path, await optionsOf(flags));
  const finished = await followImport(api, started);
  printSummary(finished, flags.dryRun === true);
  if (finished.totals.failed > 0) await fetchErrors(api, finished.id, `${path}.errors.csv`);
  if (finished.status === 'completed') return;
  throw new OperatorError(finished.problem?.detail ?? `The import was ${finished.status}.`);
}

async function optionsOf({ map, options: file, ...flags }: ImportFlags): Promise<object> {
  const options = file === undefined ? flags : { ...(await readOptions(file)), ...flags };
  const pairs = map.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) throw new OperatorError(`--map ${pair}: write it as header=field`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return pairs.length > 0 ? { ...options, mapping: Object.fromEntries(pairs) } : options;
}

async function readOptions(file: string): Promise<object> {
  const path = resolve(launchFolder(), file);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new OperatorError(`${path} cannot be read.`);
  });
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new OperatorError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

async function upload(api: ApiClient, path: string, options: object): Promise<ImportState> {
  const form = new FormData();
  form.append('options', JSON.stringify(options));
  const file = await openAsBlob(path).catch(() => {
    throw new OperatorError(`${path} cannot be read.`);
  });
  form.append('file', file, basename(path));
  console.log(`Uploading ${basename(path)} (${(file.size / 1e6).toFixed(1)} MB)`);
  return api.json<ImportState>('/v1/imports', { method: 'POST', body: form });
}

function printSummary(state: ImportState, isDryRun: boolean): void {
  const { totals, rowsPerSecond, startedAt, finishedAt, unmappedHeaders } = state;
  const rows: [string, string | number][] = [
    ['import', state.id],
    ['status', isDryRun ? `${state.status} (dry run: nothing was written)` : state.status],
    ...Object.entries(totals),
  ];
  if (startedAt && finishedAt) {
    const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
    rows.push(['time', `${seconds.toFixed(1)} s, ${rowsPerSecond ?? 0} rows/s`]);
  }
  if (unmappedHeaders.length > 0) rows.push(['not imported', unmappedHeaders.join(', ')]);
  for (const [name, value] of rows) console.log(`${name.padEnd(14)}${value}`);
}

async function fetchErrors(api: ApiClient, id: string, target: string): Promise<void> {
  const response = await api.request(`/v1/imports/${id}/errors`, { accept: 'text/csv' });
  if (!response.body) return;
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
  console.log(`${'refused rows'.padEnd(14)}${target}`);
}
