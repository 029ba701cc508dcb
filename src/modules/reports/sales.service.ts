import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { Answer } from '../../platform/http/answers.js';
import { RATES_TAG } from '../exchange-rates/index.js';
import { ReportCache } from './report-cache.js';
import type { SalesBy, SalesQueryDto } from './report-params.dto.js';
import { ReportRates } from './report-rates.js';
import { ReportScopes } from './report-scope.js';
import type { ReportFormat } from './report-table.js';
import { SalesRepository } from './sales.repository.js';

const ORDERS = ['orders', 'creditNotes', 'revenue', 'credited'];

function columnsOf(by: SalesBy): string[] {
  if (by === 'product') {
    return [...['key', 'sku', 'name', 'lines', 'quantity'], 'revenue', 'credited'];
  }
  return by === 'customer' || by === 'owner' ? ['key', 'name', ...ORDERS] : ['key', ...ORDERS];
}

/** What was sold. */
@Injectable()
export class SalesService {
  constructor(
    private readonly scopes: ReportScopes,
    private readonly sales: SalesRepository,
    private readonly rates: ReportRates,
    private readonly cache: ReportCache,
  ) {}

  /** @throws Problem 422 naming each parameter that is wrong. */
  async answer(ctx: RequestContext, query: SalesQueryDto, format: ReportFormat): Promise<Answer> {
    const scope = await this.scopes.of(ctx, query, 'order');
    const by = query.by ?? 'month';
    const objects = ['orders', 'products', 'companies', 'contacts', 'users', RATES_TAG];
    return this.cache.answer(
      ctx,
      { name: 'sales', query: { by, scope }, format },
      objects,
      async () => {
        const { list, used, unconverted } = await this.ratesOf(ctx, scope);
        const { rows, total } = await this.sales.read(ctx, by, scope, { list, used, unconverted });
        const { from, to, currency, limit } = scope;
        return {
          names: columnsOf(by),
          rows: rows.slice(0, limit),
          about: {
            ...{ by, from, to, currency, rates: used, unconverted, total },
            truncated: rows.length > limit,
          },
        };
      },
    );
  }

  /** Rates of each day on which something was sold for foreign money. */
  private async ratesOf(ctx: RequestContext, scope: Parameters<SalesRepository['foreign']>[1]) {
    return this.rates.ofDays(ctx, scope.currency, await this.sales.foreign(ctx, scope));
  }
}
