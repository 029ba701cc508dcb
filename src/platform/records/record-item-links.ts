import type { RequestContext } from '../../common/context.js';
import type { Transaction } from '../database/transaction.js';
import { MAX_EVENT_RECORDS } from '../outbox/event.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import { eventStatements, tagsOf } from './side-statements.js';

/** A record that points elsewhere now. */
export interface MovedRow {
  id: string;
  version: number;
  /** What it pointed to. */
  old: string;
}

/** Logs of each record that it points to another one, as if somebody had changed it. */
export async function logMoves(
  tx: Transaction,
  ctx: RequestContext,
  linked: ObjectDefinition,
  name: string,
  rows: readonly MovedRow[],
  target: string | null,
): Promise<void> {
  for (let start = 0; start < rows.length; start += MAX_EVENT_RECORDS) {
    const written = rows.slice(start, start + MAX_EVENT_RECORDS).map(({ id, version, old }) => ({
      id,
      version,
      changes: { [name]: [old, target] },
    }));
    await tx.run(eventStatements(ctx, linked, 'updated', written));
  }
  const ids = rows.map(({ id }) => id);
  tx.touch(tagsOf(linked, ids));
}

/**
 * Lets the items of lists that point to one of `ids` point to another record, in every object.
 * Items that point to a record that is gone for good keep its id: what an order sold stays so.
 * @param moved counts by the plural name of the object, added to.
 */
export async function moveAllItems(
  kit: RecordKit,
  tx: Transaction,
  ctx: RequestContext,
  object: string,
  ids: readonly string[],
  target: string,
  moved: Record<string, number>,
): Promise<void> {
  for (const linked of kit.all()) {
    const count = await moveItems(tx, ctx, linked, object, ids, target);
    if (count > 0) moved[linked.plural] = (moved[linked.plural] ?? 0) + count;
  }
}

/** Lists are text and ids are like nothing else in it, so an id can be replaced where it stands. */
const moveItemsSql = (table: string, column: string): string => `
  with hit as (select i.record_id as id, i.value as old from record_index i
    where i.workspace_id = $1 and i.object = $2 and i.key = $3 and i.value = any($4::text[])),
  moved as (
    update ${table} t set version = t.version + 1, updated_at = now(), updated_by = $6,
      ${column} = (select replace(t.${column}::text, min(h.old), $5)::json from hit h where h.id = t.id)
    where t.workspace_id = $1 and t.id in (select id from hit)
    returning t.id, t.version),
  unindexed as (
    delete from record_index i where i.workspace_id = $1 and i.object = $2 and i.key = $3
      and i.value = any($4::text[]))
  select moved.id, moved.version, (select min(h.old) from hit h where h.id = moved.id) as old
  from moved`;

const indexItemsSql = `
  insert into record_index (workspace_id, object, record_id, key, value)
  select $1, $2, r.id, $3, $4 from unnest($5::uuid[]) as r (id) on conflict do nothing`;

async function moveItems(
  tx: Transaction,
  ctx: RequestContext,
  linked: ObjectDefinition,
  object: string,
  ids: readonly string[],
  target: string,
): Promise<number> {
  let moved = 0;
  for (const [key, { list, member }] of linked.indexedItems) {
    // No two records share an id, whatever their objects: what names it names this one.
    if (member.references?.object !== object && member.objectIn === undefined) continue;
    // One by one: a record may hold several of the duplicates.
    for (const id of ids) {
      const rows = await tx.query<MovedRow>(moveItemsSql(linked.table, list.column), [
        ...[ctx.workspaceId, linked.object, key, [id], target],
        ctx.principal.userId,
      ]);
      if (rows.length === 0) continue;
      moved += rows.length;
      const recordIds = rows.map((row) => row.id);
      const params = [ctx.workspaceId, linked.object, key, target, recordIds];
      await tx.run([{ text: indexItemsSql, params }]);
      await logMoves(tx, ctx, linked, key, rows, target);
    }
  }
  return moved;
}
