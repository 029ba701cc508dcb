import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Scope } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/pipeline.js';
import { Transaction } from '../../src/platform/database/transaction.js';

/**
 * What a piece of work sends to the database, and nothing else: the schedulers of a worker in the
 * same process send theirs meanwhile.
 */
export class StatementRecorder {
  private readonly recording = new AsyncLocalStorage<Statement[]>();

  constructor(database: Database) {
    const run = database.run.bind(database);
    database.run = (scope, statements, tags) => {
      // What joins a transaction is told by that.
      if (!isJoining(scope)) this.note(statements);
      return run(scope, statements, tags);
    };
    const transaction = database.transaction.bind(database);
    database.transaction = (scope, work, options) =>
      isJoining(scope)
        ? transaction(scope, work, options)
        : transaction(scope, (tx) => work(this.told(tx)), options);
  }

  /** The statements of the work, in their order. */
  async of(work: () => Promise<unknown>): Promise<Statement[]> {
    const found: Statement[] = [];
    await this.recording.run(found, work);
    return found;
  }

  private told(tx: Transaction): Transaction {
    const run = tx.run.bind(tx);
    tx.run = (statements) => {
      this.note(statements);
      return run(statements);
    };
    return tx;
  }

  private note(statements: Statement[]): void {
    this.recording.getStore()?.push(...statements);
  }
}

function isJoining(scope: Scope): boolean {
  return typeof scope === 'object' && scope.tx instanceof Transaction;
}

/** Does work in a transaction that is undone. */
export async function undone(
  database: Database,
  scope: Scope,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  const undoing = new Error('undone');
  await database
    .transaction(scope, async (tx) => {
      await work(tx);
      throw undoing;
    })
    .catch((error: unknown) => {
      if (error !== undoing) throw error;
    });
}
