import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { parseListQuery } from '../../common/list-query.js';
import { normalizeCurrency } from '../../common/values/currency.js';
import { normalizeDate } from '../../common/values/date.js';
import { normalizeDecimal } from '../../common/values/decimal.js';
import { padAmount } from '../../common/values/money.js';
import type { Normalizer } from '../../common/values/normalized.js';
import { Database } from '../../platform/database/database.js';
import type { PageJson } from '../../platform/http/answers.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { CurrencyConverter } from './currency-converter.js';
import type {
  ConversionDto,
  ConvertQueryDto,
  ExchangeRateInput,
  PutRatesResultDto,
  RateListQueryDto,
} from './exchange-rate.dto.js';
import { ExchangeRatesRepository } from './exchange-rates.repository.js';
import type { AfterRate } from './exchange-rates.repository.js';

const SORT = '-date,-from,-to';
const KEYS = [{ type: 'date' as const }, { type: 'text' as const }, { type: 'text' as const }];

/** Decimals of rates: enough for one rupiah in bitcoin-like prices. */
const RATE = { precision: 38, scale: 15 };

/** Tag of answers that were made with rates. */
export const RATES_TAG = 'exchangeRates';

const RATES_CHANGED = 'exchangeRate.changed';

/** The workspace's table of exchange rates. */
@Injectable()
export class ExchangeRatesService {
  constructor(
    private readonly database: Database,
    private readonly repository: ExchangeRatesRepository,
    private readonly converter: CurrencyConverter,
  ) {}

  /** @throws Problem 400 for the cursor or limit, 422 for a currency or date that is none. */
  async page(ctx: RequestContext, query: RateListQueryDto): Promise<PageJson> {
    const { from, to, since, until, ...paging } = query;
    const { limit, cursor } = parseListQuery(paging);
    const errors: FieldError[] = [];
    const filter = {
      from: read(normalizeCurrency, from, '/from', errors),
      to: read(normalizeCurrency, to, '/to', errors),
      since: read(normalizeDate, since, '/since', errors),
      until: read(normalizeDate, until, '/until', errors),
    };
    if (errors.length > 0) throw Problem.validation(errors);
    const after = cursor ? decodeCursor(cursor, SORT, ctx.workspaceId, KEYS).values : null;
    const rows = await this.repository.page(ctx, filter, after as unknown as AfterRate, limit);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last
      ? encodeCursor({ sort: SORT, values: [last.date, last.from, last.to] }, ctx.workspaceId)
      : null;
    const page = { nextCursor, hasMore: last !== undefined };
    return { json: JSON.stringify({ data, page }), nextCursor };
  }

  /** Sets rates, all or none. @throws Problem 422 naming each that is wrong or comes twice. */
  async put(ctx: RequestContext, rates: readonly unknown[]): Promise<PutRatesResultDto> {
    const sound = soundRates(rates);
    return this.database.transaction(ctx, async (tx) => {
      const written = await this.repository.put(tx, ctx, sound);
      tx.touch([RATES_TAG]);
      const created = written.filter(({ isNew }) => isNew).length;
      const counts = {
        created,
        updated: written.length - created,
        unchanged: sound.length - written.length,
      };
      if (written.length > 0) {
        const facts = {
          object: 'exchangeRates',
          changes: { ...counts, rates: sound.slice(0, 100) },
        };
        await tx.run([recordEvents([eventOf(ctx, { type: RATES_CHANGED, ...facts })])]);
      }
      return counts;
    });
  }

  /** @throws Problem 404 when there is no rate of the pair on that day. */
  async remove(ctx: RequestContext, from: string, to: string, date: string): Promise<void> {
    const [key] = soundRates([{ from, to, date, rate: '1' }], Problem.notFound('rate', date));
    await this.database.transaction(ctx, async (tx) => {
      const isGone = key && (await this.repository.remove(tx, ctx, key));
      if (!isGone) throw Problem.notFound('rate', `${from} to ${to} of ${date}`);
      tx.touch([RATES_TAG]);
      const facts = { object: 'exchangeRates', changes: { removed: [`${from} ${to} ${date}`] } };
      await tx.run([recordEvents([eventOf(ctx, { type: RATES_CHANGED, ...facts })])]);
    });
  }

  /** @throws Problem 422 for what cannot be read, and when there is no rate. */
  async convert(ctx: RequestContext, query: ConvertQueryDto): Promise<ConversionDto> {
    const errors: FieldError[] = [];
    const amount = read(normalizeDecimal, query.amount, '/amount', errors);
    const from = read(normalizeCurrency, query.from, '/from', errors);
    const to = read(normalizeCurrency, query.to, '/to', errors);
    const today = new Date().toISOString().slice(0, 10);
    const at = read(normalizeDate, query.at ?? today, '/at', errors);
    if (amount === null || from === null || to === null || at === null) {
      throw Problem.validation(errors);
    }
    const found = await this.converter.convert(ctx, padAmount(amount, from), { from, to, at });
    if (!found) {
      const detail = `there is no rate from ${from} to ${to}, or back, at or before ${at}`;
      throw Problem.validation([{ pointer: '/at', code: 'noRate', detail }]);
    }
    const { date, ...rest } = found;
    return { ...rest, rateDate: date };
  }
}

/** Reads an optional value; null for none, and for one that is at fault. */
function read(
  normalize: Normalizer<string>,
  raw: unknown,
  pointer: string,
  errors: FieldError[],
): string | null {
  if (raw === undefined) return null;
  const { value, error } = normalize(raw);
  if (error) errors.push({ pointer, code: error.code, detail: error.detail });
  return value ?? null;
}

const readRate: Normalizer<string> = (raw) => normalizeDecimal(raw, RATE);

function soundRates(rates: readonly unknown[], otherwise?: Problem): ExchangeRateInput[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const sound = rates.map((entry, index): ExchangeRateInput => {
    const at = `/rates/${index}`;
    const given = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    const rate = {
      from: read(normalizeCurrency, given['from'] ?? null, `${at}/from`, errors) ?? '',
      to: read(normalizeCurrency, given['to'] ?? null, `${at}/to`, errors) ?? '',
      date: read(normalizeDate, given['date'] ?? null, `${at}/date`, errors) ?? '',
      rate: read(readRate, given['rate'] ?? null, `${at}/rate`, errors) ?? '1',
    };
    errors.push(...faultsOf(rate, given, seen, at));
    return rate;
  });
  if (errors.length > 0) throw otherwise ?? Problem.validation(errors);
  return sound;
}

function faultsOf(
  { from, to, date, rate }: ExchangeRateInput,
  given: Record<string, unknown>,
  seen: Set<string>,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (member: string, code: string, detail: string): void =>
    void errors.push({ pointer: `${at}/${member}`, code, detail });
  for (const name of Object.keys(given)) {
    if (!['from', 'to', 'date', 'rate'].includes(name)) {
      refuse(name, 'unknownField', 'is not a field of a rate');
    }
  }
  if (rate.startsWith('-') || rate === '0') refuse('rate', 'min', 'must be above 0');
  if (from !== '' && from === to) refuse('to', 'self', 'must be another currency than from');
  const key = `${from} ${to} ${date}`;
  if (seen.has(key)) refuse('date', 'duplicate', 'stands in the list before, for the same pair');
  seen.add(key);
  return errors;
}
