// How fast files are written and read, without a database: `npm run build && node bench/file-formats.mjs`.
// Processor time is what counts; the wall clock also shows what else the machine does.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createWriter, openRows } from '../dist/platform/files/formats/index.js';

const ROWS = { csv: 500_000, ndjson: 200_000, xlsx: 100_000 };
const ROUNDS = 3;
const BATCH = 1000;

/** A contact of 15 columns, about 150 bytes as csv. */
function contact(row) {
  return {
    id: String(row),
    firstName: `First${row}`,
    lastName: row % 7 === 0 ? `Müller${row % 1000}` : `Last${row % 1000}`,
    email: `user${row}@example${row % 50}.com`,
    phone: `+49 30 ${1_000_000 + row}`,
    mobile: `+1 555 ${row}`,
    title: row % 5 === 0 ? 'Director, Sales' : 'Engineer',
    company: `Company ${row % 5000}`,
    address: {
      street: `${row} Main Street`,
      city: 'Berlin',
      region: 'BE',
      postalCode: String(10_000 + (row % 80_000)),
      country: 'DE',
    },
    lifecycleStage: 'customer',
    source: row % 3 === 0 ? 'web' : null,
  };
}

const { address, ...plain } = contact(0);
const paths = [...Object.keys(plain), ...Object.keys(address).map((name) => `address.${name}`)];
const columns = paths.map((path) => ({ header: path, path }));

async function measured(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1e6 };
}

function report(what, rows, times) {
  const best = (clock) => Math.round(rows / Math.min(...times.map((time) => time[clock])));
  const cells = [best('cpu'), best('wall')].map((rate) => rate.toLocaleString('en').padStart(12));
  console.log(`${what.padEnd(14)}${cells.join('')}`);
}

const folder = await mkdtemp(join(tmpdir(), 'keel-bench-'));
console.log(`${''.padEnd(14)}${'rows/s cpu'.padStart(12)}${'rows/s wall'.padStart(12)}`);
for (const [format, rows] of Object.entries(ROWS)) {
  const file = join(folder, `contacts.${format}`);
  const batches = Array.from({ length: rows / BATCH }, (_, at) =>
    Array.from({ length: BATCH }, (_row, row) => contact(at * BATCH + row)),
  );
  const writes = [];
  const reads = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const write = () =>
      pipeline(Readable.from(batches), createWriter(format, { columns }), createWriteStream(file));
    writes.push(await measured(write));
    let seen = 0;
    const read = async () => {
      for await (const batch of await openRows(createReadStream(file))) seen += batch.length;
    };
    reads.push(await measured(read));
    if (seen !== rows) throw new Error(`${format}: ${seen} of ${rows} rows came back.`);
  }
  report(`write ${format}`, rows, writes);
  report(`read ${format}`, rows, reads);
  console.log(`${''.padEnd(14)}${((await stat(file)).size / 1e6).toFixed(0).padStart(12)} MB`);
}
await rm(folder, { recursive: true });
