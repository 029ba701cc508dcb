import type { TypedCondition } from '../../common/filter/index.js';
import { SYSTEM_PATHS } from '../../platform/records/object-definition.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { ObjectRelation, RecordRelation } from '../../platform/records/relations.js';

/** One relation on the way from a segment's records to those that a condition asks about. */
export interface Step {
  from: ObjectDefinition;
  relation: ObjectRelation;
}

/** Records that a segment depends on, and which of their changes matter. */
export interface Dependency {
  definition: ObjectDefinition;
  /** How the segment's records lead to them; none for the records themselves. */
  steps: readonly Step[];
  /** Names of fields, as events give them. */
  fields: Set<string>;
  /** Whether any change matters, such as for `updatedAt`. */
  anyField: boolean;
}

/** System columns that no change of a record leaves as they are. */
const CHANGING = new Set(['version', 'updated_at', 'updated_by']);
const SYSTEM_COLUMNS = new Set(SYSTEM_PATHS.map(({ column }) => column));

/** All that a condition on records of an object depends on: the records come first. */
export function dependenciesOf(root: ObjectDefinition, condition: TypedCondition): Dependency[] {
  const found = new Map<string, Dependency>();
  const at = (definition: ObjectDefinition, steps: readonly Step[]): Dependency => {
    const key = steps.map(({ relation }) => relation.name).join('.');
    let known = found.get(key);
    if (!known) {
      known = { definition, steps, fields: new Set(), anyField: false };
      found.set(key, known);
    }
    return known;
  };
  const walk = (item: TypedCondition, here: Dependency): void => {
    if ('and' in item) item.and.forEach((part) => walk(part, here));
    else if ('or' in item) item.or.forEach((part) => walk(part, here));
    else if ('not' in item) walk(item.not, here);
    else if ('relation' in item) {
      const relation = item.relation as RecordRelation;
      const step = { from: here.definition, relation };
      const there = at(relation.target, [...here.steps, step]);
      noteEdges(relation, here, there);
      if (item.wanted.kind === 'sum') noteField(there, item.wanted.field);
      if (item.where) walk(item.where, there);
    } else noteField(here, item.field);
  };
  walk(condition, at(root, []));
  return [...found.values()];
}

/** The fields that tie records together matter on the side that holds them. */
function noteEdges({ edges }: ObjectRelation, here: Dependency, there: Dependency): void {
  for (const edge of edges) {
    const holder = edge.kind === 'own' || edge.kind === 'ownItems' ? here : there;
    if ('field' in edge) holder.fields.add(edge.field.name);
    else holder.fields.add(edge.list.name).add(edge.key);
  }
}

/** Events name whole fields: `address` for `address.country`. */
function noteField(dependency: Dependency, path: string): void {
  const { definition, fields } = dependency;
  const item = definition.indexedItems.get(path);
  if (item) {
    fields.add(item.list.name).add(path);
    return;
  }
  const column = definition.paths.get(path)?.column;
  if (column !== undefined && CHANGING.has(column)) dependency.anyField = true;
  else if (column === undefined || SYSTEM_COLUMNS.has(column)) fields.add(path);
  else fields.add(definition.fieldList.find((field) => holds(field, column))?.name ?? path);
}

const holds = ({ columns }: { columns: readonly { column: string }[] }, column: string): boolean =>
  columns.some((item) => item.column === column);
