import { isUuid } from '../../common/uuid.js';
import { accepted, refused } from '../../common/values/normalized.js';
import type { Normalized, ValueFault } from '../../common/values/normalized.js';
import type { ColumnValues, FieldKind, FieldSpec, ParseContext } from './field-types.js';

/** One item of a list as it is stored and answered; amounts are decimal strings. */
export type ListItem = { id: string } & Record<string, unknown>;

/** One item as a body or cell gives it, normalised: only what it names is there. */
export type GivenItem = { id?: string } & Record<string, unknown>;

const MOST_ITEMS = 100;

/** Most items that a list may hold. */
export const mostItems = ({ maxItems = MOST_ITEMS }: FieldSpec): number => maxItems;

/** The items that a list's column holds. */
export function itemsOf<T extends object = ListItem>(
  stored: ColumnValues[string] | undefined,
): (T & { id: string })[] {
  return typeof stored === 'string' ? (JSON.parse(stored) as (T & { id: string })[]) : [];
}

/** Items as a list's column holds them. */
export const storedItems = (items: readonly object[]): string => JSON.stringify(items);

/**
 * A list of objects in one column: stored as JSON text, so that it reads back as it was written.
 * What is parsed are the items as they are given; `completedList` makes them those of a record.
 */
export const list: FieldKind = {
  columns: (_name, column) => [{ column, sql: 'json' }],
  parse(raw, field, target, context) {
    const given: unknown = context.lenient && typeof raw === 'string' ? readJson(raw) : raw;
    if (!Array.isArray(given)) return { code: 'isArray', detail: 'must be a list' };
    const most = field.maxItems ?? MOST_ITEMS;
    if (given.length > most) {
      return { code: 'arrayMaxSize', detail: `must hold at most ${most} items` };
    }
    const items: GivenItem[] = [];
    const seen = new Set<string>();
    for (const [index, entry] of given.entries()) {
      const { value: item, error } = parseItem(entry, field, context);
      const fault = error ?? repeated(item.id, seen);
      if (fault) return { ...fault, at: `/${index}${fault.at ?? ''}` };
      if (item) items.push(item);
    }
    target[field.column] = storedItems(items);
    return undefined;
  },
  json: (name, column) => ({ [name]: `r.${column}` }),
  value: (column, values) => itemsOf(values[column]),
  schema: (field) => ({
    type: 'array',
    maxItems: field.maxItems ?? MOST_ITEMS,
    items: itemSchema(field),
  }),
};

/** A cell of an export holds the list as JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function repeated(id: string | undefined, seen: Set<string>): ValueFault | undefined {
  if (id === undefined) return undefined;
  if (seen.has(id)) return { code: 'duplicate', detail: 'stands in the list before', at: '/id' };
  seen.add(id);
  return undefined;
}

/** Checks and normalises one item; returns what is wrong with it. */
function parseItem(raw: unknown, field: FieldSpec, context: ParseContext): Normalized<GivenItem> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return refused('isObject', 'must be an object');
  }
  const { id, ...members } = raw as Record<string, unknown>;
  const item = itemWithId(id);
  if (!item) return refused('isUuid', 'must be the id of an item', '/id');
  const named = new Set(Object.keys(members));
  for (const member of field.items) {
    const given = named.delete(member.name) && !member.readOnly;
    const fault = parseMember(given ? members[member.name] : undefined, member, item, context);
    if (fault) return refused(fault.code, fault.detail, `/${member.name}${fault.at ?? ''}`);
  }
  const [unknown] = named;
  if (unknown === undefined) return accepted(item);
  const known = field.items.map(({ name }) => name).join(', ');
  return refused('unknownField', `is not one of ${known}`, `/${unknown}`);
}

/** The beginning of an item; null for what is no id. */
function itemWithId(id: unknown): GivenItem | null {
  if (id === undefined) return {};
  return isUuid(id) ? { id: id.toLowerCase() } : null;
}

function parseMember(
  raw: unknown,
  member: FieldSpec,
  item: GivenItem,
  context: ParseContext,
): ValueFault | undefined {
  const isNeeded = member.required === true && (raw === null || member.initial === undefined);
  if (raw !== undefined) {
    const values: ColumnValues = {};
    const fault = raw === null ? undefined : member.kind.parse(raw, member, values, context);
    if (fault) return fault;
    item[member.name] = member.kind.value(member.column, values);
  }
  if (!isNeeded || (item[member.name] ?? null) !== null) return undefined;
  return { code: 'isNotEmpty', detail: 'must be given' };
}

function itemSchema(field: FieldSpec): Record<string, unknown> {
  const properties: Record<string, unknown> = {
    id: { type: 'string', format: 'uuid', description: 'Given by the server to new items' },
  };
  for (const member of field.items) {
    const { type, ...schema } = member.kind.schema(member);
    properties[member.name] = {
      ...schema,
      type: nullable(typeName(type), member.required === true),
      description: member.description ?? member.label,
      ...(member.readOnly ? { readOnly: true } : {}),
      ...(member.example === undefined ? {} : { example: member.example }),
    };
  }
  const required = field.items
    .filter((member) => member.required && member.initial === undefined)
    .map(({ name }) => name);
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

const typeName = (type: unknown): string =>
  typeof type === 'function' ? type.name.toLowerCase() : String(type);

const nullable = (type: string, required: boolean): string | string[] =>
  required ? type : [type, 'null'];
