import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { currencyCodes } from '../../common/values/currency.js';
import { MoneySum, UsedRates } from '../deals/index.js';
import type { UsedRateDto } from '../deals/index.js';
import { CurrencyConverter } from '../exchange-rates/index.js';
import type { WantedRate } from '../exchange-rates/index.js';

/** The latest rates to a currency, for statements to multiply by. */
export interface LatestRates {
  list: { c: string; rate: string }[];
  /** Those that are not of the currency to itself. */
  used: UsedRateDto[];
}

/** Amounts in a currency other than that of the report, on one day. */
export interface ForeignAmount {
  currency: string;
  day: string;
  records: number;
  amount: string;
}

/** What could not be converted: it is in no sum. */
export interface Unconverted {
  currency: string;
  records: number;
  amount: string;
}

/** Rates of days, for statements to multiply by. */
export interface DayRates {
  list: { c: string; d: string; rate: string }[];
  used: UsedRateDto[];
  unconverted: Unconverted[];
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
    return { list, used: rates.list() };
  }

  /** Those of the days on which something was sold for foreign money. */
  async ofDays(
    ctx: RequestContext,
    to: string,
    foreign: readonly ForeignAmount[],
  ): Promise<DayRates> {
    const wanted = foreign.map(({ currency, day }): WantedRate => ({
      from: currency,
      to,
      at: day,
    }));
    const rates = new UsedRates(await this.converter.rates(ctx, wanted), to);
    const list: DayRates['list'] = [];
    const lacking = new Map<string, { records: number; sum: MoneySum }>();
    for (const { currency, day, records, amount } of foreign) {
      const found = rates.get(currency, day);
      if (found) {
        list.push({ c: currency, d: day, rate: found.rate });
        continue;
      }
      const known = lacking.get(currency) ?? { records: 0, sum: new MoneySum(currency) };
      known.sum.add(amount, '1');
      lacking.set(currency, { ...known, records: known.records + records });
    }
    const unconverted = [...lacking].map(([currency, { records, sum }]) => ({
      ...{ currency, records, amount: sum.toString() },
    }));
    return { list, used: rates.list(), unconverted };
  }
}
