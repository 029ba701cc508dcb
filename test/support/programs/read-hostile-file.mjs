// Reads a file made to hurt, in a process of its own, and prints what came of it and at what cost:
// node read-hostile-file.mjs <folder of compiled files> <name of the file>
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ZipFile } from 'yazl';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** The same bytes over and over, without keeping more than one of them. */
async function* repeated(text, bytes, head = '', tail = '', encoding = 'utf8') {
  const block = Buffer.from(text.repeat(Math.ceil(MIB / text.length)), encoding);
  yield Buffer.from(head);
  for (let given = 0; given < bytes; given += block.length) yield block;
  yield Buffer.from(tail);
}

async function* zipped(text, bytes) {
  const zip = new ZipFile();
  const parts = await load('platform/files/formats/xlsx/workbook-parts.js');
  for (const [part, xml] of Object.entries(parts.FIXED_PARTS)) {
    zip.addBuffer(Buffer.from(xml), part);
  }
  const sheet = repeated(text, bytes, '<worksheet><sheetData>', '</sheetData></worksheet>');
  zip.addReadStream(Readable.from(sheet), parts.SHEET_PART);
  zip.end();
  yield* zip.outputStream;
}

/** A gzip file of many members, each a MiB of the same. */
async function* bomb(text, members) {
  const member = gzipSync(text.repeat(MIB / text.length));
  for (let at = 0; at < members; at += 1) yield member;
}

const FILES = {
  'a line of 1 GB': () => repeated('x', GIB, 'a,b\n1,2\n', '\n3,4\n'),
  'a line of 1 GB in quotes': () => repeated('x', GIB, 'a,b\n1,2\n1,"', '\n3,4\n'),
  'a line of 1 GB of quotes': () => repeated('""', GIB, 'a,b\n1,2\n1,', '\n3,4\n'),
  'a header of 1 GB': () => repeated('x', GIB),
  'an ndjson line of 1 GB': () => repeated('x', GIB, '{"a":1}\n{"a":"', '"}\n{"a":2}\n'),
  'a card with a picture of 1 GB': () =>
    repeated(` ${'A'.repeat(75)}\r\n`, GIB, 'BEGIN:VCARD\r\nFN:x\r\nPHOTO:A\r\n', 'END:VCARD\r\n'),
  'a card with a note of 1 GB': () =>
    repeated(` ${'A'.repeat(75)}\r\n`, GIB, 'BEGIN:VCARD\r\nNOTE:A\r\n', 'END:VCARD\r\n'),
  '100,000 columns': () =>
    repeated('1,2\n', MIB, `${Array.from({ length: 100_000 }, (_, at) => `c${at}`).join(',')}\n`),
  'rows of 100,000 columns': () => repeated(`${'x,'.repeat(100_000)}\n`, 64 * MIB, 'a,b\n'),
  'a gzip bomb': () => bomb('a,b\n', 1_000_000),
  'a gzip bomb of one line': () => bomb('a', 1_000_000),
  'a workbook that is a bomb': () => zipped('<row/>', 192 * MIB),
  '256 MB of NUL': () => repeated('\0', 256 * MIB),
  'a NUL in every row': () => repeated(`1,\0 ${'some text '.repeat(10)}\n`, 16 * MIB, 'a,b\n'),
  'an open quote in every row': () => repeated('1,"some text\n', 16 * MIB, 'a,b\n'),
  'nothing but short rows': () => repeated('1\n', 16 * MIB, 'a,b\n'),
  'bytes that are no text in every row': () =>
    repeated('1,\u00fc\n', 16 * MIB, 'a,b\n', '', 'latin1'),
  '256 MB of good rows': () => repeated('1,some text of a good row\n', 256 * MIB, 'a,b\n'),
};

const [build, name] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(build, path)).href);
const { openRows } = await load('platform/files/formats/index.js');

const result = { good: 0, bad: {}, error: null, megabytes: 0, seconds: 0 };
for await (const batch of await openRows(repeated('1,2\n', MIB, 'a,b\n')))
  result.good = batch.length;
result.good = 0;
const source = FILES[name]();
const before = process.memoryUsage.rss();
const start = process.cpuUsage();
let most = before;
const watch = () => {
  most = Math.max(most, process.memoryUsage.rss());
};
const timer = setInterval(watch, 5);
try {
  const options = name.startsWith('bytes') ? { encoding: 'utf-8' } : {};
  for await (const batch of await openRows(source, options)) {
    for (const { error } of batch) {
      if (error === null) result.good += 1;
      else result.bad[error.code] = (result.bad[error.code] ?? 0) + 1;
    }
    watch();
  }
} catch (error) {
  result.error = error.code ?? String(error);
}
clearInterval(timer);
const { user, system } = process.cpuUsage(start);
result.seconds = (user + system) / 1e6;
result.megabytes = Math.round((most - before) / MIB);
console.log(JSON.stringify(result));
