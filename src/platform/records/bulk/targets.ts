import type { CustomProperty } from '../custom-properties.js';
import type { FieldSpec } from '../field-types.js';
import { columnOfPart, PARTS } from './field-parts.js';
import type { ObjectDefinition } from '../object-definition.js';

/** Where the cells of a column go. */
export type Target =
  | { kind: 'ignore' }
  /** The record's own id, to change records by it. */
  | { kind: 'id' }
  /** A field, or a part of it such as `city` of an address. */
  | { kind: 'field'; field: FieldSpec; part: string | null }
  | { kind: 'custom'; property: CustomProperty }
  | { kind: 'external'; source: string }
  | { kind: 'tags' }
  /** Owner by id or e-mail address. */
  | { kind: 'owner' }
  /** A reference named by something else than the id: `company.name`, `company.externalIds.erp`. */
  | { kind: 'link'; field: FieldSpec; object: ObjectDefinition; by: string };

/** Finds objects that references lead to, by their singular name. */
export type ObjectLookup = (object: string) => ObjectDefinition | undefined;

const SOURCE = /^[A-Za-z0-9][\w-]{0,62}$/;

/**
 * Reads a target as mappings name it: `email`, `address.city`, `annualRevenue.amount`,
 * `custom.tier`, `externalIds.legacy-crm`, `tags`, `ownerId`, `companyId`, `company.name`; null or
 * empty for a column to leave out.
 * @returns undefined when there is no such target.
 */
export function readTarget(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
  find: ObjectLookup,
  path: string | null,
): Target | undefined {
  if (path === null || path === '') return { kind: 'ignore' };
  const common = COMMON[path];
  if (common) return common;
  const dot = path.indexOf('.');
  const first = dot < 0 ? path : path.slice(0, dot);
  const rest = dot < 0 ? null : path.slice(dot + 1);
  if (first === 'externalIds') return external(rest ?? '');
  if (first === 'custom') return custom(properties.get(rest ?? ''));
  return fieldTarget(definition, first, rest) ?? linkTarget(definition, find, first, rest);
}

const COMMON: Record<string, Target | undefined> = {
  id: { kind: 'id' },
  tags: { kind: 'tags' },
  ownerId: { kind: 'owner' },
};

const external = (source: string): Target | undefined =>
  SOURCE.test(source) ? { kind: 'external', source } : undefined;

const custom = (property: CustomProperty | undefined): Target | undefined =>
  property && { kind: 'custom', property };

function fieldTarget(
  definition: ObjectDefinition,
  name: string,
  part: string | null,
): Target | undefined {
  const field = definition.fieldByName.get(name);
  if (!field || field.readOnly) return undefined;
  if (part === null) return { kind: 'field', field, part };
  return columnOfPart(field, part) ? { kind: 'field', field, part } : undefined;
}

function linkTarget(
  definition: ObjectDefinition,
  find: ObjectLookup,
  name: string,
  by: string | null,
): Target | undefined {
  const field = definition.references.find(({ references }) => references?.include === name);
  const object = field && find(field.references?.object ?? '');
  if (!field || !object || by === null) return undefined;
  const isKnown =
    field.references?.by.includes(by) ||
    (by.startsWith('externalIds.') && SOURCE.test(by.slice(12)));
  return isKnown ? { kind: 'link', field, object, by } : undefined;
}

/** Every target there is, for messages and help; `externalIds.<source>` stands for all sources. */
export function targetNames(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
): string[] {
  const writable = definition.fieldList.filter(({ readOnly }) => !readOnly);
  const fields = writable.flatMap(({ name, kindName }) => {
    const parts = PARTS[kindName];
    if (!parts) return [name];
    const paths = parts.map((part) => `${name}.${part}`);
    return kindName === 'money' ? [name, ...paths] : paths;
  });
  const named = definition.references.filter(({ references }) => references?.object !== 'user');
  const links = named.flatMap(({ references }) => [
    ...(references?.by ?? []).map((by) => `${references?.include ?? ''}.${by}`),
    `${references?.include ?? ''}.externalIds.<source>`,
  ]);
  const custom = [...properties.keys()].map((name) => `custom.${name}`);
  return ['id', ...fields, ...links, ...custom, 'externalIds.<source>', 'tags', 'ownerId'];
}
