import type { RequestContext } from '../../common/context.js';
import type { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';

/** Statements of one workspace under way at the same time: one is answered while one is read. */
const MOST_UNDER_WAY = 2;
/** Rows that one statement reads; what is too many waits for the next. */
const MOST_AT_ONCE = 200;

type Scope = Pick<RequestContext, 'workspaceId' | 'tx'>;

interface Waiting<R> {
  id: string;
  resolve: (row: R | undefined) => void;
  reject: (error: unknown) => void;
}

/** What is asked for in one workspace. */
interface Lane<R> {
  underWay: number;
  waiting: Waiting<R>[];
}

/**
 * Reads rows by id, those that are asked for at the same time by one statement: one alone is read
 * at once, and what is asked for while others are on their way goes together when they are back.
 * A connection, a transaction and the context of its workspace cost more than a row does.
 */
export class RowLoader<R extends { id: string }> {
  private readonly lanes = new Map<string, Lane<R>>();
  private readonly one: string;
  private readonly some: string;

  /** @param textFor SQL that answers rows with their `id`, by a condition on the row `r`. */
  constructor(
    private readonly database: Database,
    textFor: (condition: string) => string,
  ) {
    this.one = textFor('r.workspace_id = $1 and r.id = $2');
    // Were it seen how many ids there are, PostgreSQL would plan each time anew for so few of them.
    this.some = textFor('r.workspace_id = $1 and r.id = any((select $2::uuid[])::uuid[])');
  }

  /** The row as it is at some moment after the call; in a transaction, as it is in there. */
  get(ctx: RequestContext, id: string): Promise<R | undefined> {
    if (ctx.tx instanceof Transaction) {
      return this.query(ctx, [id]).then(([row]) => row);
    }
    return new Promise((resolve, reject) => {
      const lane = this.laneOf(ctx.workspaceId);
      lane.waiting.push({ id: id.toLowerCase(), resolve, reject });
      this.next(ctx.workspaceId, lane);
    });
  }

  private laneOf(workspaceId: string): Lane<R> {
    let lane = this.lanes.get(workspaceId);
    if (!lane) {
      lane = { underWay: 0, waiting: [] };
      this.lanes.set(workspaceId, lane);
    }
    return lane;
  }

  private next(workspaceId: string, lane: Lane<R>): void {
    if (lane.waiting.length > 0 && lane.underWay < MOST_UNDER_WAY) {
      lane.underWay += 1;
      const asked = lane.waiting.splice(0, MOST_AT_ONCE);
      void this.read(workspaceId, asked).finally(() => {
        lane.underWay -= 1;
        this.next(workspaceId, lane);
      });
    } else if (lane.underWay === 0) {
      this.lanes.delete(workspaceId);
    }
  }

  private async read(workspaceId: string, asked: readonly Waiting<R>[]): Promise<void> {
    try {
      const ids = asked.map(({ id }) => id);
      const rows = await this.query({ workspaceId }, ids);
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const { id, resolve } of asked) resolve(byId.get(id));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  private query(scope: Scope, ids: readonly string[]): Promise<R[]> {
    const [text, value] = ids.length === 1 ? [this.one, ids[0]] : [this.some, ids];
    return this.database.query<R>(scope, text, [scope.workspaceId, value]);
  }
}
