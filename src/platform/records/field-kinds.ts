import type { ApiPropertyOptions } from '@nestjs/swagger';
import { normalizeBoolean, readBoolean } from '../../common/values/boolean.js';
import { normalizeCountry } from '../../common/values/country.js';
import { normalizeCurrency } from '../../common/values/currency.js';
import { normalizeDate } from '../../common/values/date.js';
import { normalizeDatetime } from '../../common/values/datetime.js';
import { readDecimal } from '../../common/values/decimal-cell.js';
import { normalizeDecimal } from '../../common/values/decimal.js';
import { normalizeDomain } from '../../common/values/domain.js';
import { normalizeEmail } from '../../common/values/email.js';
import { normalizeLanguage } from '../../common/values/language.js';
import { normalizeMoney, readAmount } from '../../common/values/money.js';
import { normalizeInteger, readInteger } from '../../common/values/number.js';
import { normalizePhone } from '../../common/values/phone.js';
import { accepted, refused } from '../../common/values/normalized.js';
import type { Normalized, ValueFault } from '../../common/values/normalized.js';
import { normalizeText } from '../../common/values/text.js';
import { normalizeTimeZone } from '../../common/values/time-zone.js';
import { normalizeUrl } from '../../common/values/url.js';
import { utcSql } from './utc-sql.js';
import { json } from './json-object.js';
import { list } from './list-items.js';
import { names } from './name-list.js';
import type {
  ColumnSpec,
  FieldKind,
  FieldKindName,
  FieldSpec,
  FilterType,
  ParseContext,
  ColumnValues,
} from './field-types.js';

type Reader = (
  raw: unknown,
  field: FieldSpec,
  context: ParseContext,
) => Normalized<string | number | boolean>;

function simple(
  sql: ColumnSpec['sql'],
  filter: FilterType,
  schema: ApiPropertyOptions | ((field: FieldSpec) => ApiPropertyOptions),
  read: Reader,
): FieldKind {
  return {
    columns: (name, column) => [{ column, sql, path: name, filter }],
    parse(raw, field, target, context) {
      const result = read(raw, field, context);
      if (result.error) return result.error;
      // An emptied text box means no value.
      target[field.column] = result.value === '' ? null : result.value;
      return undefined;
    },
    json: (name, column) => ({ [name]: memberSql(sql, `r.${column}`) }),
    value: (column, values) => values[column] ?? null,
    schema: (field) => (typeof schema === 'function' ? schema(field) : schema),
  };
}

