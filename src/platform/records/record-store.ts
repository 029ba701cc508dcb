import type { RequestContext } from '../../common/context.js';
import type { Statement, StatementResult } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import type { ObjectDefinition } from './object-definition.js';
import { jsonSql } from './record-json.js';
import { rowOf, rowsJson } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { insertOneSql, insertSql, oneRowValues, rowColumns, updateSql } from './write-sql.js';

/** The statements of one object's table; each works on any number of records. */
export class RecordStore {
  private readonly sql: Record<
    'insertOne' | 'insert' | 'insertNew' | 'update' | 'lock' | 'json',
    string
  >;

  constructor(readonly definition: ObjectDefinition) {
    const { table } = definition;
    this.sql = {
      insertOne: insertOneSql(definition),
      insert: insertSql(definition, 'error'),
      insertNew: insertSql(definition, 'nothing'),
      update: updateSql(definition),
      // In the order of ids, so that two batches never wait for each other.
      lock: `select ${rowColumns(definition)} from ${table} r
        where r.workspace_id = $1 and r.id = any($2::uuid[]) order by r.id for update`,
      json: `select r.id, r.version, ${jsonSql(definition)} as json from ${table} r
        where r.workspace_id = $1 and r.id = any($2::uuid[])`,
    };
  }

  /** @param onConflict `skip`: records whose unique value is taken are missing in the result. */
  insert(
    ctx: RequestContext,
    rows: readonly RecordRow[],
    onConflict: 'error' | 'skip' = 'error',
  ): Statement {
    const [first] = rows;
    if (first && rows.length === 1 && onConflict === 'error') return this.insertOne(ctx, first);
    return {
      text: onConflict === 'error' ? this.sql.insert : this.sql.insertNew,
      params: [ctx.workspaceId, ctx.principal.userId, rowsJson(rows)],
    };
  }

  private insertOne(ctx: RequestContext, row: RecordRow): Statement {
    const values = oneRowValues(this.definition, row);
    return {
      text: this.sql.insertOne,
      params: [ctx.workspaceId, row.id, ctx.principal.userId, ...values],
    };
  }

  update(ctx: RequestContext, rows: readonly RecordRow[]): Statement {
    return {
      text: this.sql.update,
      params: [ctx.workspaceId, ctx.principal.userId, rowsJson(rows)],
    };
  }

  /** Reads records for a change and keeps others from changing them until the commit. */
  async lock(
    tx: Transaction,
    ctx: RequestContext,
    ids: readonly string[],
  ): Promise<Map<string, RecordRow>> {
    const rows = await tx.query(this.sql.lock, [ctx.workspaceId, ids]);
    return new Map(rows.map((row) => [row['id'] as string, rowOf(this.definition, row)]));
  }

  /** The records' JSON. */
  json(ctx: RequestContext, ids: readonly string[]): Statement {
    return { text: this.sql.json, params: [ctx.workspaceId, ids] };
  }

  /** Moves records to the bin, or back. */
  setDeleted(
    ctx: RequestContext,
    ids: readonly string[],
    deleted: boolean,
    mergedInto: string | null = null,
  ): Statement {
    return {
      text: `update ${this.definition.table} set deleted_at = ${deleted ? 'now()' : 'null'},
          merged_into = $4, version = version + 1, updated_at = now(), updated_by = $2
        where workspace_id = $1 and id = any($3::uuid[])`,
      params: [ctx.workspaceId, ctx.principal.userId, ids, mergedInto],
    };
  }

  /** Removes records for good. */
  purge(ctx: RequestContext, ids: readonly string[]): Statement {
    return {
      text: `delete from ${this.definition.table} where workspace_id = $1 and id = any($2::uuid[])`,
      params: [ctx.workspaceId, ids],
    };
  }
}

/** Records by id, from the result of `insert`, `update` or `json`. */
export function recordsById(result: StatementResult | undefined): Map<string, RecordJson> {
  const rows = (result?.rows ?? []) as unknown as RecordJson[];
  return new Map(rows.map((row) => [row.id, row]));
}
