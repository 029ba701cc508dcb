import type { RequestContext } from '../../common/context.js';
import type { FieldError } from '../../common/errors.js';
import type { Transaction } from '../database/transaction.js';
import type { Statement, StatementResult } from '../database/pipeline.js';
import type { CustomProperty } from './custom-properties.js';
import type { FieldSpec } from './field-types.js';
import { itemsOf } from './list-items.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import type { RecordPatch } from './record-input.js';

/** Something a record points to: it must exist in the same workspace. */
export interface ReferenceUse {
  /** Table the id must be found in. */
  table: string;
  id: string;
  error: FieldError;
}

/** Every reference that a patch names, with the error there is if it leads nowhere. */
export function referencesOf(
  kit: RecordKit,
  definition: ObjectDefinition,
  patch: RecordPatch,
  properties: ReadonlyMap<string, CustomProperty>,
  pointer = '',
): ReferenceUse[] {
  const uses: ReferenceUse[] = [];
  const add: Add = (table, id, at, what) => {
    if (table === undefined || typeof id !== 'string') return;
    const detail = `there is no ${what} ${id}`;
    uses.push({ table, id, error: { pointer: pointer + at, code: 'reference', detail } });
  };
  for (const { name, column, references } of definition.references) {
    const object = references?.object ?? '';
    add(tableOf(kit, object), patch.values[column], `/${name}`, object);
  }
  for (const list of definition.lists) addItems(kit, list, patch, add);
  add('users', patch.ownerId, '/ownerId', 'user');
  for (const [name, value] of Object.entries(patch.custom)) {
    const object = properties.get(name)?.reference ?? '';
    add(kit.get(object)?.table, value, `/custom/${name}`, object);
  }
  return uses;
}

/** Every reference that an item of a list names, with the error there is if it leads nowhere. */
export function itemReferencesOf(
  kit: RecordKit,
  list: FieldSpec | null,
  item: Readonly<Record<string, unknown>> | null,
): ReferenceUse[] {
  if (!list || !item) return [];
  return list.items.flatMap(({ name, references }) => {
    const [object, id] = [references?.object ?? '', item[name]];
    const table = references && tableOf(kit, object);
    if (table === undefined || typeof id !== 'string') return [];
    const detail = `there is no ${object} ${id}`;
    const error = { pointer: `/${list.name}/${name}`, code: 'reference', detail };
    return [{ table, id, error }];
  });
}

type Add = (table: string | undefined, id: unknown, at: string, what: string) => void;

function addItems(kit: RecordKit, list: FieldSpec, patch: RecordPatch, add: Add): void {
  const members = list.items.filter(({ references }) => references);
  if (members.length === 0 || patch.values[list.column] === undefined) return;
  for (const [index, item] of itemsOf(patch.values[list.column]).entries()) {
    for (const { name, references } of members) {
      const object = references?.object ?? '';
      add(tableOf(kit, object), item[name], `/${list.name}/${index}/${name}`, object);
    }
  }
}

/** Users are no records, but can be pointed to like them. */
const tableOf = (kit: RecordKit, object: string): string | undefined =>
  object === 'user' ? 'users' : kit.get(object)?.table;

/** Statements that look the references up, one per table; read the answers with {@link missing}. */
export function lookupStatements(ctx: RequestContext, uses: readonly ReferenceUse[]): Statement[] {
  return [...Map.groupBy(uses, ({ table }) => table)].map(([table, group]) => ({
    text: `select id from ${table} where workspace_id = $1 and id = any($2::uuid[])`,
    params: [ctx.workspaceId, [...new Set(group.map(({ id }) => id))]],
  }));
}

/** The uses whose record was not found. */
export function missing(
  uses: readonly ReferenceUse[],
  results: readonly StatementResult[],
): ReferenceUse[] {
  const found = new Set(results.flatMap(({ rows }) => rows.map((row) => row['id'] as string)));
  return uses.filter(({ id }) => !found.has(id));
}

/** Looks references up within a transaction. */
export async function missingReferences(
  tx: Transaction,
  ctx: RequestContext,
  uses: readonly ReferenceUse[],
): Promise<ReferenceUse[]> {
  if (uses.length === 0) return [];
  return missing(uses, await tx.run(lookupStatements(ctx, uses)));
}
