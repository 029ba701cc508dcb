import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import type { Changes } from '../outbox/event.js';
import type { ColumnValues } from './field-types.js';
import { assertReach, assertVersion } from './reach.js';
import type { RecordKit } from './record-kit.js';
import { changesBetween } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { applyRules, assertSound, draftOf } from './record-rules.js';
import type { RecordStore } from './record-store.js';
import { saveChanges } from './save-changes.js';

/** What is done to a record, for its event, timeline and audit trail. */
export interface Deed {
  /** The event is `<object>.<name>`: `order.confirmed`. */
  name: string;
  /** Action of the permission that the caller needs for the record; `update` if not said. */
  permission?: string;
  ifMatch?: number;
  /** Further facts of the event, such as a reason. */
  facts?: Changes;
}

/** What a deed leaves: new values by column, another owner, further facts of the event. */
export interface DeedResult {
  /** What it turned out to be, if not what it set out to be. */
  name?: string;
  values?: ColumnValues;
  ownerId?: string | null;
  facts?: Changes;
}

/** Does to records what is more than a change of their fields: confirms, converts, closes. */
export class RecordActor {
  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
  ) {}

  /**
   * Does it to one record, in the transaction of `ctx` or one of its own.
   * @param work reads the locked row and gives new values, those of read-only fields too; it may
   * write other records with `{ ...ctx, tx }`. Throws a Problem, such as 409 for a move that is not
   * allowed; nothing is written then.
   * @returns the record afterwards.
   */
  async act(
    ctx: RequestContext,
    id: string,
    deed: Deed,
    work: (row: RecordRow, tx: Transaction) => Promise<DeedResult> | DeedResult,
  ): Promise<RecordJson> {
    const { definition } = this.store;
    const settings = await this.kit.settings.of(ctx, definition);
    return this.kit.database.transaction(ctx, async (tx) => {
      const before = await this.lock(tx, ctx, id, deed);
      const result = await work(before, tx);
      const { ownerId = before.ownerId, name = deed.name, values, facts } = result;
      const after = { ...before, ownerId, values: { ...before.values, ...values } };
      const draft = { ...draftOf(before, after, ''), deed: name };
      await applyRules(definition, tx, { ...ctx, tx }, [draft]);
      assertSound(draft);
      const changes = { ...changesBetween(definition, before, after), ...deed.facts, ...facts };
      const saved = [{ before, after, changes }];
      const records = await saveChanges(this.store, tx, ctx, saved, settings, name);
      return records.get(id) as RecordJson;
    });
  }

  private async lock(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    deed: Deed,
  ): Promise<RecordRow> {
    const { definition } = this.store;
    const row = (await this.store.lock(tx, ctx, [id])).get(id);
    if (!row || row.deletedAt !== null) throw Problem.notFound(definition.object, id);
    assertReach(ctx, definition, deed.permission ?? 'update', row);
    assertVersion(row, deed.ifMatch);
    return row;
  }
}
