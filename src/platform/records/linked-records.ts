import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../database/pipeline.js';
import type { RecordKit } from './record-kit.js';
import type { Draft, Questions } from './record-rules.js';

/** A record that a draft points to by object and id, and where it does so. */
export interface LinkUse {
  draft: Draft;
  object: string;
  recordId: string;
  /** Pointer from the record. */
  at: string;
}

/**
 * Makes sure that what drafts point to is there. What is elsewhere, gone or out of the caller's
 * reach is all the same: there is no such record.
 */
export async function checkLinkUses(
  kit: RecordKit,
  db: Questions,
  ctx: RequestContext,
  uses: readonly LinkUse[],
): Promise<void> {
  const groups = Map.groupBy(uses, ({ object }) => object);
  const questions = [...groups].map(([object, group]) => reachStatement(kit, ctx, object, group));
  const asked = questions.filter((question) => question !== null);
  const results = asked.length > 0 ? await db.run(asked) : [];
  const found = new Set(results.flatMap(({ rows }) => rows.map((row) => row['id'] as string)));
  for (const { draft, object, recordId, at } of uses) {
    if (found.has(recordId)) continue;
    const detail = `there is no ${object} ${recordId}`;
    draft.errors.push({ pointer: draft.pointer + at, code: 'reference', detail });
  }
}

function reachStatement(
  kit: RecordKit,
  ctx: RequestContext,
  object: string,
  uses: readonly LinkUse[],
): Statement | null {
  const table = kit.get(object)?.table;
  const reach = ctx.grants.get(`${object}:read`);
  if (table === undefined || reach === undefined) return null;
  const ids = [...new Set(uses.map(({ recordId }) => recordId))];
  const isOwn = reach === 'own';
  return {
    text: `select id from ${table} where workspace_id = $1 and id = any($2::uuid[])
      and deleted_at is null ${isOwn ? 'and owner_id = $3::uuid' : ''}`,
    params: [ctx.workspaceId, ids, ...(isOwn ? [ctx.principal.userId] : [])],
  };
}
