import { join } from 'node:path';
import { OperatorError } from './common/operator-error.js';
import { ConfigError, loadConfig } from './config/config.js';
import { readEnvFile } from './config/env-file.js';
import { isNpmStart } from './config/launcher.js';
import { ReportedFailure, Supervisor } from './platform/processes/supervisor.js';

/**
 * `npm start`: PostgreSQL (unless DATABASE_URL names one), the migration, then the API and the
 * worker, until SIGTERM or Ctrl-C. Prints `ready <url>` when requests are answered.
 */

/** Milliseconds in which signals count as one: npm passes on the Ctrl-C the terminal sent us too. */
const SAME_SIGNAL = 500;

let stopping: { since: number } | undefined;
let supervisor: Supervisor | undefined;

function print(line: string): void {
  console.error(`keel: ${line}`);
}

function report(error: unknown): void {
  if (error instanceof ReportedFailure) return;
  if (error instanceof OperatorError || error instanceof ConfigError) print(error.message);
  else console.error(error);
}

async function stop(exitCode: number): Promise<void> {
  if (stopping !== undefined) {
    if (Date.now() - stopping.since > SAME_SIGNAL) supervisor?.hasten();
    return;
  }
  stopping = { since: Date.now() };
  try {
    await supervisor?.stop();
  } catch (error) {
    report(error);
    process.exit(1);
  }
  process.exit(exitCode);
}

async function fail(error: unknown): Promise<void> {
  // What breaks because it is being stopped is no failure.
  if (stopping !== undefined) return;
  report(error);
  await stop(1);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => void stop(0));
}
process.on('uncaughtException', (error) => void fail(error));

if (isNpmStart()) {
  // A killed npm passes no signal on; its processes then get another parent.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void stop(0);
  }, 1000).unref();
}

try {
  readEnvFile();
  const programs = {
    migrate: join(import.meta.dirname, 'migrate.js'),
    api: join(import.meta.dirname, 'main.js'),
    worker: join(import.meta.dirname, 'worker.js'),
  };
  const onFatal = (error: unknown) => void fail(error);
  supervisor = new Supervisor({ config: loadConfig(), programs, print, onFatal });
  const url = await supervisor.start();
  console.log(`ready ${url}`);
} catch (error) {
  await fail(error);
}
