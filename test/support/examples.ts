import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from './client.js';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

/** A folder for what an example writes, gone after the work. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'keel-example-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Runs an example's command against the API, as its user.
 * @param folder where it writes what was left out.
 * @returns what it printed, and its exit code.
 */
export function runExample(
  client: Client,
  name: string,
  args: string[],
  folder: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(EXAMPLES, name, 'import.mjs'), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, KEEL_URL: client.url, KEEL_API_KEY: client.token ?? '' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
