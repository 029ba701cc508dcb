import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { currencyCodes } from '../../common/values/currency.js';
import { UsedRates } from '../deals/index.js';
import type { UsedRateDto } from '../deals/index.js';
import { CurrencyConverter } from '../exchange-rates/index.js';
import type { WantedRate } from '../exchange-rates/index.js';

/** The latest rates to a currency, for statements to multiply by. */
export interface LatestRates {
  list: { c: string; rate: string }[];
  /** Those of them that a report may have used. */
  used(any: boolean): UsedRateDto[];
}

/** A rate of a currency on a day, for statements to multiply by. */
export interface DayRate {
  c: string;
  d: string;
  rate: string;
}

/** Amounts of a currency that is another, on one day. */
export interface ForeignAmount {
  currency: string;
  day: string;
  records: number;
  amount: string;
}

/** Rates as statements take them. */
@Injectable()
export class ReportRates {
  constructor(private readonly converter: CurrencyConverter) {}

  /** Those of today, to a currency; itself among them. */
  async latest(ctx: RequestContext, to: string): Promise<LatestRates> {
    const at = new Date().toISOString().slice(0, 10);
    const wanted = currencyCodes().map((from): WantedRate => ({ from, to, at }));
    const rates = new UsedRates(await this.converter.rates(ctx, wanted), to);
    const list = wanted.flatMap(({ from }) => {
      const found = rates.get(from, at);
      return found ? [{ c: from, rate: found.rate }] : [];
    });
    return { list, used: (any) => (any ? rates.list() : []) };
  }
}
