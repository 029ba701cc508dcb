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
  /** When new records were made. */
  | { kind: 'created' }
  /** A member of the items of a list: `lines.quantity`. Each row gives one item. */
  | { kind: 'item'; list: FieldSpec; member: FieldSpec }
  | LinkTarget;

/** A reference by something else than the id: `company.name`, `lines.product.externalIds.erp`. */
export interface LinkTarget {
  kind: 'link';
  field: FieldSpec;
  object: ObjectDefinition;
  /** Path of the other object: `name`, `externalIds.erp`, `address.city`. */
  by: string;
  /** Whether records are found by it; what else is said of them only serves to make them. */
  isKey: boolean;
  /** The list whose items refer; null for references of the record itself. */
  list: FieldSpec | null;
}

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
  if (!path) return { kind: 'ignore' };
  const common = COMMON[path];
  if (common) return common;
  const dot = path.indexOf('.');
  const [first, rest] = dot < 0 ? [path, null] : [path.slice(0, dot), path.slice(dot + 1)];
  if (first === 'externalIds') return external(rest ?? '');
  if (first === 'custom') return custom(properties.get(rest ?? ''));
  const list = definition.lists.find(({ name, readOnly }) => name === first && !readOnly);
  if (list && rest !== null) return itemTarget(list, find, rest);
  const references = definition.references.filter(({ readOnly }) => !readOnly);
  return fieldTarget(definition, first, rest) ?? linkTarget(references, null, find, first, rest);
}

function itemTarget(list: FieldSpec, find: ObjectLookup, path: string): Target | undefined {
  const member = list.items.find(({ name, readOnly }) => name === path && !readOnly);
  if (member) return { kind: 'item', list, member };
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const [name, by] = [path.slice(0, dot), path.slice(dot + 1)];
  const references = list.items.filter(({ references, readOnly }) => references && !readOnly);
  return linkTarget(references, list, find, name, by) ?? anyLinkTarget(list, find, name, by);
}

/** An item that leads to a record of any object, which the path names: `links.deal.externalIds.erp`. */
function anyLinkTarget(
  list: FieldSpec,
  find: ObjectLookup,
  name: string,
  by: string,
): LinkTarget | undefined {
  const field = list.items.find(({ objectIn }) => objectIn !== undefined);
  const kinds = list.items.find((member) => member.name === field?.objectIn);
  const object = kinds?.options.includes(name) ? find(name) : undefined;
  if (!field || !object) return undefined;
  const isKey = object.fieldByName.get(by)?.unique === true || isExternal(by);
  return isKey ? { kind: 'link', field, object, by, isKey, list } : undefined;
}

const isExternal = (path: string): boolean =>
  path.startsWith('externalIds.') && SOURCE.test(path.slice(12));

const COMMON: Record<string, Target | undefined> = {
  id: { kind: 'id' },
  tags: { kind: 'tags' },
  ownerId: { kind: 'owner' },
  createdAt: { kind: 'created' },
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
  if (!field || (field.readOnly && !field.importable)) return undefined;
  if (part === null) return { kind: 'field', field, part };
  return columnOfPart(field, part) ? { kind: 'field', field, part } : undefined;
}

function linkTarget(
  fields: readonly FieldSpec[],
  list: FieldSpec | null,
  find: ObjectLookup,
  name: string,
  by: string | null,
): LinkTarget | undefined {
  const field = fields.find(({ references }) => references?.include === name);
  const object = field && find(field.references?.object ?? '');
  if (!field || !object || by === null) return undefined;
  const isKey = field.references?.by.includes(by) === true || isExternal(by);
  if (!isKey && !isPlainField(object, by)) return undefined;
  return { kind: 'link', field, object, by, isKey, list };
}

/** Whether a made record can be given the value: no list, no reference, nothing read-only. */
function isPlainField(object: ObjectDefinition, path: string): boolean {
  const [name = '', part] = path.split('.');
  const field = object.fieldByName.get(name);
  if (!field || field.readOnly || field.references || field.kindName === 'list') return false;
  return part === undefined || columnOfPart(field, part) !== undefined;
}

/** Every target there is, for messages and help; `externalIds.<source>` stands for all sources. */
export function targetNames(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
): string[] {
  const writable = definition.fieldList.filter(
    ({ readOnly, importable }) => !readOnly || importable,
  );
  const fields = writable.flatMap(({ name, kindName }) => {
    const parts = PARTS[kindName];
    if (!parts) return [name];
    const paths = parts.map((part) => `${name}.${part}`);
    return kindName === 'money' ? [name, ...paths] : paths;
  });
  const items = writable.flatMap((list) =>
    list.items.filter(({ readOnly }) => !readOnly).map(({ name }) => `${list.name}.${name}`),
  );
  const links = definition.references.flatMap((field) => linkNames(field, ''));
  const itemLinks = writable.flatMap((list) =>
    list.items.flatMap((member) => [
      ...linkNames(member, `${list.name}.`),
      ...(member.objectIn === undefined ? [] : [`${list.name}.<object>.externalIds.<source>`]),
    ]),
  );
  const custom = [...properties.keys()].map((name) => `custom.${name}`);
  return [
    ...['id', ...fields, ...items, ...links, ...itemLinks, ...custom],
    ...['externalIds.<source>', 'tags', 'ownerId', 'createdAt'],
  ];
}

/** Whether it says when something happened, which only those may say who may date records back. */
export const isDated = (target: Target | undefined): boolean =>
  target?.kind === 'created' || (target?.kind === 'field' && target.field.importable === 'dated');

function linkNames({ references, readOnly }: FieldSpec, prefix: string): string[] {
  if (!references || readOnly || references.object === 'user') return [];
  const names = [...references.by, 'externalIds.<source>'];
  return names.map((name) => `${prefix}${references.include}.${name}`);
}

/** The list that the rows of an import give items of; null when they give whole records. */
export function listOf(targets: readonly Target[]): FieldSpec | null {
  for (const target of targets) {
    if (target.kind === 'item') return target.list;
    if (target.kind === 'link' && target.list) return target.list;
  }
  return null;
}
