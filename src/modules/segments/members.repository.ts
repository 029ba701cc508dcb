import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdPage } from '../../platform/http/id-page.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { Params } from '../../platform/records/params.js';
import { utcSql } from '../../platform/records/utc-sql.js';
import type { Moved } from './membership.repository.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;
type Condition = (params: Params) => string;

/** A segment as far as its members are concerned. */
export interface SegmentHead {
  id: string;
  name: string;
  ownerId: string | null;
  object: string;
  kind: 'static' | 'dynamic';
  status: 'filling' | 'current' | 'failed';
  memberCount: number;
}

/** A segment that a record belongs to. */
export interface Membership {
  id: string;
  name: string;
  kind: string;
  enteredAt: string;
}

const HEAD_SQL = `select id, name, owner_id as "ownerId", object, kind, status, member_count as "memberCount"
  from segments where workspace_id = $1 and id = $2 and deleted_at is null`;

/** SQL of members, as requests ask for them. */
@Injectable()
export class MembersRepository {
  constructor(private readonly database: Database) {}

  /** A segment outside the bin; held until the commit when a transaction is given. */
  async head(owner: Owner, id: string, tx?: Transaction): Promise<SegmentHead | null> {
    const params = [owner.workspaceId, id];
    const [row] = tx
      ? await tx.query<SegmentHead>(`${HEAD_SQL} for update`, params)
      : await this.database.query<SegmentHead>(owner, HEAD_SQL, params);
    return row ?? null;
  }

  /** Whether the row `r` is a member of a segment. */
  isMember(segmentId: string): Condition {
    return (params) => `exists (select from segment_members m
      where m.workspace_id = ${params.workspace} and m.segment_id = ${params.add(segmentId, 'uuid')}
        and m.record_id = r.id and not m.hidden)`;
  }

  /** The segments that a record belongs to, the newest first. */
  of(owner: Owner, recordId: string, { before, limit }: IdPage): Promise<Membership[]> {
    return this.database.query<Membership>(
      owner,
      `select s.id, s.name, s.kind, ${utcSql('m.entered_at')} as "enteredAt"
       from segment_members m
       join segments s on s.workspace_id = m.workspace_id and s.id = m.segment_id
       where m.workspace_id = $1 and m.record_id = $2 and not m.hidden and s.deleted_at is null
         and ($3::uuid is null or m.segment_id < $3)
       order by m.segment_id desc limit $4`,
      [owner.workspaceId, recordId, before, limit + 1],
    );
  }

  /**
   * Those records outside the bin that the conditions find, at most `limit`, kept from going there
   * until the commit.
   */
  hold(
    tx: Transaction,
    workspaceId: string,
    { table }: ObjectDefinition,
    conditions: readonly Condition[],
    limit: number,
  ): Promise<Moved[]> {
    const params = new Params(workspaceId);
    const where = conditions.map((condition) => condition(params)).join(' and ');
    return tx.query<Moved>(
      `select r.id, r.version from ${table} r
       where r.workspace_id = ${params.workspace} and r.deleted_at is null and ${where}
       order by r.id limit ${limit} for share of r`,
      params.values,
    );
  }

  /**
   * Counts what the conditions find, up to a bound, and names the newest: of all that are found
   * when the bound is not passed. One row of `count` and `ids`.
   */
  newest(
    workspaceId: string,
    definition: ObjectDefinition,
    conditions: readonly Condition[],
    bound: number,
    shown: number,
  ): Statement {
    const params = new Params(workspaceId);
    return {
      text: `with found as materialized (
          select r.id, r.created_at ${fromSql(definition, conditions, params)} limit ${bound + 1})
        select (select count(*) from found) as count, array(
          select f.id from found f order by f.created_at desc, f.id desc limit ${shown}) as ids`,
      params: params.values,
    };
  }

  /** Asks the planner how many they are, without looking. */
  planned(
    workspaceId: string,
    definition: ObjectDefinition,
    conditions: readonly Condition[],
  ): Statement {
    const params = new Params(workspaceId);
    const from = fromSql(definition, conditions, params);
    return { text: `explain (format json) select ${from}`, params: params.values };
  }
}

function fromSql(
  { table }: ObjectDefinition,
  conditions: readonly Condition[],
  params: Params,
): string {
  const where = [
    `r.workspace_id = ${params.workspace}`,
    'r.deleted_at is null',
    ...conditions.map((condition) => condition(params)),
  ];
  return `from ${table} r where ${where.join(' and ')}`;
}
