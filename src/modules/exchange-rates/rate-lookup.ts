import type { Statement, StatementResult } from '../../platform/database/pipeline.js';

/** A rate that is wanted: from one currency to another, as of a day (`YYYY-MM-DD`). */
export interface WantedRate {
  from: string;
  to: string;
  at: string;
}

/** A rate that was found: `amount × rate` is the amount in the other currency. */
export interface FoundRate extends WantedRate {
  /** Exact decimal. */
  rate: string;
  /** The day that the rate is of: the latest one at or before `at`. */
  date: string;
  /** Whether the table has it as it is, or the other way round. */
  source: 'given' | 'inverse' | 'same';
}

/** Decimals of the rates that are worked out from the other direction. */
const INVERSE_SCALE = 15;

/**
 * Looks rates up, many at once: the latest at or before the day, of the pair itself or of the pair
 * the other way round, whichever is later (the pair itself when both are of one day).
 */
export function rateStatement(workspaceId: string, wanted: readonly WantedRate[]): Statement {
  return {
    text: `select w."from", w."to", w.at, x.rate, x.on_date as date, x.source
      from json_to_recordset($2::json) as w ("from" text, "to" text, at date)
      cross join lateral (
        select * from (
          (select e.rate, e.on_date, 'given' as source from exchange_rates e
            where e.workspace_id = $1 and e.from_currency = w."from" and e.to_currency = w."to"
              and e.on_date <= w.at order by e.on_date desc limit 1)
          union all
          (select trim_scale(round(1 / e.rate, ${INVERSE_SCALE})), e.on_date, 'inverse'
            from exchange_rates e
            where e.workspace_id = $1 and e.from_currency = w."to" and e.to_currency = w."from"
              and e.on_date <= w.at order by e.on_date desc limit 1)) both_ways
        where rate > 0 order by on_date desc, source limit 1) x`,
    params: [workspaceId, JSON.stringify(wanted)],
  };
}

const keyOf = ({ from, to, at }: WantedRate): string => `${from} ${to} ${at}`;

/** Rates that have been looked up, with those that need no looking up. */
export class Rates {
  private readonly found = new Map<string, FoundRate>();

  /** @param result of {@link rateStatement}. */
  constructor(result?: StatementResult) {
    for (const row of result?.rows ?? []) {
      const rate = row as unknown as FoundRate;
      this.found.set(keyOf(rate), rate);
    }
  }

  /** The rate, or undefined when there is none. */
  get(wanted: WantedRate): FoundRate | undefined {
    if (wanted.from === wanted.to) {
      return { ...wanted, rate: '1', date: wanted.at, source: 'same' };
    }
    return this.found.get(keyOf(wanted));
  }
}

/** Those of the rates that have to be looked up, each once. */
export function distinctRates(wanted: readonly WantedRate[]): WantedRate[] {
  const differing = wanted.filter(({ from, to }) => from !== to);
  return [...new Map(differing.map((item) => [keyOf(item), item])).values()];
}
