import type { RequestContext } from '../../common/context.js';
import type { Transaction } from '../database/transaction.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import { logMoves, moveAllItems } from './record-item-links.js';
import type { MovedRow } from './record-item-links.js';

const moveSql = (table: string, column: string): string => `
  with old as (select id, ${column} as old from ${table}
    where workspace_id = $1 and ${column} = any($2::uuid[]) and id <> all($2::uuid[])
      and id is distinct from $3::uuid
    order by id for update)
  update ${table} t set ${column} = $3::uuid, version = t.version + 1, updated_at = now(),
    updated_by = $4
  from old where t.workspace_id = $1 and t.id = old.id
  returning t.id, t.version, old.old`;

/**
 * Lets every record that points to one of `ids` point to another, or to nothing: each with its
 * version, event and timeline entry, as if somebody had changed it.
 * @returns how many records moved, by the plural name of their object.
 */
export async function moveLinks(
  kit: RecordKit,
  tx: Transaction,
  ctx: RequestContext,
  definition: ObjectDefinition,
  ids: readonly string[],
  target: string | null,
): Promise<Record<string, number>> {
  const moved: Record<string, number> = {};
  for (const { table, column, object } of definition.links) {
    const linked = kit.byPlural(object);
    const field = linked?.references.find((item) => item.column === column);
    const rows = await tx.query<MovedRow>(moveSql(table, column), [
      ctx.workspaceId,
      ids,
      target,
      ctx.principal.userId,
    ]);
    moved[object] = (moved[object] ?? 0) + rows.length;
    if (!linked || !field || rows.length === 0) continue;
    await logMoves(tx, ctx, linked, field.name, rows, target);
  }
  if (target !== null) await moveAllItems(kit, tx, ctx, definition.object, ids, target, moved);
  return moved;
}
