import type { Transaction } from '../../platform/database/transaction.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { Edge } from '../../platform/records/relations.js';
import type { Changed, ChangedRecord } from './changes.repository.js';
import type { Dependency, Step } from './dependencies.js';

/** Records of a segment that one step evaluates; for more, all are looked through. */
export const MOST_TOUCHED = 20_000;

/**
 * Which records of a segment may belong to it now, or no longer, after these changes.
 * @returns null when they are too many to be worth naming.
 */
export async function touchedRecords(
  tx: Transaction,
  workspaceId: string,
  dependencies: readonly Dependency[],
  changed: readonly Changed[],
): Promise<Set<string> | null> {
  const touched = new Set<string>();
  for (const dependency of dependencies) {
    const relevant = relevantTo(dependency, changed);
    if (relevant.length === 0) continue;
    const roots = await rootsOf(tx, workspaceId, dependency.steps, relevant);
    if (roots === null || touched.size + roots.size > MOST_TOUCHED) return null;
    for (const id of roots) touched.add(id);
  }
  return touched;
}

function relevantTo(dependency: Dependency, changed: readonly Changed[]): ChangedRecord[] {
  const { definition, fields, anyField } = dependency;
  return changed
    .filter(({ object }) => object === definition.plural)
    .flatMap(({ records }) => records)
    .filter((record) => anyField || (record.fields?.some((name) => fields.has(name)) ?? true));
}

/** Goes back from related records to those of the segment, relation by relation. */
async function rootsOf(
  tx: Transaction,
  workspaceId: string,
  steps: readonly Step[],
  records: readonly ChangedRecord[],
): Promise<Set<string> | null> {
  let ids = new Set(records.map(({ id }) => id));
  for (const step of steps.toReversed()) {
    const former = step === steps.at(-1) ? formerTies(step, records) : [];
    const sources = new Set(former);
    for (const edge of step.relation.edges) {
      const found = await sourcesOf(tx, workspaceId, step, edge, [...ids]);
      for (const id of found) sources.add(id);
    }
    if (sources.size > MOST_TOUCHED) return null;
    ids = sources;
  }
  return ids;
}

/** What the changed records led to before. What leads to them has changes of its own. */
function formerTies({ relation }: Step, records: readonly ChangedRecord[]): string[] {
  return relation.edges.flatMap((edge) =>
    edge.kind === 'their' || edge.kind === 'theirItems'
      ? records.flatMap(({ ties }) => formerOf(edge, ties))
      : [],
  );
}

type TheirEdge = Extract<Edge, { kind: 'their' | 'theirItems' }>;

function formerOf(edge: TheirEdge, ties: ChangedRecord['ties']): string[] {
  if (edge.kind === 'their') return idsIn(oldOf(ties[edge.field.name]));
  const member = edge.key.slice(edge.list.name.length + 1);
  const items = oldOf(ties[edge.list.name]);
  const listed = Array.isArray(items)
    ? items.map((item) => (item as Record<string, unknown> | null)?.[member])
    : [];
  return [...idsIn(listed), ...idsIn(oldOf(ties[edge.key]))];
}

const oldOf = (change: unknown): unknown => (Array.isArray(change) ? change[0] : undefined);

const idsIn = (value: unknown): string[] =>
  [value].flat().filter((item) => typeof item === 'string');

/** Names of the fields whose former values tell what records led to. */
export function tiesOf(dependencies: readonly Dependency[]): string[] {
  const names = dependencies.flatMap(({ steps }) =>
    (steps.at(-1)?.relation.edges ?? []).flatMap((edge) => {
      if (edge.kind === 'their') return [edge.field.name];
      return edge.kind === 'theirItems' ? [edge.list.name, edge.key] : [];
    }),
  );
  return [...new Set(names)];
}

/** Records of the step's beginning that an edge ties to the given ones. */
async function sourcesOf(
  tx: Transaction,
  workspaceId: string,
  step: Step,
  edge: Edge,
  ids: readonly string[],
): Promise<string[]> {
  const { from, relation } = step;
  const rows = await tx.query<{ id: string }>(
    `${sourceSql(from, relation.target, edge)} limit ${MOST_TOUCHED + 1}`,
    [workspaceId, ids],
  );
  return rows.map(({ id }) => id);
}

function sourceSql(from: ObjectDefinition, target: ObjectDefinition, edge: Edge): string {
  switch (edge.kind) {
    case 'own':
      return `select r.id from ${from.table} r
        where r.workspace_id = $1 and r.${edge.field.column} = any($2::uuid[])`;
    case 'their':
      return `select distinct r.${edge.field.column} as id from ${target.table} r
        where r.workspace_id = $1 and r.id = any($2::uuid[]) and r.${edge.field.column} is not null`;
    case 'theirItems':
      return `select distinct i.value as id from record_index i where i.workspace_id = $1
        and i.object = '${target.object}' and i.record_id = any($2::uuid[]) and i.key = '${edge.key}'`;
    case 'ownItems':
      return `select distinct i.record_id as id from record_index i where i.workspace_id = $1
        and i.object = '${from.object}' and i.key = '${edge.key}' and i.value = any($2::text[])`;
  }
}
