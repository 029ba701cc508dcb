import { normalizeBoolean, readBoolean } from '../../common/values/boolean.js';
import { normalizeDate } from '../../common/values/date.js';
import { normalizeEmail } from '../../common/values/email.js';
import { normalizeMoney, readAmount } from '../../common/values/money.js';
import { accepted, refused } from '../../common/values/normalized.js';
import type { Normalized } from '../../common/values/normalized.js';
import { normalizeNumber, readNumber } from '../../common/values/number.js';
import {
  multiselectNormalizer,
  multiselectReader,
  selectNormalizer,
  selectReader,
} from '../../common/values/select.js';
import { normalizeText } from '../../common/values/text.js';
import { normalizeUrl } from '../../common/values/url.js';
import type { FilterType, ParseContext } from './field-types.js';

/** Types a workspace may give its own properties, with what a filter on them compares. */
export const PROPERTY_TYPES = {
  text: 'text',
  number: 'number',
  date: 'date',
  boolean: 'boolean',
  select: 'select',
  multiSelect: 'multiselect',
  url: 'text',
  email: 'text',
  money: 'decimal',
  reference: 'uuid',
} as const satisfies Record<string, FilterType | 'multiselect'>;

export type PropertyType = keyof typeof PROPERTY_TYPES;

/** A property that a workspace has defined for an object; values live in `custom`. */
export interface CustomProperty {
  name: string;
  label: string;
  type: PropertyType;
  options: { value: string; label?: string }[];
  required: boolean;
  unique: boolean;
  /** Object that a reference leads to. */
  reference: string | null;
}

/** Longest text that the index of custom values can hold; also the limit of unique texts. */
export const INDEXED_LENGTH = 255;
const LONGEST_TEXT = 10_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type Parser = (
  raw: unknown,
  property: CustomProperty,
  context: ParseContext,
) => Normalized<unknown>;

const PARSERS: Record<PropertyType, Parser> = {
  text: (raw, property) => normalizeText(raw, property.unique ? INDEXED_LENGTH : LONGEST_TEXT),
  number: (raw, _property, { lenient }) => (lenient ? readNumber(raw) : normalizeNumber(raw)),
  date: (raw, _property, { forms }) => (forms?.date ?? normalizeDate)(raw),
  boolean: (raw, _property, { lenient }) => (lenient ? readBoolean(raw) : normalizeBoolean(raw)),
  select: (raw, { options }, { lenient }) =>
    (lenient ? selectReader(options) : selectNormalizer(options))(raw),
  multiSelect: (raw, { options }, { lenient }) =>
    lenient
      ? multiselectReader(options)(raw)
      : multiselectNormalizer(selectNormalizer(options))(raw),
  url: normalizeUrl,
  email: normalizeEmail,
  money(raw, _property, { lenient, currency }) {
    if (!lenient || typeof raw === 'object') return normalizeMoney(raw);
    const amount = readAmount(raw, currency);
    return amount.error ? amount : accepted({ amount: amount.value, currency });
  },
  reference: (raw) =>
    typeof raw === 'string' && UUID.test(raw)
      ? accepted(raw.toLowerCase())
      : refused('isUuid', 'must be the id of a record'),
};

/** Normalises a value of a custom property. `raw` is not null. */
export function parseCustom(
  raw: unknown,
  property: CustomProperty,
  context: ParseContext,
): Normalized<unknown> {
  return PARSERS[property.type](raw, property, context);
}

/** One value under which a record can be found: a row of `record_index`. */
export interface IndexEntry {
  /** `custom.<name>`, `externalIds.<source>` or `tags`. */
  key: string;
  value: string;
  number: number | null;
  uniq: boolean;
}

/** Rows of `record_index` that make a record's side values filterable, sortable and unique. */
export function indexEntries(
  side: { tags: string[]; custom: Record<string, unknown>; externalIds: Record<string, string> },
  properties: ReadonlyMap<string, CustomProperty>,
): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const tag of side.tags) entries.push({ key: 'tags', value: tag, number: null, uniq: false });
  for (const [source, id] of Object.entries(side.externalIds)) {
    entries.push({ key: `externalIds.${source}`, value: id, number: null, uniq: true });
  }
  for (const [name, value] of Object.entries(side.custom)) {
    const property = properties.get(name);
    const key = `custom.${name}`;
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      entries.push({ key, ...indexed(item), uniq: property?.unique === true });
    }
  }
  return entries;
}

function indexed(value: unknown): { value: string; number: number | null } {
  if (typeof value === 'number') return { value: String(value), number: value };
  if (typeof value === 'object' && value !== null && 'amount' in value) {
    return { value: String(value.amount), number: Number(value.amount) };
  }
  return { value: String(value).slice(0, INDEXED_LENGTH), number: null };
}
