import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { addUnconverted, UsedRates } from '../deals/index.js';
import type { UnconvertedDto } from '../deals/index.js';
import { CurrencyConverter } from '../exchange-rates/index.js';
import type { WantedRate } from '../exchange-rates/index.js';
import type { ForecastDto, ForecastQueryDto, ForecastRowDto } from './forecast.dto.js';
import { ForecastRepository } from './forecast.repository.js';
import type { ForecastRows, ForecastScope } from './forecast.repository.js';
import { ForecastSums } from './forecast-sums.js';
import { MOST_MONTHS, monthsBetween, spanOf } from './period.js';

const USUAL_MONTHS = 6;

/** What will be sold. */
@Injectable()
export class ForecastService {
  constructor(
    private readonly repository: ForecastRepository,
    private readonly converter: CurrencyConverter,
  ) {}

  /**
   * The forecast; of who may read only their own deals, of those.
   * @throws Problem 422 for months in the wrong order, or too many.
   */
  async of(ctx: RequestContext, query: ForecastQueryDto): Promise<ForecastDto> {
    const months = monthsOf(query);
    const [from = '', to = ''] = [months[0], months.at(-1)];
    const by = query.by ?? 'month';
    const own = ctx.grants.get('deal:read') === 'own';
    const scope: ForecastScope = {
      from: spanOf(from)?.from as string,
      to: spanOf(to)?.to as string,
      pipelineId: query.pipelineId ?? null,
      ownerIds: own ? [ctx.principal.userId ?? ''] : null,
    };
    const base = await this.repository.baseOf(ctx);
    const today = new Date().toISOString().slice(0, 10);
    const rows = await this.repository.read(ctx, by, scope, base);
    const rates = new UsedRates(await this.converter.rates(ctx, wantedOf(rows, base, today)), base);
    const total = new ForecastSums(base, rates, today);
    const unconverted: UnconvertedDto[] = [];
    fill(
      () => total,
      { ...only(rows, true), quotas: rows.totalQuotas },
      (item) => addUnconverted(unconverted, item),
    );
    const keys = by === 'month' ? months : [];
    const sums = new Map<string | null, ForecastSums>(
      keys.map((key) => [key, new ForecastSums(base, rates, today)]),
    );
    fill(
      (key) => sumsFor(sums, key, () => new ForecastSums(base, rates, today)),
      only(rows, false),
    );
    return {
      ...{ from, to, by, currency: base, rates: rates.list() },
      rows: ordered([...sums].map(([key, sum]) => sum.row(key, rows.names.get(key ?? '') ?? null))),
      total: total.row(null, null),
      unconverted,
    };
  }
}

function monthsOf(query: ForecastQueryDto): string[] {
  const from = query.from ?? new Date().toISOString().slice(0, 7);
  const months = monthsBetween(from, query.to ?? '9999-12');
  if (query.to === undefined) return months.slice(0, USUAL_MONTHS);
  if (months.length > 0 && months.length <= MOST_MONTHS) return months;
  const detail = `must be from the first month to ${MOST_MONTHS} months later`;
  throw Problem.validation([{ pointer: '/to', code: 'range', detail }]);
}

function sumsFor(
  sums: Map<string | null, ForecastSums>,
  key: string | null,
  make: () => ForecastSums,
): ForecastSums {
  const known = sums.get(key) ?? make();
  sums.set(key, known);
  return known;
}

type Counted = Pick<ForecastRows, 'open' | 'won' | 'quotas'>;

/** What is of all keys together, or of each. */
const only = ({ open, won, quotas }: ForecastRows, isTotal: boolean): Counted => ({
  open: open.filter((row) => row.isTotal === isTotal),
  won: won.filter((row) => row.isTotal === isTotal),
  quotas,
});

/** Adds what was read to the sums of its keys. */
function fill(
  sumsOf: (key: string | null) => ForecastSums,
  { open, won, quotas }: Counted,
  lacking: (item: UnconvertedDto) => void = () => undefined,
): void {
  for (const row of open) if (!sumsOf(row.key).addOpen(row)) lacking(row);
  for (const row of won) if (!sumsOf(row.key).addWon(row)) lacking(row);
  for (const row of quotas) sumsOf(row.key).addQuota(row);
}

/** Every rate that the rows need: of today, and of the days on which deals were won. */
function wantedOf(rows: ForecastRows, base: string, today: string): WantedRate[] {
  const { open, won, quotas, totalQuotas } = rows;
  const now = [...open, ...quotas, ...totalQuotas].map(({ currency }) => ({
    from: currency,
    to: base,
    at: today,
  }));
  return [
    ...now,
    ...won.map(({ currency, day }) => ({ from: currency, to: base, at: day ?? today })),
  ];
}

const orderOf = ({ key, name }: ForecastRowDto): string => `${key === null ? 1 : 0}${name ?? key}`;

const ordered = (rows: ForecastRowDto[]): ForecastRowDto[] =>
  rows.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
