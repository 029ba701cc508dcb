import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { rescaled, textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import { Database } from '../../platform/database/database.js';
import { distinctRates, Rates, rateStatement } from './rate-lookup.js';
import type { FoundRate, WantedRate } from './rate-lookup.js';

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;

/**
 * An amount at a rate, rounded once to the decimals of the currency it is in then, half away from
 * zero.
 * @param amount plain decimal text; @param rate plain decimal text, above 0.
 */
export function atRate(amount: string, rate: string, currency: string): string {
  const [scale, rateScale] = [decimalsOf(amount), decimalsOf(rate)];
  const product = unitsOf(amount, scale) * unitsOf(rate, rateScale);
  const decimals = minorUnits(currency);
  return textOf(rescaled(product, scale + rateScale, decimals), decimals);
}

/** An amount in another currency, and by which rate. */
export interface Conversion extends FoundRate {
  amount: string;
  converted: string;
}

/** Amounts of one currency in another, by the workspace's table of rates. */
@Injectable()
export class CurrencyConverter {
  constructor(private readonly database: Database) {}

  /** The workspace's own currency. */
  async baseOf(ctx: RequestContext): Promise<string> {
    const [workspace] = await this.database.query<{ currency: string }>(
      ctx,
      'select default_currency as currency from workspaces where id = $1',
      [ctx.workspaceId],
    );
    return workspace?.currency as string;
  }

  /** Looks up many rates with one statement; those that there are none of are left out. */
  async rates(ctx: RequestContext, wanted: readonly WantedRate[]): Promise<Rates> {
    const distinct = distinctRates(wanted);
    if (distinct.length === 0) return new Rates();
    const [result] = await this.database.run(ctx, [rateStatement(ctx.workspaceId, distinct)]);
    return new Rates(result);
  }

  /**
   * Converts one amount.
   * @returns null when there is no rate at or before the day, in either direction.
   */
  async convert(
    ctx: RequestContext,
    amount: string,
    wanted: WantedRate,
  ): Promise<Conversion | null> {
    const rate = (await this.rates(ctx, [wanted])).get(wanted);
    if (!rate) return null;
    return { ...rate, amount, converted: atRate(amount, rate.rate, wanted.to) };
  }
}
