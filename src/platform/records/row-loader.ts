import type { RequestContext } from '../../common/context.js';
import type { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';

/** Statements of one workspace under way at the same time: one is answered while one is read. */
const MOST_UNDER_WAY = 2;
/** Rows that one statement reads; what is too many waits for the next. */
const MOST_AT_ONCE = 200;

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

  /** @param text answers rows with their `id` for a workspace (`$1`) and an array of ids (`$2`). */
  constructor(
    private readonly database: Database,
    private readonly text: string,
  ) {}

  /** The row as it is at some moment after the call; in a transaction, as it is in there. */
  get(ctx: RequestContext, id: string): Promise<R | undefined> {
    if (ctx.tx instanceof Transaction) {
      return this.database.query<R>(ctx, this.text, [ctx.workspaceId, [id]]).then(([row]) => row);
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
      const rows = await this.database.query<R>({ workspaceId }, this.text, [workspaceId, ids]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const { id, resolve } of asked) resolve(byId.get(id));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
