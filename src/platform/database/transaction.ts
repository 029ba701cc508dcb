import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import type { PoolClient } from 'pg';
import { runPipeline } from './pipeline.js';
import type { Row, Statement, StatementResult } from './pipeline.js';

type Runner = (statements: Statement[]) => Promise<StatementResult[]>;

/** An open transaction of one workspace. */
export class Transaction {
  private pending: Statement[];
  private begun = false;
  private savepoints = 0;
  private readonly tags = new Set<string>();
  private readonly actions: (() => Promise<void> | void)[] = [];
  private readonly runner: Runner;

  constructor(
    /** The connection, for COPY; call {@link start} before using it directly. */
    readonly client: PoolClient | null,
    named: boolean,
    opening: Statement[],
    runner?: Runner,
  ) {
    this.pending = opening;
    this.runner = runner ?? ((statements) => runPipeline(client as PoolClient, statements, named));
  }

  /** A transaction that shares an entity manager's. */
  static onEntityManager(em: EntityManager, opening: Statement[]): Transaction {
    return new Transaction(null, false, opening, async (statements) => {
      const results: StatementResult[] = [];
      const kysely = em.getTransactionContext<{
        executeQuery(query: CompiledQuery): Promise<{ rows: Row[]; numAffectedRows?: bigint }>;
      }>();
      if (!kysely) throw new Error('The entity manager has no transaction');
      for (const { text, params = [] } of statements) {
        const { rows, numAffectedRows } = await kysely.executeQuery(
          CompiledQuery.raw(text, [...params]),
        );
        results.push({ rows, rowCount: Number(numAffectedRows ?? rows.length) });
      }
      return results;
    });
  }

  /** Runs statements in one round trip; an error ends the transaction. */
  async run(statements: Statement[]): Promise<StatementResult[]> {
    const opening = this.pending;
    this.pending = [];
    this.begun = true;
    const results = await this.runner([...opening, ...statements]);
    return results.slice(opening.length);
  }

  /** Runs one statement and returns its rows. */
  async query<R = Row>(text: string, params: unknown[] = []): Promise<R[]> {
    const [result] = await this.run([{ text, params }]);
    return (result?.rows ?? []) as R[];
  }

  /** Makes sure that BEGIN has been sent, for callers that use {@link client} directly. */
  async start(): Promise<void> {
    if (this.pending.length > 0) await this.run([]);
  }

  /** Runs `work` so that its failure undoes only its own statements. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.savepoints += 1;
    const name = `keel_${this.savepoints}`;
    await this.run([{ text: `savepoint ${name}` }]);
    try {
      const value = await work();
      await this.run([{ text: `release savepoint ${name}` }]);
      return value;
    } catch (error) {
      await this.run([{ text: `rollback to savepoint ${name}` }]);
      throw error;
    }
  }

  /** Remembers what the transaction changes, such as `contacts` or `contacts:<id>`. */
  touch(tags: string[]): void {
    for (const tag of tags) this.tags.add(tag);
  }

  touched(): string[] {
    return [...this.tags];
  }

  /** Adds something to do once the commit has happened; it must be safe to lose. */
  afterCommit(action: () => Promise<void> | void): void {
    this.actions.push(action);
  }

  actionsAfterCommit(): (() => Promise<void> | void)[] {
    return this.actions;
  }

  /** Runs the work, then commits; rolls back when it throws. */
  async complete<T>(work: () => Promise<T>): Promise<T> {
    let value: T;
    try {
      value = await work();
    } catch (error) {
      if (this.begun) await this.rollback();
      throw error;
    }
    if (this.begun) await this.runner([{ text: 'commit' }]);
    return value;
  }

  private async rollback(): Promise<void> {
    // The first error is the one to report: a lost connection has rolled back by itself.
    await this.runner([{ text: 'rollback' }]).catch(() => undefined);
  }
}
