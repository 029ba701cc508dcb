import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import { eventOf, MAX_EVENT_RECORDS } from '../outbox/event.js';
import { recordEventRecords, recordEvents } from '../outbox/record-events.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import { changesBetween } from './record-row.js';
import { draftOf } from './record-rules.js';
import type { RecordRow } from './record-row.js';
import { RecordStore } from './record-store.js';
import { saveWith } from './save-changes.js';
import { tagsOf } from './side-statements.js';
import type { Written } from './side-statements.js';

/** A record in the order of the owner's index; work goes on behind it. */
export interface OwnedPlace {
  createdAt: string;
  id: string;
}

/** Who gives what to whom, and what events call the cause, such as `hand-over:<id>`. */
export interface OwnerMove {
  from: string;
  to: string;
  source: string;
}

/**
 * The statement that counts what users own of an object, outside the bin: rows of `userId` and
 * `owned`. The order makes it walk the table's index by owner, however the rows are spread.
 * @param most where counting stops, for each user; null counts all, however many.
 */
export function countOwned(
  { table }: ObjectDefinition,
  workspaceId: string,
  userIds: readonly string[],
  most: number | null,
): Statement {
  return {
    text: `select u.id as "userId", c.owned from unnest($2::uuid[]) as u (id)
      cross join lateral (select count(*) as owned from (
        select from ${table} r
        where r.workspace_id = $1 and r.owner_id = u.id and r.deleted_at is null
        order by r.created_at, r.id limit $3) as counted) c`,
    params: [workspaceId, userIds, most],
  };
}

/**
 * Gives the next records of an owner, at most 1,000, to another, with an event as a bulk write has.
 * Records that change hands meanwhile, or go into the bin, are left alone.
 * @param after where the work goes on; null begins with the oldest record.
 * @returns how many changed hands, and the last one looked at; null when there was none.
 */
export async function moveOwned(
  kit: RecordKit,
  tx: Transaction,
  ctx: RequestContext,
  definition: ObjectDefinition,
  move: OwnerMove,
  after: OwnedPlace | null,
): Promise<{ moved: number; place: OwnedPlace | null }> {
  const due = await tx.query<OwnedPlace>(dueSql(definition, after !== null), [
    ...[ctx.workspaceId, move.from],
    ...(after ? [after.createdAt, after.id] : []),
  ]);
  const place = due.at(-1) ?? null;
  if (place === null) return { moved: 0, place };
  const ids = due.map(({ id }) => id);
  const isAlone = !definition.follow && !definition.sides;
  const moved = isAlone
    ? await moveAlone(tx, ctx, definition, move, ids)
    : await moveFollowed(kit, tx, ctx, definition, move, ids);
  return { moved, place };
}

/** Nothing but the records themselves knows who owns them: one statement moves them. */
async function moveAlone(
  tx: Transaction,
  ctx: RequestContext,
  definition: ObjectDefinition,
  move: OwnerMove,
  ids: readonly string[],
): Promise<number> {
  const moved = await tx.query<{ id: string; version: number }>(moveSql(definition), [
    ...[ctx.workspaceId, ids, move.from, move.to, ctx.principal.userId],
  ]);
  if (moved.length === 0) return 0;
  const changes = { ownerId: [move.from, move.to] };
  const written = moved.map(({ id, version }) => ({ id, version, changes }));
  await tx.run(eventsOf(ctx, definition, move, written));
  tx.touch(
    tagsOf(
      definition,
      moved.map(({ id }) => id),
    ),
  );
  return moved.length;
}

/** Moves records with what follows who owns them, such as the clocks of tickets. */
async function moveFollowed(
  kit: RecordKit,
  tx: Transaction,
  ctx: RequestContext,
  definition: ObjectDefinition,
  { from, to, source }: OwnerMove,
  ids: readonly string[],
): Promise<number> {
  const store = new RecordStore(definition);
  const rows = await store.lock(tx, ctx, ids);
  const drafts = [...rows.values()]
    .filter(({ ownerId, deletedAt }) => ownerId === from && deletedAt === null)
    .map((row) => draftOf(row, { ...row, ownerId: to, values: { ...row.values } }, ''));
  if (drafts.length === 0) return 0;
  await definition.follow?.(tx, { ...ctx, tx }, drafts);
  const changed = drafts.map(({ after }) => {
    const before = rows.get(after.id) as RecordRow;
    return { before, after, changes: changesBetween(definition, before, after) };
  });
  const written = changed.map(({ after: { id, version }, changes }) => {
    return { id, version: version + 1, changes };
  });
  const events = eventsOf(ctx, definition, { from, to, source }, written);
  const settings = await kit.settings.of(ctx, definition);
  await saveWith(store, tx, ctx, changed, settings, events);
  return changed.length;
}

function dueSql({ table }: ObjectDefinition, isContinued: boolean): string {
  const beyond = isContinued ? 'and (r.created_at, r.id) > ($3::timestamptz, $4::uuid)' : '';
  return `select r.id, r.created_at as "createdAt" from ${table} r
    where r.workspace_id = $1 and r.owner_id = $2::uuid and r.deleted_at is null ${beyond}
    order by r.created_at, r.id limit ${MAX_EVENT_RECORDS}`;
}

/** Locks in the order of ids, as batches do, so that none waits for another in a circle. */
const moveSql = ({ table }: ObjectDefinition): string => `
  with held as (
    select r.id from ${table} r
    where r.workspace_id = $1 and r.id = any($2::uuid[])
    order by r.id for update
  )
  update ${table} t set owner_id = $4::uuid, version = t.version + 1, updated_at = now(),
    updated_by = $5::uuid
  from held where t.workspace_id = $1 and t.id = held.id
    and t.owner_id = $3::uuid and t.deleted_at is null
  returning t.id, t.version`;

function eventsOf(
  ctx: RequestContext,
  definition: ObjectDefinition,
  { source }: OwnerMove,
  written: readonly Written[],
): Statement[] {
  const type = `${definition.object}.updated` as const;
  const recordIds = written.map(({ id }) => id);
  const event = eventOf(ctx, { type, object: definition.plural, recordIds, source });
  const records = written.map(({ id, ...what }) => ({ recordId: id, ...what }));
  return [recordEvents([event]), recordEventRecords(event, records)];
}
