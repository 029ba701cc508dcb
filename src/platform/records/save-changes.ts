import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import type { Changes } from '../outbox/event.js';
import type { ObjectDefinition } from './object-definition.js';
import { touchesIndex } from './record-row.js';
import type { RecordRow } from './record-row.js';
import type { WrittenRow } from './record-rules.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import {
  eventStatements,
  indexStatements,
  searchStatement,
  tagsOf,
  unindexStatement,
} from './side-statements.js';

/** A locked record as it was and as it shall be, with what the event says of it. */
export interface ChangedRow extends WrittenRow {
  before: RecordRow;
  changes: Changes;
}

/**
 * Writes changed records with all that belongs to them: index entries, side tables, one event,
 * search documents.
 * @param action what the event calls it: `updated`, or an action of the object's own.
 * @returns the records by id.
 */
export function saveChanges(
  store: RecordStore,
  tx: Transaction,
  ctx: RequestContext,
  changed: readonly ChangedRow[],
  settings: WorkspaceSettings,
  action: string,
): Promise<Map<string, RecordJson>> {
  const written = changed.map(({ after, changes }) => ({
    id: after.id,
    version: after.version + 1,
    changes,
  }));
  const events = eventStatements(ctx, store.definition, action, written, changed);
  return saveWith(store, tx, ctx, changed, settings, events);
}

/** As {@link saveChanges}, with the statements that write what is told of it. */
export async function saveWith(
  store: RecordStore,
  tx: Transaction,
  ctx: RequestContext,
  changed: readonly ChangedRow[],
  settings: WorkspaceSettings,
  events: readonly Statement[],
): Promise<Map<string, RecordJson>> {
  const { definition } = store;
  const rows = changed.map(({ after }) => after);
  const reindexed = changed
    .filter(({ changes }) => touchesIndex(definition, changes))
    .map(({ after }) => after);
  const [result] = await tx.run([
    store.update(ctx, rows),
    ...reindex(ctx, definition, reindexed, settings),
    ...(definition.sides?.(ctx, changed) ?? []),
    ...events,
    searchStatement(ctx, definition, rows),
  ]);
  const ids = rows.map(({ id }) => id);
  tx.touch(tagsOf(definition, ids));
  return recordsById(result);
}

function reindex(
  ctx: RequestContext,
  definition: ObjectDefinition,
  rows: readonly RecordRow[],
  { properties }: WorkspaceSettings,
): Statement[] {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  return [
    unindexStatement(ctx, definition, ids),
    ...indexStatements(ctx, definition, rows, properties),
  ];
}
