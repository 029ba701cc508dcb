import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { toEnvironment, type Config } from '../../config/config.js';
import { OperatorError } from '../../common/operator-error.js';
import { checkDatabase } from '../database/check-database.js';
import { startEmbedded, type EmbeddedServer } from '../embedded/embedded.js';
import { checkPort, checkRedis } from './checks.js';
import { ManagedChild } from './managed-child.js';

/**
 * Bulk work makes garbage faster than V8 cares to collect on a machine with much memory: by its
 * own lights a worker grows to 600 MB, with these to half of that, and is no slower.
 */
const WORKER_MEMORY = ['--max-semi-space-size=8', '--max-old-space-size=320'];

/** Milliseconds the processes may take to stop; PostgreSQL is stopped after them. */
const STOP_LIMIT = 30_000;
/** Starts of the embedded PostgreSQL that may fail in a row after it died. */
const DATABASE_ATTEMPTS = 5;

export interface SupervisorOptions {
  config: Config;
  /** Files of the programs it runs. */
  programs: { migrate: string; api: string; worker: string };
  /** Prints a line for the person at the terminal. */
  print: (line: string) => void;
  /** Called when Keel cannot go on after it was ready; `stop` must follow. */
  onFatal: (error: unknown) => void;
}

/** A program that printed why it failed; there is nothing to add. */
export class ReportedFailure extends Error {}

/** Everything `npm start` runs: PostgreSQL unless one is given, the migration, API and worker. */
export class Supervisor {
  private readonly aborted = new AbortController();
  private database?: EmbeddedServer;
  private migration?: ChildProcess;
  private children: ManagedChild[] = [];
  private starting: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SupervisorOptions) {}

  /**
   * Starts everything, in the order in which one needs the other. After an error call `stop`.
   * @returns where the API listens.
   * @throws OperatorError with one line; ReportedFailure when the line is printed already.
   */
  start(): Promise<string> {
    const started = this.startAll();
    this.starting = started.catch(() => undefined);
    return started;
  }

  /** Stops everything that was started, PostgreSQL last. Safe at any time. */
  async stop(): Promise<void> {
    this.aborted.abort();
    this.migration?.kill('SIGTERM');
    await Promise.all(this.children.map((child) => child.stop(STOP_LIMIT)));
    await this.starting;
    await this.database?.stop();
  }

  /** Ends a stop that takes too long: the processes are killed, PostgreSQL still stops cleanly. */
  hasten(): void {
    this.migration?.kill('SIGKILL');
    for (const child of this.children) child.kill();
  }

  private async startAll(): Promise<string> {
    const { config, programs } = this.options;
    await checkPort(config.host, config.port);
    if (config.redisUrl) await checkRedis('REDIS_URL', config.redisUrl);
    if (config.queueRedisUrl) await checkRedis('QUEUE_REDIS_URL', config.queueRedisUrl);
    const databaseUrl = await this.findDatabase();
    this.aborted.signal.throwIfAborted();
    const env = toEnvironment({ databaseUrl });
    await this.migrate(programs.migrate, env);
    this.aborted.signal.throwIfAborted();
    const { print } = this.options;
    const api = new ManagedChild({ name: 'API', path: programs.api, env, print });
    const worker = new ManagedChild({
      ...{ name: 'worker', path: programs.worker, env, print },
      flags: WORKER_MEMORY,
      inBackground: true,
    });
    this.children = [api, worker];
    const [url] = await Promise.all([api.start(), worker.start()]);
    // A restarted API must be found where the first one was.
    if (url !== undefined) env.PORT = new URL(url).port;
    return url ?? `http://${config.host}:${config.port}`;
  }

  private async findDatabase(): Promise<string> {
    const { databaseUrl, dataDir } = this.options.config;
    if (databaseUrl) {
      await checkDatabase(databaseUrl);
      return databaseUrl;
    }
    this.database = await startEmbedded({ dataDir, signal: this.aborted.signal });
    void this.keepDatabase(this.database);
    return this.database.url;
  }

  /** Starts PostgreSQL again on the same port when it died: the processes find it by themselves. */
  private async keepDatabase(server: EmbeddedServer): Promise<void> {
    await server.exited;
    if (this.aborted.signal.aborted) return;
    this.options.print('PostgreSQL ended unexpectedly. Starting it again.');
    await server.stop();
    for (let attempt = 1; !this.aborted.signal.aborted; attempt += 1) {
      try {
        const { dataDir } = this.options.config;
        const { signal } = this.aborted;
        const started = startEmbedded({ dataDir, port: server.port, signal });
        this.starting = started.catch(() => undefined);
        this.database = await started;
        void this.keepDatabase(this.database);
        return;
      } catch (error) {
        if (attempt === DATABASE_ATTEMPTS) return this.options.onFatal(error);
        await sleep(1000 * attempt);
      }
    }
  }

  private async migrate(path: string, env: NodeJS.ProcessEnv): Promise<void> {
    // On a database of our own, the command line of this machine gets a key of its own.
    const args = this.options.config.databaseUrl ? [] : ['--command-line-key'];
    const child = fork(path, args, { env, stdio: 'inherit' });
    this.migration = child;
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(new OperatorError(error.message)));
      child.once('exit', resolve);
    });
    this.migration = undefined;
    this.aborted.signal.throwIfAborted();
    if (code !== 0) throw new ReportedFailure(`The migration ended with exit code ${code}.`);
  }
}
