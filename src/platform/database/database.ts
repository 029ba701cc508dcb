import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { standBackOf } from './background.js';
import { toProblem } from './database-errors.js';
import { isPooled, runPipeline } from './pipeline.js';
import type { Row, Statement, StatementResult } from './pipeline.js';
import { Transaction } from './transaction.js';

/** Where statements run: inside one workspace, or (Keel's own upkeep) across all of them. */
export type Scope = Pick<RequestContext, 'workspaceId' | 'tx'> | typeof SYSTEM;

/** Scope of upkeep that spans workspaces: sign-in, relays, the event sequencer. */
export const SYSTEM = Symbol('system');

/** Called after a commit and awaited before the caller goes on. */
export type CommitListener = (workspaceId: string, tags: string[]) => Promise<void> | void;

const CONTEXT_SQL =
  "select set_config('role', 'keel_app', true), set_config('app.workspace', $1, true), " +
  "set_config('app.system', $2, true), set_config('statement_timeout', $3, true)";

/**
 * Runs SQL. Each transaction first becomes the role `keel_app`, which row level security binds,
 * and names its workspace; both end with the transaction, so a pooler may sit in between.
 */
export class Database {
  private named: boolean | null = null;
  private readonly listeners: CommitListener[] = [];
  private readonly writeListeners: (() => void)[] = [];

  constructor(
    readonly orm: MikroORM,
    private readonly pool: Pool,
    private readonly statementTimeout: number,
  ) {}

  /** Closes every connection. */
  async close(): Promise<void> {
    await this.orm.close(true);
    // The ORM ends the pool only where it has run a statement of its own.
    if (!this.pool.ending) await this.pool.end();
  }

  /** What this process does in the database stands back behind what others do there. */
  inBackground(): void {
    this.pool.on('connect', (client) => void standBackOf(client));
  }

  /** Adds a listener told the tags of each committed write, such as the cache. */
  onCommit(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  /** Adds a listener told that a write may be committed at any moment from now on. */
  onWrite(listener: () => void): void {
    this.writeListeners.push(listener);
  }

  /**
   * Runs the statements as one transaction in one round trip.
   * @param tags what they change (see {@link touched}); listeners hear of it after the commit.
   * @returns one result per statement.
   * @throws Problem for timeouts and lost connections, the database's error for the rest.
   */
  async run(scope: Scope, statements: Statement[], tags?: string[]): Promise<StatementResult[]> {
    if (scope !== SYSTEM && scope.tx instanceof Transaction) {
      const results = await scope.tx.run(statements);
      if (tags) scope.tx.touch(tags);
      return results;
    }
    if (tags) this.writing();
    const results = await this.withClient((client) =>
      runPipeline(client, [this.contextOf(scope), ...statements], this.named === true),
    ).catch((error: unknown) => this.failed(scope, tags ?? [], error));
    if (tags && scope !== SYSTEM) await this.committed(scope.workspaceId, tags);
    return results.slice(1);
  }

  /** Runs one statement and returns its rows. */
  async query<R = Row>(scope: Scope, text: string, params: unknown[] = []): Promise<R[]> {
    const [result] = await this.run(scope, [{ text, params }]);
    return (result?.rows ?? []) as R[];
  }

  /**
   * Runs `work` in a transaction: all of it is kept, or nothing. Joins the scope's open one.
   * @param options `timeout` in milliseconds replaces the statement timeout (0: none).
   */
  async transaction<T>(
    scope: Scope,
    work: (tx: Transaction) => Promise<T>,
    options: { timeout?: number } = {},
  ): Promise<T> {
    if (scope !== SYSTEM && scope.tx instanceof Transaction) return work(scope.tx);
    let opened: Transaction | undefined;
    const value = await this.withClient((client) => {
      const opening = [{ text: 'begin' }, this.contextOf(scope, options.timeout)];
      const tx = (opened = new Transaction(client, this.named === true, opening));
      return tx.complete(() => this.announced(tx, work(tx)));
    }).catch((error: unknown) => this.failed(scope, opened?.touched() ?? [], error));
    await this.finish(scope, opened as unknown as Transaction);
    return value;
  }

  /**
   * Runs `work` with an entity manager whose changes are flushed and committed with the SQL of
   * `tx` in one transaction.
   */
  async unitOfWork<T>(
    scope: Scope,
    work: (em: EntityManager, tx: Transaction) => Promise<T>,
  ): Promise<T> {
    const em = this.orm.em.fork();
    let opened: Transaction | undefined;
    const value = await em
      .transactional(async (inner) => {
        opened = Transaction.onEntityManager(inner, [this.contextOf(scope)]);
        await opened.run([]);
        return this.announced(opened, work(inner, opened));
      })
      .catch((error: unknown) => this.failed(scope, opened?.touched() ?? [], toProblem(error)));
    await this.finish(scope, opened as unknown as Transaction);
    return value;
  }

  /**
   * Lends a connection for work that the pipeline cannot do, such as COPY. The caller opens its
   * own transaction and applies {@link contextOf} first.
   */
  async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let failure: Error | undefined;
    try {
      client = await this.pool.connect();
      this.named ??= !(await isPooled(client));
      return await work(client);
    } catch (error) {
      failure = error as Error;
      throw toProblem(error);
    } finally {
      // A connection whose state is unknown, or with a transaction open, must not be lent again.
      const unusable = isFatal(failure) || client?.getTransactionStatus() !== 'I';
      client?.release(unusable);
    }
  }

  /** The statement that makes a transaction the scope's own. */
  contextOf(scope: Scope, timeout = this.statementTimeout): Statement {
    const system = scope === SYSTEM;
    return {
      text: CONTEXT_SQL,
      params: [system ? '' : scope.workspaceId, system ? 'on' : '', String(timeout)],
    };
  }

  /** Connections of this process; `waiting` are callers that wait for one. */
  poolFigures(): { open: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Tells listeners what a commit changed. */
  async committed(workspaceId: string, tags: string[]): Promise<void> {
    for (const listener of this.listeners) await listener(workspaceId, tags);
  }

  private writing(): void {
    for (const listener of this.writeListeners) listener();
  }

  /** Waits for the work of a transaction that is committed next. */
  private async announced<T>(tx: Transaction, work: Promise<T>): Promise<T> {
    const value = await work;
    if (tx.touched().length > 0) this.writing();
    return value;
  }

  /** A write whose connection is lost may be committed all the same: listeners must hear of it. */
  private async failed(scope: Scope, tags: string[], error: unknown): Promise<never> {
    const isUnsure = error instanceof Problem && error.code === 'unavailable';
    if (isUnsure && scope !== SYSTEM && tags.length > 0) {
      await this.committed(scope.workspaceId, tags);
    }
    throw error;
  }

  private async finish(scope: Scope, tx: Transaction): Promise<void> {
    const tags = tx.touched();
    if (scope !== SYSTEM && tags.length > 0) await this.committed(scope.workspaceId, tags);
    for (const action of tx.actionsAfterCommit()) await action();
  }
}

function isFatal(error: Error | undefined): boolean {
  return error !== undefined && !('severity' in error && error.severity === 'ERROR');
}
