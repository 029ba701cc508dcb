import { Problem } from '../../common/errors.js';
import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type {
  Draft,
  Questions,
  RecordRules,
  WrittenRow,
} from '../../platform/records/record-rules.js';
import { refuse } from '../../platform/records/record-rules.js';
import type { SegmentConditions } from './segment-conditions.js';

/** Most dynamic segments of one workspace: each change of a record may concern all of them. */
export const MOST_DYNAMIC = 300;

/** What writes of segments need besides what all records do. */
export function segmentRules(conditions: SegmentConditions): RecordRules {
  return {
    prepare: async (db, ctx, drafts) => {
      for (const draft of drafts) await prepareOne(conditions, ctx, draft);
      await assertRoom(db, ctx, drafts);
    },
    sides: (ctx, rows) => sidesOf(ctx, rows),
  };
}

/** Whether who belongs to it has to be found out anew. */
const isToFill = ({ before, after }: WrittenRow): boolean =>
  after.values['kind'] === 'dynamic' && before?.values['conditions'] !== after.values['conditions'];

async function prepareOne(
  conditions: SegmentConditions,
  ctx: RequestContext,
  draft: Draft,
): Promise<void> {
  const { before, after, errors, pointer } = draft;
  const { values } = after;
  for (const name of ['object', 'kind']) {
    if (!before || before.values[name] === values[name]) continue;
    const detail = 'stays as it was made; make another segment';
    errors.push({ pointer: `${pointer}/${name}`, code: 'fixed', detail });
  }
  const isDynamic = values['kind'] === 'dynamic';
  if (isDynamic !== (typeof values['conditions'] === 'string')) {
    const detail = isDynamic
      ? 'must be given: it says whom the dynamic segment holds'
      : 'is of dynamic segments alone; the members of a static one are added';
    errors.push({ pointer: `${pointer}/where`, code: 'isNotEmpty', detail });
  }
  if (errors.length > 0 || !isToFill(draft)) return;
  await checkWhere(conditions, ctx, draft);
  Object.assign(values, { status: 'filling', progress: 0, error: null });
}

async function checkWhere(
  conditions: SegmentConditions,
  ctx: RequestContext,
  draft: Draft,
): Promise<void> {
  const { values } = draft.after;
  const where: unknown = JSON.parse(String(values['conditions']));
  try {
    await conditions.checkNew(ctx, String(values['object']), where, `${draft.pointer}/where`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!error.errors) refuse(draft, '/where', error);
    else draft.errors.push(...error.errors);
  }
}

async function assertRoom(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const added = drafts.filter(({ before, after }) => !before && after.values['kind'] === 'dynamic');
  if (added.length === 0) return;
  const [counted] = await db.run([
    {
      text: `select count(*) as count from segments
        where workspace_id = $1 and kind = 'dynamic' and deleted_at is null`,
      params: [ctx.workspaceId],
    },
  ]);
  const there = Number(counted?.rows[0]?.['count'] ?? 0);
  for (const draft of added.slice(Math.max(0, MOST_DYNAMIC - there))) {
    const detail = `A workspace has at most ${MOST_DYNAMIC} dynamic segments. Remove one first.`;
    refuse(draft, '/kind', new Problem('conflict', detail));
  }
}

/** New and changed dynamic segments are filled by the worker, which follows the log from here. */
function sidesOf(ctx: RequestContext, rows: readonly WrittenRow[]): Statement[] {
  const ids = rows.filter(isToFill).map(({ after }) => after.id);
  const statements: Statement[] = [];
  if (rows.some(({ before }) => !before)) statements.push(followFromNow(ctx.workspaceId));
  if (ids.length > 0) statements.push(fillAnew(ctx.workspaceId, ids));
  return statements;
}

/** What has a position by now is in what the fill will see. */
const followFromNow = (workspaceId: string): Statement => ({
  text: `insert into segment_cursors (workspace_id, position)
    select $1, coalesce((select max(position) from events
      where workspace_id = $1 and feed and position is not null), 0)
    on conflict do nothing`,
  params: [workspaceId],
});

/** Asks the upkeep to look through all records for the segments. */
export const fillAnew = (workspaceId: string, ids: readonly string[]): Statement => ({
  text: `update segments set pass = 'fill', pass_after = null, pass_done = 0, pass_total = null,
      refresh_at = null
    where workspace_id = $1 and id = any($2::uuid[]) and kind = 'dynamic'`,
  params: [workspaceId, ids],
});