/** Decimals are text, so that they stay exact; times are as everywhere, UTC with milliseconds. */
function memberSql(sql: ColumnSpec['sql'], column: string): string {
  if (sql === 'numeric') return `${column}::text`;
  return sql === 'timestamptz' ? utcSql(column) : column;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NOT_ID = refused('isUuid', 'must be the id of a record');

const phone: FieldKind = {
  columns: (name, column) => [
    { column, sql: 'text', path: name, filter: 'text' },
    { column: `${column}_original`, sql: 'text' },
    { column: `${column}_valid`, sql: 'boolean', path: `${name}Valid`, filter: 'boolean' },
  ],
  parse(raw, field, target, context) {
    if (raw === '') {
      clear(this, field, target);
      return undefined;
    }
    const result = normalizePhone(raw, context.country);
    if (result.error) return result.error;
    const { e164, raw: original } = result.value;
    target[field.column] = e164 ?? original;
    target[`${field.column}_original`] = original;
    target[`${field.column}_valid`] = e164 !== null;
    return undefined;
  },
  json: (name, column) => ({
    [name]: `r.${column}`,
    [`${name}Original`]: `r.${column}_original`,
    [`${name}Valid`]: `r.${column}_valid`,
  }),
  value: (column, values) => values[column] ?? null,
  schema: () => ({ type: String, example: '+49 30 901820', maxLength: 64 }),
};

const money: FieldKind = {
  columns: (name, column) => [
    { column: `${column}_amount`, sql: 'numeric', path: `${name}.amount`, filter: 'decimal' },
    {
      column: `${column}_currency`,
      sql: 'text',
      path: `${name}.currency`,
      filter: 'text',
      normalize: normalizeCurrency,
    },
  ],
  parse(raw, field, target, context) {
    const result =
      context.lenient && (typeof raw === 'string' || typeof raw === 'number')
        ? withCurrency(readAmount(raw, context.currency, context.forms), context.currency)
        : normalizeMoney(raw);
    if (result.error) return result.error;
    target[`${field.column}_amount`] = result.value.amount;
    target[`${field.column}_currency`] = result.value.currency;
    return undefined;
  },
  json: (name, column) => ({
    [name]: `case when r.${column}_amount is not null then (select row_to_json(m) from (
      select r.${column}_amount::text as amount, r.${column}_currency as currency) m) end`,
  }),
  value: (column, values) => {
    const amount = values[`${column}_amount`] ?? null;
    return amount === null ? null : { amount, currency: values[`${column}_currency`] };
  },
  schema: () => ({
    type: 'object',
    properties: { amount: { type: 'string' }, currency: { type: 'string' } },
    required: ['amount', 'currency'],
    example: { amount: '1250000.00', currency: 'EUR' },
    additionalProperties: false,
  }),
};

function withCurrency(amount: Normalized<string>, currency: string) {
  return amount.error ? amount : accepted({ amount: amount.value, currency });
}

const ADDRESS_PARTS = ['street', 'city', 'region', 'postalCode', 'country'] as const;
const ADDRESS_COLUMN = {
  street: 'street',
  city: 'city',
  region: 'region',
  postalCode: 'postal_code',
  country: 'country',
};

const address: FieldKind = {
  columns: (name, column) =>
    ADDRESS_PARTS.map((part) => ({
      column: `${column}_${ADDRESS_COLUMN[part]}`,
      sql: 'text' as const,
      path: `${name}.${part}`,
      filter: 'text' as const,
      ...(part === 'country' ? { normalize: normalizeCountry } : {}),
    })),
  parse(raw, field, target) {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      return { code: 'isObject', detail: `must be an object of ${ADDRESS_PARTS.join(', ')}` };
    }
    for (const [key, part] of Object.entries(raw)) {
      const fault = parseAddressPart(key, part, field.column, target);
      if (fault) return { ...fault, at: `/${key}` };
    }
    return undefined;
  },
  json: (name, column) => ({
    [name]: `case when num_nonnulls(${ADDRESS_PARTS.map((part) => `r.${column}_${ADDRESS_COLUMN[part]}`).join(', ')}) > 0
      then (select row_to_json(a) from (select ${ADDRESS_PARTS.map((part) => `r.${column}_${ADDRESS_COLUMN[part]} as "${part}"`).join(', ')}) a) end`,
  }),
  value: (column, values) => {
    const parts = ADDRESS_PARTS.map((part): [string, unknown] => [
      part,
      values[`${column}_${ADDRESS_COLUMN[part]}`] ?? null,
    ]);
    return parts.some(([, value]) => value !== null) ? Object.fromEntries(parts) : null;
  },
  schema: () => ({
    type: 'object',
    properties: Object.fromEntries(
      ADDRESS_PARTS.map((part) => [part, { type: ['string', 'null'] as never }]),
    ),
    example: {
      street: 'Friesener Straße 1',
      city: 'Kronach',
      region: 'Bayern',
      postalCode: '96317',
      country: 'DE',
    },
    additionalProperties: false,
  }),
};

function parseAddressPart(
  key: string,
  raw: unknown,
  column: string,
  target: ColumnValues,
): ValueFault | undefined {
  if (!(ADDRESS_PARTS as readonly string[]).includes(key)) {
    return {
      code: 'unknownField',
      detail: `is not part of an address: ${ADDRESS_PARTS.join(', ')}`,
    };
  }
  const at = `${column}_${ADDRESS_COLUMN[key as keyof typeof ADDRESS_COLUMN]}`;
  if (raw === null || raw === '') {
    target[at] = null;
    return undefined;
  }
  const result = key === 'country' ? normalizeCountry(raw) : normalizeText(raw, 500);
  if (result.error) return result.error;
  target[at] = result.value === '' ? null : result.value;
  return undefined;
}

