import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { MovedPermanently, Problem } from '../../common/errors.js';
import type { ListQuery } from '../../common/list-query.js';
import type { Transaction } from '../database/transaction.js';
import type { PageJson, RecordJson } from '../http/answers.js';
import { planMatch } from '../search/match-condition.js';
import type { Match } from '../search/match-condition.js';
import { conditionSql } from './condition-sql.js';
import { includeSql } from './includes.js';
import { countStatement, isWhole, longerStatement, pageStatement } from './list-sql.js';
import type { ListPlan } from './list-sql.js';
import { Params } from './params.js';
import type { ObjectDefinition } from './object-definition.js';
import { reachCondition } from './reach.js';
import { checkAcross, checkPlain } from './record-conditions.js';
import type { RecordKit } from './record-kit.js';
import { jsonSql } from './record-json.js';
import { RowLoader } from './row-loader.js';
import type { WorkspaceSettings } from './record-settings.js';
import { cursorKey, sortKeys } from './sort-keys.js';
import type { SortKey, SortValue } from './sort-keys.js';

/** Which parts of a record are wanted. */
export interface View {
  fields?: readonly string[];
  include?: readonly string[];
}

/** A record, in the bin or not. */
type OneRow = RecordJson & {
  owner_id: string | null;
  deleted: boolean;
  merged_into: string | null;
};

type PageRow = { json: string } & Record<string, SortValue>;

const DEFAULT_SORT = [{ field: 'createdAt', direction: 'desc' as const }];

/** Reads records as JSON that PostgreSQL has written. */
export class RecordReader {
  private readonly whole: RowLoader<OneRow>;

  constructor(
    private readonly kit: RecordKit,
    private readonly definition: ObjectDefinition,
  ) {
    this.whole = new RowLoader(kit.database, (condition) =>
      this.select(jsonSql(definition), condition),
    );
  }

  /**
   * One record outside the bin.
   * @throws Problem 404; MovedPermanently for a record that lives on in another.
   */
  async get(ctx: RequestContext, id: string, view: View = {}): Promise<RecordJson> {
    const partial = view.fields !== undefined || (view.include?.length ?? 0) > 0;
    const row = partial ? await this.part(ctx, id, view) : await this.whole.get(ctx, id);
    const ownOnly = ctx.grants.get(`${this.definition.object}:read`) === 'own';
    const hidden = ownOnly && row?.owner_id !== ctx.principal.userId;
    if (!row || hidden) throw Problem.notFound(this.definition.object, id);
    if (row.merged_into !== null) throw new MovedPermanently(id, row.merged_into);
    if (row.deleted) throw Problem.notFound(this.definition.object, id);
    return { id: row.id, version: row.version, json: row.json, partial };
  }

  /**
   * A page of the list that the query describes.
   * @param among a further condition over the row `r`, such as belonging to a segment.
   */
  async page(
    ctx: RequestContext,
    query: ListQuery,
    among?: (params: Params) => string,
  ): Promise<PageJson> {
    const settings = await this.kit.settings.of(ctx, this.definition, usesCustom(query));
    const plan = await this.plan(ctx, query, settings);
    if (among) plan.conditions = [...plan.conditions, among];
    const statements = [pageStatement(plan)];
    if (query.count !== 'none') statements.push(countStatement(plan, query.count));
    const [rows, count] = await this.kit.database.run(ctx, statements);
    const found = await this.completed(ctx, plan, (rows?.rows ?? []) as unknown as PageRow[]);
    const hasMore = found.length > query.limit;
    const data = hasMore ? found.slice(0, query.limit) : found;
    const last = hasMore ? data.at(-1) : undefined;
    const nextCursor = last ? this.cursorOf(ctx, plan.keys, last) : null;
    const page = { nextCursor, hasMore, ...totalOf(query.count, count?.rows[0]) };
    const items = data.map(({ json }) => json).join(',');
    return { json: `{"data":[${items}],"page":${JSON.stringify(page)}}`, nextCursor };
  }

  /** The rows of a page, where the words it looked for may be further down than it looked. */
  private async completed(
    ctx: RequestContext,
    plan: ListPlan,
    found: PageRow[],
  ): Promise<PageRow[]> {
    const { byAll } = plan.match ?? {};
    if (!byAll || isWhole(plan, found)) return found;
    const { database } = this.kit;
    const [longer] = await database.run(ctx, [longerStatement(plan)]);
    if (longer?.rows[0]?.['isLonger'] !== true) return found;
    const whole = pageStatement({ ...plan, match: { condition: byAll } });
    const [rows] = await database.run(ctx, [whole]);
    return (rows?.rows ?? []) as unknown as PageRow[];
  }

