import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import type { Statement } from '../database/pipeline.js';
import type { CustomProperty } from './custom-properties.js';
import { parseCustom } from './custom-properties.js';
import type { FieldSpec } from './field-types.js';
import type { ColumnValues } from './field-types.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordRow } from './record-row.js';

/** Something that names at most one record of an object. */
export type MatchKey =
  | { name: string; kind: 'id' }
  | { name: string; kind: 'column'; field: FieldSpec }
  | { name: string; kind: 'custom'; property: CustomProperty }
  | { name: string; kind: 'external'; source: string };

/**
 * The key called `name`: a unique property, `custom.<unique property>` or `externalIds.<source>`.
 * @throws Problem 400 naming the keys there are.
 */
export function matchKey(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
  name: string,
): MatchKey {
  if (name === 'id') return { name, kind: 'id' };
  const field = definition.unique.find((item) => item.name === name);
  if (field) return { name, kind: 'column', field };
  if (/^externalIds\.[A-Za-z0-9][\w-]{0,62}$/.test(name)) {
    return { name, kind: 'external', source: name.slice(12) };
  }
  const property = name.startsWith('custom.') ? properties.get(name.slice(7)) : undefined;
  if (property?.unique) return { name, kind: 'custom', property };
  const unique = definition.unique.map((item) => item.name);
  const custom = [...properties.values()].filter((item) => item.unique).map((item) => item.name);
  const known = [...unique, ...custom.map((item) => `custom.${item}`), 'externalIds.<source>'];
  const detail = `${name.slice(0, 64)} does not name one record. Keys: ${known.join(', ')}.`;
  throw new Problem('invalid-parameter', detail);
}

/**
 * Normalises a value of a key, so that equal keys are equal texts.
 * @throws Problem 422 for a value the key cannot have.
 */
export function keyValue(key: MatchKey, raw: string): string {
  const context = { country: null, currency: 'EUR', lenient: true };
  if (key.kind === 'column') {
    const target: ColumnValues = {};
    const fault = key.field.kind.parse(raw, key.field, target, context);
    if (fault) throw Problem.validation([{ pointer: `/${key.name}`, ...fault }]);
    return String(target[key.field.column]);
  }
  if (key.kind === 'custom') {
    const result = parseCustom(raw, key.property, context);
    if (result.error) throw Problem.validation([{ pointer: `/${key.name}`, ...result.error }]);
    return textOf(result.value);
  }
  return raw.trim();
}

/** Unique properties hold texts, numbers and the like; never objects. */
const textOf = (value: unknown): string => String(value);

/** The key's value in a row, or null when it has none. */
export function valueIn(key: MatchKey, row: RecordRow): string | null {
  switch (key.kind) {
    case 'id':
      return row.id;
    case 'column':
      return (row.values[key.field.column] ?? null) as string | null;
    case 'custom': {
      const value = row.custom[key.property.name];
      return value === undefined ? null : textOf(value);
    }
    case 'external':
      return row.externalIds[key.source] ?? null;
  }
}

/** Statement that finds the records outside the bin with these values: `(value, id)`. */
export function findByKey(
  ctx: RequestContext,
  definition: ObjectDefinition,
  key: MatchKey,
  values: readonly string[],
): Statement {
  if (key.kind === 'custom' || key.kind === 'external') {
    return {
      text: `select i.value, i.record_id as id from record_index i
        where i.workspace_id = $1 and i.object = $2 and i.key = $3 and i.value = any($4::text[])
          and i.uniq`,
      params: [ctx.workspaceId, definition.object, key.name, values],
    };
  }
  const column = key.kind === 'id' ? 'id' : key.field.column;
  const cast = key.kind === 'id' ? 'uuid' : 'text';
  return {
    text: `select r.${column}::text as value, r.id from ${definition.table} r
      where r.workspace_id = $1 and r.${column} = any($2::${cast}[]) and r.deleted_at is null`,
    params: [ctx.workspaceId, values],
  };
}

/** Every key that a row holds: what could make it a duplicate of another. */
export function keysOf(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
  row: RecordRow,
): { key: MatchKey; value: string }[] {
  const keys: MatchKey[] = [
    ...definition.unique.map((field): MatchKey => ({ name: field.name, kind: 'column', field })),
    ...[...properties.values()]
      .filter(({ unique }) => unique)
      .map((property): MatchKey => ({ name: `custom.${property.name}`, kind: 'custom', property })),
    ...Object.keys(row.externalIds).map((source): MatchKey => ({
      name: `externalIds.${source}`,
      kind: 'external',
      source,
    })),
  ];
  return keys.flatMap((key) => {
    const value = valueIn(key, row);
    return value === null ? [] : [{ key, value }];
  });
}

/** The 409 for a value that another record has. */
export function duplicateProblem(
  definition: ObjectDefinition,
  key: MatchKey,
  value: string,
  existingId: string,
): Problem {
  const pointer = `/${key.name.replace('.', '/')}`;
  const error: FieldError = { pointer, code: 'duplicate', detail: `${value} is taken` };
  const detail = `Another ${definition.object} has the ${key.name} ${value}.`;
  return new Problem('duplicate', detail, { errors: [error], extra: { existingId } });
}
