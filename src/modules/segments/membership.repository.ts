import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventOf, MAX_EVENT_RECORDS } from '../../platform/outbox/event.js';
import type { RecordEventType } from '../../platform/outbox/event-types.js';
import { recordEventRecords, recordEvents } from '../../platform/outbox/record-events.js';
import { conditionSql } from '../../platform/records/condition-sql.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { Params } from '../../platform/records/params.js';
import type { CheckedSegment } from './segment-conditions.js';

/** A record that came in or went out, with its version; 0 when it is gone for good. */
export interface Moved {
  id: string;
  version: number;
}

export interface Movement {
  entered: Moved[];
  left: Moved[];
}

/** Records that are asked about: these, and whatever was a member between two ids. */
export interface Scope {
  ids: readonly string[];
  /** Behind which id, and up to which: null for from the first and to the last. */
  range?: { after: string | null; upTo: string | null };
}

interface MovedRow extends Moved {
  isNew: boolean;
}

/** A segment as events name it. */
export type NamedSegment = { id: string; name: string };

/** SQL of who belongs to segments. */
@Injectable()
export class MembershipRepository {
  /**
   * Brings the members of a dynamic segment in line with its condition, as far as the scope goes.
   * Whoever calls holds the workspace's cursor, so nobody else does it meanwhile.
   */
  async align(
    tx: Transaction,
    workspaceId: string,
    segmentId: string,
    { definition, condition }: Pick<CheckedSegment, 'definition' | 'condition'>,
    scope: Scope,
  ): Promise<Movement> {
    const params = new Params(workspaceId);
    const segment = params.add(segmentId, 'uuid');
    const ids = params.add(scope.ids, 'uuid[]');
    const fulfils = conditionSql(definition, condition, params, { row: 'r', few: true });
    const rows = await tx.query<MovedRow>(
      `with fit as materialized (
        select r.id, r.version from ${definition.table} r
        where r.workspace_id = ${params.workspace} and r.id = any(${ids})
          and r.deleted_at is null and ${fulfils}),
      entered as (
        insert into segment_members (workspace_id, segment_id, record_id)
        select ${params.workspace}, ${segment}, fit.id from fit
        where not exists (select from segment_members m where m.workspace_id = ${params.workspace}
          and m.segment_id = ${segment} and m.record_id = fit.id)
        returning record_id),
      gone as (
        delete from segment_members m where m.workspace_id = ${params.workspace}
          and m.segment_id = ${segment} and ${scopeSql(scope, ids, params)}
          and not exists (select from fit where fit.id = m.record_id)
        returning m.record_id)
      select fit.id, fit.version, true as "isNew" from entered e join fit on fit.id = e.record_id
      union all
      select g.record_id, coalesce(r.version, 0), false from gone g
        left join ${definition.table} r on r.workspace_id = ${params.workspace} and r.id = g.record_id`,
      params.values,
    );
    return movementOf(rows);
  }

  /** The statements that log who came and went, and count the members. */
  statements(
    ctx: RequestContext,
    { object, plural }: ObjectDefinition,
    segment: NamedSegment,
    { entered, left }: Movement,
  ): Statement[] {
    if (entered.length + left.length === 0) return [];
    return [
      ...eventsOf(ctx, `${object}.segment_entered`, plural, segment, entered),
      ...eventsOf(ctx, `${object}.segment_left`, plural, segment, left),
      {
        text: `update segments set member_count = member_count + $3, version = version + 1,
            refreshed_at = now()
          where workspace_id = $1 and id = $2`,
        params: [ctx.workspaceId, segment.id, entered.length - left.length],
      },
    ];
  }

  /** Adds records to a static segment; those that are members stay so. */
  async add(
    tx: Transaction,
    workspaceId: string,
    segmentId: string,
    records: readonly Moved[],
  ): Promise<Moved[]> {
    const rows = await tx.query<{ id: string }>(
      `insert into segment_members (workspace_id, segment_id, record_id)
       select $1, $2, r.id from unnest($3::uuid[]) as r (id)
       on conflict (workspace_id, segment_id, record_id) do nothing returning record_id as id`,
      [workspaceId, segmentId, records.map(({ id }) => id)],
    );
    const added = new Set(rows.map(({ id }) => id));
    return records.filter(({ id }) => added.has(id));
  }

  /** Takes records out of a static segment. */
  remove(
    tx: Transaction,
    workspaceId: string,
    segmentId: string,
    definition: ObjectDefinition,
    ids: readonly string[],
  ): Promise<Moved[]> {
    return tx.query<Moved>(
      `with gone as (
        delete from segment_members where workspace_id = $1 and segment_id = $2
          and record_id = any($3::uuid[]) and not hidden returning record_id)
      select g.record_id as id, coalesce(r.version, 0) as version from gone g
      left join ${definition.table} r on r.workspace_id = $1 and r.id = g.record_id`,
      [workspaceId, segmentId, ids],
    );
  }
}

function scopeSql({ range }: Scope, ids: string, params: Params): string {
  if (!range) return `m.record_id = any(${ids})`;
  const bounds = [
    ...(range.after === null ? [] : [`m.record_id > ${params.add(range.after, 'uuid')}`]),
    ...(range.upTo === null ? [] : [`m.record_id <= ${params.add(range.upTo, 'uuid')}`]),
  ];
  return bounds.length > 0 ? bounds.join(' and ') : 'true';
}

function movementOf(rows: readonly MovedRow[]): Movement {
  const moved = (isNew: boolean): Moved[] =>
    rows
      .filter((row) => row.isNew === isNew)
      .map(({ id, version }) => ({ id, version: Number(version) }));
  return { entered: moved(true), left: moved(false) };
}

/** Events of at most 1,000 records each, which show on the timeline of each of them. */
function eventsOf(
  ctx: RequestContext,
  type: RecordEventType,
  object: string,
  { id, name }: NamedSegment,
  records: readonly Moved[],
): Statement[] {
  const changes = { segmentId: id, segment: name };
  const facts = { type, object, changes, source: `segment:${id}` };
  const [only] = records;
  if (only && records.length === 1) {
    return [recordEvents([eventOf(ctx, { ...facts, recordId: only.id })])];
  }
  const statements: Statement[] = [];
  for (let start = 0; start < records.length; start += MAX_EVENT_RECORDS) {
    const part = records.slice(start, start + MAX_EVENT_RECORDS);
    const event = eventOf(ctx, { ...facts, recordIds: part.map((record) => record.id) });
    const noted = part.map((record) => ({
      ...{ recordId: record.id, version: record.version, changes },
    }));
    statements.push(recordEvents([event]), recordEventRecords(event, noted));
  }
  return statements;
}
