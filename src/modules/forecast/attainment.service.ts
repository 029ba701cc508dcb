import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { addUnconverted, MoneySum, UsedRates } from '../deals/index.js';
import type { UnconvertedDto } from '../deals/index.js';
import { CurrencyConverter } from '../exchange-rates/index.js';
import type { AttainmentDto } from './forecast.dto.js';
import { ForecastRepository } from './forecast.repository.js';
import type { QuotaDto } from './quota.dto.js';
import { QuotasService } from './quotas.service.js';

/** How far quotas are reached. */
@Injectable()
export class AttainmentService {
  constructor(
    private readonly quotas: QuotasService,
    private readonly repository: ForecastRepository,
    private readonly converter: CurrencyConverter,
  ) {}

  /** What was won in the quota's period, in its currency. @throws Problem 404. */
  async attainment(ctx: RequestContext, id: string): Promise<AttainmentDto> {
    const record = await this.quotas.reader.get(ctx, id);
    const quota = JSON.parse(record.json) as QuotaDto;
    const currency = quota.currency as string;
    const ownerIds = quota.teamId
      ? await this.repository.membersOf(ctx, quota.teamId)
      : [quota.userId as string];
    const [from, to] = [quota.startsOn as string, quota.endsOn as string];
    const scope = { from, to, ownerIds, pipelineId: null };
    // Of the deals' own amounts where they were not counted in the quota's currency anyway.
    const won = await this.repository.won(ctx, scope, currency);
    const wanted = won.map((row) => ({ from: row.currency, to: currency, at: row.day ?? to }));
    const rates = new UsedRates(await this.converter.rates(ctx, wanted), currency);
    const [closed, whole] = [new MoneySum(currency), new MoneySum(currency)];
    whole.add(quota.amount, '1');
    const unconverted: UnconvertedDto[] = [];
    for (const row of won) {
      const rate = row.day === null ? '1' : rates.get(row.currency, row.day)?.rate;
      if (rate === undefined) addUnconverted(unconverted, row);
      else closed.add(row.amount, rate);
    }
    return {
      ...{ quotaId: id, period: quota.period, currency, quota: quota.amount },
      ...{ closed: closed.toString(), missing: whole.minus(closed).toString() },
      ...{ attainment: closed.percentOf(whole), rates: rates.list(), unconverted },
    };
  }
}
