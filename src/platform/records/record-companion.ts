import type { RequestContext } from '../../common/context.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordRow } from './record-row.js';

/**
 * What another domain keeps beside the records of an object and a link cannot say; see
 * `RecordKit.accompany`. It takes part in the transaction that merges or purges them.
 */
export interface RecordCompanion {
  /** Singular name of the object. */
  object: string;
  /** Runs before the duplicates go to the bin. @param survivor as it will be. */
  merging: (
    tx: Transaction,
    ctx: RequestContext,
    survivor: RecordRow,
    losers: readonly RecordRow[],
  ) => Promise<void>;
  /** Runs while the record is still there. */
  purging: (tx: Transaction, ctx: RequestContext, record: RecordRow) => Promise<void>;
}
