import { MoneySum } from '../deals/index.js';
import type { UsedRates } from '../deals/index.js';
import type { ForecastRowDto } from './forecast.dto.js';
import type { OpenRow, QuotaRow, WonRow } from './forecast.repository.js';

/** The sums of one row of a forecast. */
export class ForecastSums {
  private deals = 0;
  private hasQuota = false;
  private readonly closed: MoneySum;
  private readonly commit: MoneySum;
  private readonly bestCase: MoneySum;
  private readonly pipeline: MoneySum;
  private readonly weighted: MoneySum;
  private readonly quota: MoneySum;

  constructor(
    private readonly base: string,
    private readonly rates: UsedRates,
    private readonly today: string,
  ) {
    const sum = (): MoneySum => new MoneySum(base);
    [this.closed, this.commit, this.bestCase] = [sum(), sum(), sum()];
    [this.pipeline, this.weighted, this.quota] = [sum(), sum(), sum()];
  }

  /** False when there is no rate: nothing is added then. */
  addOpen({ category, currency, deals, amount, weighted }: OpenRow): boolean {
    const rate = this.rates.get(currency, this.today)?.rate;
    if (rate === undefined) return false;
    this.deals += deals;
    this.weighted.add(weighted, rate);
    // What is committed is a part of the best case, and that of the pipeline.
    const sum = new MoneySum(this.base).add(amount, rate);
    this.pipeline.plus(sum);
    if (category === 'bestCase' || category === 'commit') this.bestCase.plus(sum);
    if (category === 'commit') this.commit.plus(sum);
    return true;
  }

  /** False when there is no rate: nothing is added then. */
  addWon({ currency, day, amount }: WonRow): boolean {
    const rate = day === null ? '1' : this.rates.get(currency, day)?.rate;
    if (rate === undefined) return false;
    const won = new MoneySum(this.base).add(amount, rate);
    for (const sum of [this.closed, this.commit, this.bestCase, this.pipeline, this.weighted]) {
      sum.plus(won);
    }
    return true;
  }

  addQuota({ currency, amount }: QuotaRow): void {
    const rate = this.rates.get(currency, this.today)?.rate;
    if (rate === undefined) return;
    this.hasQuota = true;
    this.quota.add(amount, rate);
  }

  row(key: string | null, name: string | null): ForecastRowDto {
    return {
      ...{ key, name, deals: this.deals },
      closed: this.closed.toString(),
      commit: this.commit.toString(),
      bestCase: this.bestCase.toString(),
      pipeline: this.pipeline.toString(),
      weighted: this.weighted.toString(),
      quota: this.hasQuota ? this.quota.toString() : null,
      attainment: this.hasQuota ? this.closed.percentOf(this.quota) : null,
    };
  }
}
