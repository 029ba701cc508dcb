import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Condition, FilterRelation, Relations } from '../../common/filter/index.js';
import { fieldSchema, filterNames } from './filter-schema.js';
import type { FieldSpec } from './field-types.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import type { WorkspaceSettings } from './record-settings.js';

/**
 * One way in which records of two objects are tied together:
 * `own`: a reference of this record leads to the other; `their`: one of the other leads here;
 * `theirItems`: items of a list of the other name this one; `ownItems`: items of this one's list
 * name the other. Items are found through `record_index`, by `key`.
 */
export type Edge =
  | { kind: 'own'; field: FieldSpec }
  | { kind: 'their'; field: FieldSpec }
  | { kind: 'ownItems'; key: string; list: FieldSpec }
  | { kind: 'theirItems'; key: string; list: FieldSpec };

/** How records of an object lead to those of another; by any of the edges. */
export interface ObjectRelation {
  /** `company` for the one a reference leads to, else the plural of the other object: `orders`. */
  name: string;
  isMany: boolean;
  target: ObjectDefinition;
  edges: readonly Edge[];
}

/** A relation as conditions use it. */
export interface RecordRelation extends FilterRelation, ObjectRelation {
  relations: Relations;
  /** Whose records alone the caller may read; null for all. */
  ownerId: string | null;
}

/** All relations of an object; they follow from the references that objects declare. */
export function relationsOf(kit: RecordKit, from: ObjectDefinition): Map<string, ObjectRelation> {
  const relations = new Map<string, ObjectRelation>();
  for (const field of from.references) {
    const target = kit.get(field.references?.object ?? '');
    const name = field.references?.include ?? '';
    if (target)
      relations.set(name, { name, isMany: false, target, edges: [{ kind: 'own', field }] });
  }
  for (const target of kit.all()) {
    const edges = [...theirEdges(from, target), ...ownItemEdges(from, target)];
    const name = target.plural;
    if (edges.length > 0) relations.set(name, { name, isMany: true, target, edges });
  }
  return relations;
}

function theirEdges(from: ObjectDefinition, target: ObjectDefinition): Edge[] {
  const fields = target.references.filter(({ references }) => references?.object === from.object);
  return [
    ...fields.map((field): Edge => ({ kind: 'their', field })),
    ...itemEdges('theirItems', target, from),
  ];
}

const ownItemEdges = (from: ObjectDefinition, target: ObjectDefinition): Edge[] =>
  itemEdges('ownItems', from, target);

/** No two records share an id: a member for records of any object may lead to these as well. */
function itemEdges(
  kind: 'ownItems' | 'theirItems',
  holder: ObjectDefinition,
  named: ObjectDefinition,
): Edge[] {
  return [...holder.indexedItems]
    .filter(
      ([, { member }]) =>
        member.references?.object === named.object || member.objectIn !== undefined,
    )
    .map(([key, { list }]) => ({ kind, key, list }));
}

/** Settings of the objects that conditions lead to, by their singular names. */
export type SettingsOf = ReadonlyMap<string, WorkspaceSettings>;

/**
 * The relations of an object for conditions of a caller.
 * @param settings of every object that {@link objectsIn} names.
 */
export function callerRelations(
  kit: RecordKit,
  ctx: RequestContext,
  from: ObjectDefinition,
  settings: SettingsOf,
): Relations {
  const all = relationsOf(kit, from);
  return {
    names: () => [...all.keys()],
    find: (name) => {
      const relation = all.get(name);
      return relation && asFilter(kit, ctx, relation, settings);
    },
  };
}

function asFilter(
  kit: RecordKit,
  ctx: RequestContext,
  relation: ObjectRelation,
  settings: SettingsOf,
): RecordRelation {
  const { target } = relation;
  const reach = ctx.grants.get(`${target.object}:read`);
  if (!reach) throw new Problem('forbidden', `You need the permission ${target.object}:read.`);
  const own = settings.get(target.object);
  if (!own) throw new Error(`The settings of ${target.plural} have not been read`);
  return {
    ...relation,
    ownerId: reach === 'own' ? (ctx.principal.userId ?? '') : null,
    schema: fieldSchema(target, own),
    fieldNames: () => filterNames(target, own),
    relations: callerRelations(kit, ctx, target, settings),
  };
}

/** The objects that a condition leads to over relations. Unknown names are left to the check. */
export function objectsIn(
  kit: RecordKit,
  from: ObjectDefinition,
  condition: Condition,
): Set<ObjectDefinition> {
  const found = new Set<ObjectDefinition>();
  const walk = (item: Condition, definition: ObjectDefinition): void => {
    if ('and' in item) item.and.forEach((part) => walk(part, definition));
    else if ('or' in item) item.or.forEach((part) => walk(part, definition));
    else if ('not' in item) walk(item.not, definition);
    else if ('related' in item) {
      const last = follow(item.related.split('.'), definition);
      if (item.where) walk(item.where, last);
    } else follow(item.field.split('.'), definition);
  };
  const follow = (names: readonly string[], definition: ObjectDefinition): ObjectDefinition => {
    let last = definition;
    for (const name of names) {
      const target = relationsOf(kit, last).get(name)?.target;
      if (!target) return last;
      found.add(target);
      last = target;
    }
    return last;
  };
  walk(condition, from);
  return found;
}

/** Reads the settings that {@link callerRelations} needs for a condition. */
export async function settingsFor(
  kit: RecordKit,
  ctx: RequestContext,
  from: ObjectDefinition,
  condition: Condition,
  fresh = false,
): Promise<Map<string, WorkspaceSettings>> {
  const settings = new Map<string, WorkspaceSettings>();
  for (const definition of objectsIn(kit, from, condition)) {
    settings.set(definition.object, await kit.settings.of(ctx, definition, fresh));
  }
  return settings;
}
