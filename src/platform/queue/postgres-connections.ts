import { EventEmitter } from 'node:events';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';
import type { PoolClient } from 'pg';
import { Problem } from '../../common/errors.js';
import { toProblem } from '../database/database-errors.js';
import { isPooled, runPipeline } from '../database/pipeline.js';
import { JobListener } from './job-listener.js';

/** PostgreSQL schema of BullMQ's own tables and functions. */
export const QUEUE_SCHEMA = 'bullmq';

const SEARCH_PATH = {
  text: "select set_config('search_path', $1, true), set_config('statement_timeout', '30000', true)",
  params: [QUEUE_SCHEMA],
};

/**
 * BullMQ's connections to PostgreSQL: few for all its queues and workers together, apart from the
 * pool of requests and handlers, so that a job's lock is renewed however busy that one is.
 *
 * BullMQ expects a connection to remember its search path and to hear notifications, neither of
 * which a transaction pooler grants. So each statement brings its search path along, and one
 * connection listens for all; behind a pooler workers look for jobs by themselves once a second.
 */
export class PostgresConnections extends EventEmitter implements PgPool {
  private readonly pool: pg.Pool;
  private readonly listener: JobListener;
  private pooled: boolean | null = null;

  constructor(url: string, size: number, applicationName: string) {
    super();
    this.setMaxListeners(0);
    const settings = { connectionString: url, application_name: applicationName, keepAlive: true };
    this.pool = new pg.Pool({
      ...settings,
      max: size,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: 10_000,
    });
    this.pool.on('error', (error) => this.emit('error', error));
    // A connection that dies in use also fails the statement, which is told of it.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.listener = new JobListener(settings);
  }

  /** Whether a transaction pooler lies in between. */
  async isPooled(): Promise<boolean> {
    if (this.pooled === null) await this.query('select 1');
    return this.pooled === true;
  }

  async query<R>(text: string, params: readonly unknown[] = []): Promise<PgQueryResult<R>> {
    let client: PoolClient | undefined;
    let failure: Error | undefined;
    try {
      client = await this.pool.connect();
      this.pooled ??= await isPooled(client);
      const results = await runPipeline(client, [SEARCH_PATH, { text, params }], !this.pooled);
      return results[1] as PgQueryResult<R>;
    } catch (error) {
      failure = error as Error;
      throw asConnectionError(failure);
    } finally {
      client?.release(failure && !isStatementError(failure) ? failure : undefined);
    }
  }

  /** A stand-in for a connection of its own: statements go to the pool, LISTEN to the listener. */
  connect(): Promise<PgPoolClient> {
    return Promise.resolve(this.listener.lease((text, params) => this.query(text, params)));
  }

  async end(): Promise<void> {
    await this.listener.close();
    await this.pool.end();
  }
}

function isStatementError(error: Error): boolean {
  return 'severity' in error && error.severity === 'ERROR';
}

/** BullMQ waits before it tries again only after errors it takes for a refused connection. */
function asConnectionError(error: Error): Error {
  if (!(toProblem(error) instanceof Problem)) return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: 'ECONNREFUSED' });
}
