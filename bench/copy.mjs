// Baseline: \copy of the same file into and out of a table with the same columns and indexes.
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import copy from 'pg-copy-streams';

/** psql where there is one; otherwise its protocol, COPY FROM STDIN, from this process. */
const hasPsql = spawnSync('psql', ['--version']).status === 0;

/** Seconds that \copy takes. The table is dropped again. */
export async function copyIn(sql, keel, file, columns) {
  await sql.query(`create table bench_contacts (like contacts including all)`);
  await sql.query(`alter table bench_contacts alter id set default gen_random_uuid(),
    alter workspace_id set default '${keel.workspace}'`);
  const command = `bench_contacts (${columns.join(', ')}) from`;
  const started = performance.now();
  if (hasPsql) psql(keel, `\\copy ${command} '${file}' with (format csv, header)`);
  else {
    const stream = sql.query(copy.from(`copy ${command} stdin with (format csv, header)`));
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), stream);
  }
  const seconds = (performance.now() - started) / 1000;
  await sql.query('drop table bench_contacts');
  await sql.query('checkpoint');
  return seconds;
}

/** Seconds that \copy … to takes for the contacts of the workspace. */
export async function copyOut(sql, keel) {
  const started = performance.now();
  if (hasPsql) psql(keel, `\\copy (select * from contacts) to '/dev/null' with (format csv)`);
  else {
    const stream = sql.query(copy.to('copy (select * from contacts) to stdout with (format csv)'));
    await pipeline(stream, new Writable({ write: (_chunk, _encoding, done) => done() }));
  }
  return (performance.now() - started) / 1000;
}

function psql(keel, command) {
  const url = keel.postgres.superuserUrl.replace(/\/[^/]*$/, '/keel');
  const { status, stderr } = spawnSync(
    'psql',
    ['-q', '-v', 'ON_ERROR_STOP=1', url, '-c', command],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
}
