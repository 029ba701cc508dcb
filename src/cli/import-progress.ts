import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { ApiClient } from './api-client.js';

/** An import, as `GET /v1/imports/{id}` tells it. */
export interface ImportState {
  id: string;
  object: string;
  status: string;
  totals: { read: number; created: number; updated: number; unchanged: number; failed: number };
  progress: number;
  rowsPerSecond: number | null;
  unmappedHeaders: string[];
  problem: { detail?: string } | null;
  file: { name: string };
  startedAt: string | null;
  finishedAt: string | null;
}

const DONE = ['completed', 'failed', 'cancelled', 'reverted'];
const POLL = 400;

/** Shows how far an import is, and waits for its end. */
export async function followImport(api: ApiClient, started: ImportState): Promise<ImportState> {
  const bar = new SingleBar({
    format: 'Importing {bar} {percentage}% | {rows} rows | {rate} rows/s | {eta_formatted} left',
    noTTYOutput: false,
    hideCursor: true,
  });
  bar.start(1000, 0, { rows: 0, rate: 0 });
  let state = started;
  while (!DONE.includes(state.status)) {
    await sleep(POLL);
    state = await api.json<ImportState>(`/v1/imports/${started.id}`);
    const payload = { rows: state.totals.read, rate: state.rowsPerSecond ?? 0 };
    bar.update(Math.round(state.progress * 1000), payload);
  }
  bar.stop();
  return state;
}
