import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { Params } from '../../../platform/records/params.js';
import { reachCondition } from '../../../platform/records/reach.js';
import { rowOf } from '../../../platform/records/record-row.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { rowColumns } from '../../../platform/records/write-sql.js';
import { planMatch } from '../../../platform/search/match-condition.js';
import { COMPANY } from '../../companies/index.js';
import { CONTACT } from '../../contacts/index.js';

const MOST_CANDIDATES = 50;

type Condition = (params: Params) => string;

/** SQL of converting: who may be meant, and what moves along. */
@Injectable()
export class ConversionRepository {
  constructor(private readonly database: Database) {}

  /** Contacts the caller may see with this address or one of these numbers. */
  contacts(
    ctx: RequestContext,
    email: string | null,
    phones: readonly string[],
  ): Promise<RecordRow[]> {
    return this.visible(ctx, CONTACT, (params) => {
      const numbers = params.add(phones, 'text[]');
      return `(r.email = ${params.add(email, 'text')}
        or r.phone = any(${numbers}) or r.mobile = any(${numbers}))`;
    });
  }

  /** Companies the caller may see with this domain, or of about this name. */
  async companies(
    ctx: RequestContext,
    domain: string | null,
    name: string | null,
    words: string,
  ): Promise<RecordRow[]> {
    const found = await this.visible(
      ctx,
      COMPANY,
      (params) =>
        `(r.domain = ${params.add(domain, 'text')} or r.name = ${params.add(name, 'text')})`,
    );
    if (words === '') return found;
    const { condition } = await planMatch(this.database, ctx, COMPANY.object, words);
    return [...found, ...(await this.visible(ctx, COMPANY, condition))];
  }

  /** One record the caller may see. */
  async one(
    ctx: RequestContext,
    definition: ObjectDefinition,
    id: string,
  ): Promise<RecordRow | undefined> {
    const [row] = await this.visible(
      ctx,
      definition,
      (params) => `r.id = ${params.add(id, 'uuid')}`,
    );
    return row;
  }

  /** The lead's history is from now on part of the history of what it became. */
  async linkTimeline(
    tx: Transaction,
    workspaceId: string,
    leadId: string,
    recordIds: readonly string[],
  ): Promise<void> {
    await tx.query(
      `insert into event_records (workspace_id, record_id, event_id, version, changes)
       select $1, t.id, h.event_id, h.version, h.changes
       from unnest($3::uuid[]) as t (id) cross join (
         select e.id as event_id, 0 as version, e.changes from events e
         where e.workspace_id = $1 and e.record_id = $2
         union all
         select r.event_id, r.version, r.changes from event_records r
         where r.workspace_id = $1 and r.record_id = $2) h
       on conflict do nothing`,
      [workspaceId, leadId, recordIds],
    );
  }

  private async visible(
    ctx: RequestContext,
    definition: ObjectDefinition,
    condition: Condition,
  ): Promise<RecordRow[]> {
    const params = new Params(ctx.workspaceId);
    const reach = reachCondition(ctx, definition)?.(params) ?? 'true';
    const rows = await this.database.query(
      ctx,
      `select ${rowColumns(definition)} from ${definition.table} r
        where r.workspace_id = $1 and r.deleted_at is null and ${reach} and ${condition(params)}
        limit ${MOST_CANDIDATES}`,
      params.values,
    );
    return rows.map((row) => rowOf(definition, row));
  }
}
