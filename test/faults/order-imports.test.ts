import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { inScratch, runExample } from '../support/examples.js';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/**
 * Lines of the shop's year that are imported here: its first three weeks. The whole of it takes
 * minutes; examples/online-retail tells how to import that.
 */
const LINES = 30_000;

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
}, 60_000);

afterAll(() => server.close());

/** The real worker; it kills itself at the moment it is told. */
async function work(killAt: string): Promise<{ stop: () => Promise<void> }> {
  const program = join(import.meta.dirname, '..', 'support', 'programs', 'import-worker.mjs');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: server.database.url, KILL_AT: killAt },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (killAt !== '') await gone;
  return { stop: () => (child.kill('SIGKILL'), gone) };
}

async function beginningOfTheYear(folder: string): Promise<string> {
  const text = gunzipSync(await readFile(join(DATA, 'online-retail.csv.gz'))).toString('utf8');
  const lines = text.split('\n', LINES + 1);
  // An order that comes again much later, behind others: its line is added to it in a chunk of its
  // own, closed as it is.
  lines.push(
    '536365,LATE,Found behind the shelf,2,2010-12-01 08:26:00,1.25,17850.0,United Kingdom',
  );
  const path = join(folder, 'beginning.csv.gz');
  await writeFile(path, gzipSync(`${lines.join('\n')}\n`));
  return path;
}

test('orders of a line file are whole, once, and their sums agree, though workers die on the way', async () => {
  await inScratch(async (folder) => {
    const file = await beginningOfTheYear(folder);
    const run = runExample(server.admin, 'online-retail', [file], folder);
    for (const moment of ['loaded:0', 'committed:5000', 'begun:15000', 'loaded:20000']) {
      await work(moment);
    }
    const worker = await work('');
    const first = await run;
    expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/\nagree\n$/) });
    expect(first.output).toContain('lines left out: as expected');
    expect(first.output).toMatch(new RegExp(`-> orders: read ${LINES + 1}, `));
    const { body } = await server.admin.expect(
      200,
      'GET',
      '/v1/orders?filter[reference]=536365&include=company',
    );
    expect(body.data).toMatchObject([
      {
        ...{ status: 'closed', total: '141.62', company: { name: 'Customer 17850' } },
        lines: [...Array<object>(7).fill({}), { sku: 'LATE', fulfilledQuantity: '2' }],
      },
    ]);
    const again = await runExample(server.admin, 'online-retail', [file], folder);
    await worker.stop();
    expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/\nagree\n$/) });
    expect(again.output).toMatch(/created 0, updated 0, unchanged \d+/);
  });
}, 300_000);
