import type { CursorType, CursorValue } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import type { Params } from './params.js';
import type { ObjectDefinition } from './object-definition.js';

/** One key of an order: SQL over the row, and how its values compare. */
export interface SortKey {
  name: string;
  sql: string;
  cast: string;
  nullable: boolean;
  descending: boolean;
  /** Custom property: the key is found in `record_index` under this name. */
  indexKey?: string;
}

export type SortValue = CursorValue;

/** What orders need to know of an object. */
type Sortable = Pick<ObjectDefinition, 'plural' | 'sortable'>;

interface SortRequest {
  field: string;
  direction: 'asc' | 'desc';
}

/**
 * The keys of a requested order; the id ends every one, so that no two records are equal.
 * @throws Problem 400 for a field that no index can sort by.
 */
export function sortKeys(
  definition: Sortable,
  requested: readonly SortRequest[],
  custom: (name: string) => { numeric: boolean } | undefined,
): SortKey[] {
  const keys = requested.map(({ field, direction }, place) =>
    sortKey(definition, field, direction === 'desc', place, custom),
  );
  if (keys.some(({ name }) => name === 'id')) return keys;
  const descending = keys[0]?.descending ?? true;
  return [...keys, { name: 'id', sql: 'r.id', cast: 'uuid', nullable: false, descending }];
}

function sortKey(
  definition: Sortable,
  field: string,
  descending: boolean,
  place: number,
  custom: (name: string) => { numeric: boolean } | undefined,
): SortKey {
  const own = definition.sortable.get(field);
  if (own) {
    const { column, sql, nullable } = own;
    return { name: field, sql: `r.${column}`, cast: sql, nullable, descending };
  }
  const property = field.startsWith('custom.') ? custom(field.slice(7)) : undefined;
  if (property && place === 0) {
    const sql = property.numeric ? 's.number' : 's.value';
    const cast = property.numeric ? 'float8' : 'text';
    return { name: field, sql, cast, nullable: true, descending, indexKey: field };
  }
  const detail = property
    ? `Sort by ${field} first: a custom property can only be the first key.`
    : `${definition.plural} cannot be sorted by ${field.slice(0, 64)}. Sortable: ${[...definition.sortable.keys()].join(', ')}, and custom.<name>.`;
  throw new Problem('invalid-sort', detail);
}

const CURSOR_TYPES: Record<string, CursorType> = {
  text: 'text',
  integer: 'integer',
  float8: 'number',
  numeric: 'decimal',
  boolean: 'boolean',
  uuid: 'uuid',
  date: 'date',
  timestamptz: 'datetime',
};

/** What the key's values in a cursor must be. */
export function cursorKey({ cast, nullable }: SortKey): { type: CursorType; nullable: boolean } {
  const type = CURSOR_TYPES[cast];
  if (type === undefined) throw new Error(`No cursor holds ${cast}`);
  return { type, nullable };
}

/** ORDER BY of the keys; empty values come last in either direction. */
export function orderBy(keys: readonly SortKey[]): string {
  return keys
    .map(({ sql, descending, nullable }, place) => {
      // The first key is never null within its phase, so an index can give the order.
      const nulls = nullable && place > 0 ? ' nulls last' : '';
      return `${sql} ${descending ? 'desc' : 'asc'}${nulls}`;
    })
    .join(', ');
}

/** Condition for rows that come after the given values in the order of the keys. */
export function after(
  keys: readonly SortKey[],
  values: readonly SortValue[],
  params: Params,
): string {
  const [key, ...rest] = keys;
  if (!key) return 'false';
  const value = values[0] ?? null;
  if (value === null) return `(${key.sql} is null and ${after(rest, values.slice(1), params)})`;
  if (keys.every((item) => !item.nullable && item.descending === key.descending)) {
    const tuple = keys.map(({ sql }) => sql).join(', ');
    const bounds = keys.map(({ cast }, index) => params.add(values[index], cast)).join(', ');
    return `(${tuple}) ${key.descending ? '<' : '>'} (${bounds})`;
  }
  const bound = params.add(value, key.cast);
  const beyond = `${key.sql} ${key.descending ? '<' : '>'} ${bound}`;
  const greater = key.nullable ? `(${beyond} or ${key.sql} is null)` : beyond;
  return `(${greater} or (${key.sql} = ${bound} and ${after(rest, values.slice(1), params)}))`;
}
