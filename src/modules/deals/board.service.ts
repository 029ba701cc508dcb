import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import { CurrencyConverter } from '../exchange-rates/index.js';
import type { UnconvertedDto } from './board.dto.js';
import { BoardRepository } from './board.repository.js';
import type { BoardDeal, BoardStage, StageTotal } from './board.repository.js';
import { addUnconverted, MoneySum, UsedRates } from './money-sum.js';

const MOST = 100;
const USUAL = 20;
/** The order of a board's deals, as lists know it. */
const SORT = '-stageEnteredAt';

/** A pipeline as people look at it all day: its stages side by side, with what is in them. */
@Injectable()
export class BoardService {
  constructor(
    private readonly boards: BoardRepository,
    private readonly converter: CurrencyConverter,
  ) {}

  /**
   * The board as JSON. Who may read only their own deals sees those, in the sums too.
   * @throws Problem 404 for the pipeline, 400 for the limit.
   */
  async of(
    ctx: RequestContext,
    pipelineId: string,
    query: { limit?: string; ownerId?: string },
  ): Promise<string> {
    const limit = limitOf(query.limit);
    const own = ctx.grants.get('deal:read') === 'own';
    const ownerId = own ? ctx.principal.userId : (query.ownerId?.toLowerCase() ?? null);
    const nobody = own && query.ownerId !== undefined && query.ownerId !== ctx.principal.userId;
    const rows = await this.boards.read(ctx, pipelineId, ownerId, limit);
    if (rows.stages.length === 0) throw Problem.notFound('pipeline', pipelineId);
    const at = new Date().toISOString().slice(0, 10);
    const wanted = rows.totals.map(({ currency }) => ({ from: currency, to: rows.base, at }));
    const rates = new UsedRates(await this.converter.rates(ctx, wanted), rows.base);
    const stages = rows.stages.map((stage) => {
      const of = <T extends { stageId: string }>(list: T[]): T[] =>
        nobody ? [] : list.filter(({ stageId }) => stageId === stage.id);
      const sums = sumsOf(of(rows.totals), rates, rows.base, at);
      return stageJson(ctx, stage, sums, of(rows.deals), limit, ownerId);
    });
    const { base } = rows;
    const head = JSON.stringify({ pipelineId, currency: base, rates: rates.list() }).slice(0, -1);
    return `${head},"stages":[${stages.join(',')}]}`;
  }
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? USUAL : Number(text);
  if (limit <= MOST) return limit;
  throw new Problem('invalid-parameter', `limit must be a number from 0 to ${MOST}.`);
}

function sumsOf(totals: readonly StageTotal[], rates: UsedRates, base: string, at: string) {
  const [sum, weighted] = [new MoneySum(base), new MoneySum(base)];
  const unconverted: UnconvertedDto[] = [];
  let count = 0;
  for (const total of totals) {
    count += total.deals;
    const rate = rates.get(total.currency, at)?.rate;
    if (rate === undefined) {
      addUnconverted(unconverted, total);
    } else {
      sum.add(total.amount, rate);
      weighted.add(total.weighted, rate);
    }
  }
  return { count, sum: sum.toString(), weightedSum: weighted.toString(), unconverted };
}

function stageJson(
  ctx: RequestContext,
  stage: BoardStage,
  sums: object,
  deals: readonly BoardDeal[],
  limit: number,
  ownerId: string | null,
): string {
  const shown = deals.slice(0, limit);
  const last = deals.length > limit ? shown.at(-1) : undefined;
  const more = last ? moreOf(ctx, stage.id, last, limit, ownerId) : null;
  const head = JSON.stringify({ ...stage, ...sums }).slice(0, -1);
  const items = shown.map(({ json }) => json).join(',');
  return `${head},"deals":[${items}],"more":${JSON.stringify(more)}}`;
}

/** The list goes on where the board ends. */
function moreOf(
  ctx: RequestContext,
  stageId: string,
  last: BoardDeal,
  limit: number,
  ownerId: string | null,
): string {
  const content = { sort: `${SORT},-id`, values: [last.enteredAt, last.id] };
  const query = new URLSearchParams({
    'filter[stageId]': stageId,
    ...(ownerId === null ? {} : { 'filter[ownerId]': ownerId }),
    ...{ sort: SORT, limit: String(limit), cursor: encodeCursor(content, ctx.workspaceId) },
  });
  return `/v1/deals?${query.toString()}`;
}