/** Sets every column of a field to null. */
export function clear(kind: FieldKind, field: FieldSpec, target: ColumnValues): void {
  for (const { column } of kind.columns(field.name, field.column)) target[column] = null;
}

const text = (schema: ApiPropertyOptions, read: Reader): FieldKind =>
  simple('text', 'text', schema, read);

const DECIMAL_PATTERN = '^-?\\d+(\\.\\d+)?$';

const limits = ({ min, max }: FieldSpec): { description?: string } =>
  min === undefined && max === undefined
    ? {}
    : { description: `From ${min ?? 'any'} to ${max ?? 'any'}` };

/** A decimal number within its limits; it never passes through a float but to compare it. */
function readDecimalOf(
  raw: unknown,
  { scale = 4, min, max }: FieldSpec,
  { lenient, forms }: ParseContext,
): Normalized<string> {
  const result = lenient
    ? readDecimal(raw, { scale, excess: 'round', decimalMark: forms?.decimalMark })
    : normalizeDecimal(raw, { scale });
  if (result.error) return result;
  const number = Number(result.value);
  if (min !== undefined && number < min) return refused('min', `must be at least ${min}`);
  if (max !== undefined && number > max) return refused('max', `must be at most ${max}`);
  return result;
}

/** Every kind of field; a decorator of `fields.ts` names one. */
export const FIELD_KINDS = {
  text: simple(
    'text',
    'text',
    (field) => ({ type: String, maxLength: field.maxLength }),
    (raw, field) => normalizeText(raw, field.maxLength),
  ),
  email: text({ type: String, format: 'email', example: 'maria@example.com' }, normalizeEmail),
  domain: text({ type: String, example: 'example.com' }, normalizeDomain),
  url: text({ type: String, format: 'uri', example: 'https://example.com' }, normalizeUrl),
  country: text({ type: String, example: 'DE' }, normalizeCountry),
  currency: text({ type: String, pattern: '^[A-Z]{3}$', example: 'EUR' }, normalizeCurrency),
  language: text({ type: String, example: 'de' }, normalizeLanguage),
  timeZone: text({ type: String, example: 'Europe/Berlin' }, normalizeTimeZone),
  select: simple(
    'text',
    'select',
    (field) => ({ type: String, enum: [...field.options] }),
    (raw, field, context) => (context.lenient ? field.selectReader : field.selectNormalizer)(raw),
  ),
  integer: simple(
    'integer',
    'integer',
    (field) => ({ type: 'integer', minimum: field.min, maximum: field.max }),
    (raw, field, context) => (context.lenient ? readInteger : normalizeInteger)(raw, field),
  ),
  decimal: simple(
    'numeric',
    'decimal',
    (field) => ({ type: String, pattern: DECIMAL_PATTERN, example: '12.50', ...limits(field) }),
    readDecimalOf,
  ),
  boolean: simple('boolean', 'boolean', { type: Boolean }, (raw, _field, context) =>
    (context.lenient ? readBoolean : normalizeBoolean)(raw),
  ),
  date: simple('date', 'date', { type: String, format: 'date' }, (raw, _field, { forms }) =>
    (forms?.date ?? normalizeDate)(raw),
  ),
  datetime: simple(
    'timestamptz',
    'datetime',
    { type: String, format: 'date-time' },
    (raw, _field, { forms }) => (forms?.datetime ?? normalizeDatetime)(raw),
  ),
  reference: simple('uuid', 'uuid', { type: String, format: 'uuid' }, (raw) =>
    typeof raw === 'string' && UUID.test(raw) ? accepted(raw.toLowerCase()) : NOT_ID,
  ),
  phone,
  money,
  address,
  list,
  names,
  json,
} satisfies Record<FieldKindName, FieldKind>;
