import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { atLeast, rescaled, shortest, textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import { Database } from '../../platform/database/database.js';
import type { Row } from '../../platform/database/pipeline.js';
import type { Answer } from '../../platform/http/answers.js';
import { conditionSql } from '../../platform/records/condition-sql.js';
import { Params } from '../../platform/records/params.js';
import { RATES_TAG } from '../exchange-rates/index.js';
import { ReportCache } from './report-cache.js';
import { ReportConditions } from './report-conditions.js';
import type { ReportFields, Target } from './report-fields.js';
import { isAmount, planReport } from './report-plan.js';
import type { PlannedMeasure, ReportPlan } from './report-plan.js';
import { parseReportQuery } from './report-query.js';
import type { ReportQuery } from './report-query.js';
import { ReportRates } from './report-rates.js';
import type { LatestRates } from './report-rates.js';
import { ROOM } from './report-room.js';
import { lackingStatement, reportStatement } from './report-sql.js';
import type { ReportScope } from './report-sql.js';
import type { Cell, ReportFormat, ReportRow, ReportTable } from './report-table.js';
import { ReportTargets } from './report-targets.js';
import { WorkspaceClock } from './workspace-clock.js';

/** Answers any question of how many and how much. */
@Injectable()
export class ReportQueryService {
  constructor(
    private readonly database: Database,
    private readonly targets: ReportTargets,
    private readonly conditions: ReportConditions,
    private readonly rates: ReportRates,
    private readonly clock: WorkspaceClock,
    private readonly cache: ReportCache,
  ) {}

  /**
   * @throws Problem 422 naming each fault of the body, 400 for the filter, 403 for what the caller
   * may not read, 503 when it takes longer than the database may.
   */
  async answer(ctx: RequestContext, body: unknown, format: ReportFormat): Promise<Answer> {
    const query = parseReportQuery(body);
    const base = await this.targets.of(ctx, query.object);
    const fields = await this.targets.fields(ctx, base, query);
    const plan = planReport(query, fields, () => this.targets.names(base));
    const condition = await this.conditions.check(ctx, query, base, fields);
    const conditions = reachOf(ctx, base, fields);
    const objects = new Set([...fields.objects(), ...(condition?.objects ?? [])]);
    if (query.currency !== undefined) objects.add(RATES_TAG);
    const asked = { name: 'query', query: { query, asOf: condition?.asOf }, format };
    return this.cache.answer(ctx, asked, [...objects], async () => {
      const timeZone = query.timeZone ?? (await this.clock.settings(ctx)).timeZone;
      const latest =
        query.currency === undefined ? null : await this.rates.latest(ctx, query.currency);
      const scope = (): ReportScope => {
        const params = new Params(ctx.workspaceId);
        const where = [
          `r.workspace_id = ${params.workspace}`,
          ...conditions.map((sql) => sql(params)),
          ...(condition ? [conditionSql(condition.filterable, condition.typed, params)] : []),
        ];
        const { limit } = query;
        return { params, from: fields.from(), where, timeZone, rates: latest?.list ?? null, limit };
      };
      return this.make(ctx, query, plan, scope, timeZone, latest);
    });
  }

  private async make(
    ctx: RequestContext,
    query: ReportQuery,
    plan: ReportPlan,
    scope: () => ReportScope,
    timeZone: string,
    latest: LatestRates | null,
  ): Promise<ReportTable> {
    const [, result] = await this.database.run(ctx, [ROOM, reportStatement(plan, scope())]);
    const found = result?.rows ?? [];
    const isLacking = Number(found[0]?.['lacking'] ?? 0) > 0;
    const [, lacking] = isLacking
      ? await this.database.run(ctx, [ROOM, lackingStatement(plan, scope())])
      : [];
    const columns = columnsOf(plan);
    return {
      names: columns.map(({ name }) => name),
      rows: found.slice(0, query.limit).map((row) => rowOf(row, plan, query.currency)),
      about: {
        ...{ object: query.object, timeZone, currency: query.currency ?? null },
        ...{ rates: latest?.used ?? [], unconverted: lacking?.rows ?? [] },
        ...{ columns, truncated: found.length > query.limit },
      },
    };
  }
}

/** What of the object is in use, and the caller may see. */
function reachOf(ctx: RequestContext, { definition }: Target, fields: ReportFields) {
  const conditions: ((params: Params) => string)[] = [];
  if (!definition.isPart) conditions.push(() => 'r.deleted_at is null');
  if (ctx.grants.get(`${definition.object}:read`) === 'own') {
    const owner = definition.isPart ? fields.get('order.ownerId')?.sql : 'r.owner_id';
    conditions.push((params) => `${owner} = ${params.add(ctx.principal.userId, 'uuid')}`);
  }
  return conditions;
}

interface Column {
  name: string;
  kind: 'dimension' | 'measure';
  field: string | null;
  by?: string;
  measure?: string;
}

const columnsOf = ({ dimensions, measures }: ReportPlan): Column[] => [
  ...dimensions.map(({ as, field, by }): Column => ({
    ...{ name: as, kind: 'dimension', field },
    ...(by === null ? {} : { by }),
  })),
  ...measures.map(({ as, field, measure }): Column => ({
    ...{ name: as, kind: 'measure', field, measure },
  })),
];

function rowOf(row: Row, plan: ReportPlan, currency: string | undefined): ReportRow {
  const cells: ReportRow = {};
  for (const [index, { as }] of plan.dimensions.entries()) cells[as] = row[`d${index}`] as Cell;
  for (const [index, measure] of plan.measures.entries()) {
    const value = row[`m${index}`] as Cell;
    cells[measure.as] = isAmount(measure) ? amountOf(value, measure, currency, plan, cells) : value;
  }
  return cells;
}

/** An amount with the decimals of its currency; what is not exact anyway is rounded, once. */
function amountOf(
  value: Cell,
  { of, measure }: PlannedMeasure,
  wanted: string | undefined,
  { dimensions }: ReportPlan,
  cells: ReportRow,
): Cell {
  if (typeof value !== 'string') return value;
  const column = dimensions.find(({ field }) => field === of?.currency?.name)?.as;
  const currency = wanted ?? (column === undefined ? null : cells[column]);
  const decimals = minorUnits(String(currency));
  const isExact = wanted === undefined && measure !== 'avg' && measure !== 'median';
  if (isExact) return atLeast(shortest(value), decimals);
  const scale = value.split('.')[1]?.length ?? 0;
  return textOf(rescaled(unitsOf(value, scale), scale, decimals), decimals);
}
