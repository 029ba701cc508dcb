import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { utcSql } from '../../platform/records/utc-sql.js';
import type { ExchangeRateDto, ExchangeRateInput } from './exchange-rate.dto.js';

/** Which rates are wanted; null for any. */
export interface RateFilter {
  from: string | null;
  to: string | null;
  since: string | null;
  until: string | null;
}

/** The rate that a page goes on behind. */
export type AfterRate = readonly [date: string, from: string, to: string];

const COLUMNS = `e.from_currency as "from", e.to_currency as "to", e.on_date as date,
  e.rate::text as rate, ${utcSql('e.updated_at')} as "updatedAt", e.updated_by as "updatedBy"`;

/** SQL of exchange rates. */
@Injectable()
export class ExchangeRatesRepository {
  constructor(private readonly database: Database) {}

  /** Newest first; one more than the limit when there are more. */
  page(
    ctx: RequestContext,
    { from, to, since, until }: RateFilter,
    after: AfterRate | null,
    limit: number,
  ): Promise<ExchangeRateDto[]> {
    return this.database.query<ExchangeRateDto>(
      ctx,
      `select ${COLUMNS} from exchange_rates e where e.workspace_id = $1
         and ($2::text is null or e.from_currency = $2) and ($3::text is null or e.to_currency = $3)
         and ($4::date is null or e.on_date >= $4) and ($5::date is null or e.on_date <= $5)
         and ($6::date is null or (e.on_date, e.from_currency, e.to_currency) < ($6, $7::text, $8::text))
       order by e.on_date desc, e.from_currency desc, e.to_currency desc limit $9`,
      [ctx.workspaceId, from, to, since, until, ...(after ?? [null, null, null]), limit + 1],
    );
  }

  /** Writes rates, in the order of their keys, so that two writers never wait for each other. */
  async put(
    tx: Transaction,
    ctx: RequestContext,
    rates: readonly ExchangeRateInput[],
  ): Promise<{ isNew: boolean }[]> {
    return tx.query<{ isNew: boolean }>(
      `insert into exchange_rates as e
         (workspace_id, from_currency, to_currency, on_date, rate, updated_by)
       select $1, r."from", r."to", r.date, r.rate, $3
       from json_to_recordset($2::json) as r ("from" text, "to" text, date date, rate numeric)
       order by r."from", r."to", r.date
       on conflict (workspace_id, from_currency, to_currency, on_date) do update
         set rate = excluded.rate, updated_at = now(), updated_by = excluded.updated_by
         where e.rate <> excluded.rate
       returning (xmax = 0) as "isNew"`,
      [ctx.workspaceId, JSON.stringify(rates), ctx.principal.userId],
    );
  }

  async remove(
    tx: Transaction,
    ctx: RequestContext,
    { from, to, date }: Omit<ExchangeRateInput, 'rate'>,
  ): Promise<boolean> {
    const rows = await tx.query(
      `delete from exchange_rates where workspace_id = $1 and from_currency = $2
         and to_currency = $3 and on_date = $4 returning rate`,
      [ctx.workspaceId, from, to, date],
    );
    return rows.length > 0;
  }
}