  /** The list as SQL, for pages and exports. */
  async plan(
    ctx: RequestContext,
    query: ListQuery,
    settings: WorkspaceSettings,
  ): Promise<ListPlan> {
    const { definition } = this;
    const custom = (name: string): { numeric: boolean } | undefined => {
      const type = settings.properties.get(name)?.type;
      if (!type || type === 'multiSelect') return undefined;
      return { numeric: type === 'number' || type === 'money' };
    };
    const requested = query.sort.length > 0 ? query.sort : DEFAULT_SORT;
    const keys = sortKeys(definition, requested, custom);
    const conditions = [reachCondition(ctx, definition)].filter((item) => item !== undefined);
    if (query.where) {
      const { where, relations } = query;
      const checked = relations
        ? (await checkAcross(this.kit, ctx, definition, where, usesCustom(query))).condition
        : checkPlain(definition, settings, where);
      conditions.push((params) => conditionSql(definition, checked, params));
    }
    return {
      definition,
      workspaceId: ctx.workspaceId,
      json: this.viewSql(ctx, query),
      keys,
      conditions,
      match: await this.matchOf(ctx, query),
      deleted: query.deleted,
      limit: query.limit,
      cursor: query.cursor === undefined ? undefined : this.readCursor(ctx, keys, query.cursor),
    };
  }

  private async matchOf(ctx: RequestContext, query: ListQuery): Promise<Match | undefined> {
    if (!query.query) return undefined;
    const { object, searchPart: part } = this.definition;
    const options = { inBin: query.deleted, part };
    return planMatch(this.kit.database, ctx, object, query.query, options);
  }

  private viewSql(ctx: RequestContext, view: View): string {
    const further = includeSql(this.kit, ctx, this.definition, view.include ?? []);
    return jsonSql(this.definition, view.fields, further);
  }

  private async part(ctx: RequestContext, id: string, view: View): Promise<OneRow | undefined> {
    const text = this.select(this.viewSql(ctx, view), 'r.workspace_id = $1 and r.id = $2');
    const [row] = await this.kit.database.query<OneRow>(ctx, text, [ctx.workspaceId, id]);
    return row;
  }

  private select(json: string, condition: string): string {
    return `select r.id, r.version, r.owner_id, r.deleted_at is not null as deleted, r.merged_into,
        ${json} as json
      from ${this.definition.table} r where ${condition}`;
  }

  private cursorOf(
    ctx: RequestContext,
    keys: readonly SortKey[],
    row: Record<string, SortValue>,
  ): string {
    const values = keys.map((_, index) => row[`k${index}`] ?? null);
    return encodeCursor({ sort: signatureOf(keys), values }, ctx.workspaceId);
  }

  private readCursor(ctx: RequestContext, keys: readonly SortKey[], cursor: string): SortValue[] {
    const types = keys.map(cursorKey);
    return decodeCursor(cursor, signatureOf(keys), ctx.workspaceId, types).values;
  }
}

/** Text that differs for orders whose cursors must not be mixed. */
function signatureOf(keys: readonly SortKey[]): string {
  return keys.map(({ name, descending }) => (descending ? '-' : '') + name).join(',');
}

function usesCustom(query: ListQuery): boolean {
  return JSON.stringify([query.where, query.sort]).includes('custom.');
}

function totalOf(
  kind: ListQuery['count'],
  row: Record<string, unknown> | undefined,
): { total?: number } {
  if (kind === 'none' || !row) return {};
  if (kind === 'exact') return { total: row['total'] as number };
  const text = row['QUERY PLAN'];
  const plan = (typeof text === 'string' ? JSON.parse(text) : text) as [
    { Plan: { 'Plan Rows': number } },
  ];
  return { total: plan[0].Plan['Plan Rows'] };
}

/** Those of the ids that the caller may read and that are not in the bin. */
export async function reachIds(
  tx: Transaction,
  ctx: RequestContext,
  definition: ObjectDefinition,
  ids: readonly string[],
): Promise<Set<string>> {
  const params = new Params(ctx.workspaceId);
  params.add(ids);
  const reach = reachCondition(ctx, definition)?.(params) ?? 'true';
  const rows = await tx.query<{ id: string }>(
    `select r.id from ${definition.table} r where r.workspace_id = $1
      and r.id = any($2::uuid[]) and r.deleted_at is null and ${reach}`,
    params.values,
  );
  return new Set(rows.map(({ id }) => id));
}
