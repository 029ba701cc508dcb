import { rescaled, textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import type { FoundRate, Rates } from '../exchange-rates/index.js';
import type { UnconvertedDto, UsedRateDto } from './board.dto.js';

/** Decimals that sums are carried with before they are rounded: those of amounts and of rates. */
const SCALE = 24;

/** Amounts of several currencies, added up in one; those without a rate are kept apart. */
export class MoneySum {
  private units = 0n;

  constructor(private readonly currency: string) {}

  /** @param amount plain decimal text; @param rate plain decimal text. */
  add(amount: string, rate: string): this {
    const scale = amount.split('.')[1]?.length ?? 0;
    const rateScale = rate.split('.')[1]?.length ?? 0;
    const product = unitsOf(amount, scale) * unitsOf(rate, rateScale);
    this.units += rescaled(product, scale + rateScale, SCALE);
    return this;
  }

  plus(other: MoneySum): this {
    this.units += other.units;
    return this;
  }

  /** So much of another sum, in percent with one decimal; null of nothing. */
  percentOf(whole: MoneySum): string | null {
    if (whole.units === 0n) return null;
    return textOf((this.units * 2000n + whole.units) / (whole.units * 2n), 1);
  }

  minus(other: MoneySum): MoneySum {
    const difference = new MoneySum(this.currency);
    difference.units = this.units - other.units;
    return difference;
  }

  /** Rounded once, to the decimals of the currency, half away from zero. */
  toString(): string {
    const decimals = minorUnits(this.currency);
    return textOf(rescaled(this.units, SCALE, decimals), decimals);
  }
}

/** The rates of a report, each once, without those of a currency to itself. */
export class UsedRates {
  private readonly used = new Map<string, UsedRateDto>();

  constructor(
    private readonly rates: Rates,
    private readonly base: string,
  ) {}

  /** The rate of a currency as of a day, noted as used; undefined when there is none. */
  get(currency: string, at: string): FoundRate | undefined {
    const found = this.rates.get({ from: currency, to: this.base, at });
    if (found && found.source !== 'same') {
      const { from, to, rate, date } = found;
      this.used.set(`${from} ${date}`, { from, to, rate, date });
    }
    return found;
  }

  list(): UsedRateDto[] {
    return [...this.used.values()].sort((a, b) =>
      `${a.from} ${a.date}` < `${b.from} ${b.date}` ? -1 : 1,
    );
  }
}

/** Adds deals of a currency without a rate to those known of. */
export function addUnconverted(
  list: UnconvertedDto[],
  { currency, deals, amount }: UnconvertedDto,
): void {
  const known = list.find((item) => item.currency === currency);
  const decimals = minorUnits(currency);
  const units = unitsOf(amount, decimals) + unitsOf(known?.amount ?? '0', decimals);
  if (known) Object.assign(known, { deals: known.deals + deals, amount: textOf(units, decimals) });
  else list.push({ currency, deals, amount: textOf(units, decimals) });
}
