import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { violationOf } from '../database/database-errors.js';
import type { ConstraintViolation } from '../database/database-errors.js';
import { duplicateProblem, findByKey, keysOf } from './match-key.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import type { RecordRow } from './record-row.js';
import type { WorkspaceSettings } from './record-settings.js';
import type { RecordStore } from './record-store.js';

function lostReference(
  definition: ObjectDefinition,
  row: RecordRow,
  { constraint }: ConstraintViolation,
): Problem {
  const field = definition.references.find(({ column }) => constraint.includes(column));
  if (!field) return new Problem('conflict', 'Something that the record points to is gone.');
  const detail = `there is no ${field.references?.object ?? 'record'} ${String(row.values[field.column])}`;
  return Problem.validation([{ pointer: `/${field.name}`, code: 'reference', detail }]);
}

/**
 * The 422 for a check of the table that a write broke; undefined for other errors.
 * @param pointer to the record in the body.
 */
export function brokenCheck(
  { constraints }: ObjectDefinition,
  error: unknown,
  pointer = '',
): Problem | undefined {
  const fault = constraints?.[violationOf(error)?.constraint ?? ''];
  return fault && Problem.validation([{ ...fault, pointer: pointer + fault.pointer }]);
}

/** The problem behind a constraint that a record broke; other errors stay what they are. */
export async function explainViolation(
  kit: RecordKit,
  store: RecordStore,
  ctx: RequestContext,
  row: RecordRow,
  settings: WorkspaceSettings,
  error: unknown,
): Promise<unknown> {
  const { definition } = store;
  const violation = violationOf(error);
  if (violation?.kind === 'foreignKey') return lostReference(definition, row, violation);
  if (violation?.kind === 'check') return brokenCheck(definition, error) ?? error;
  // The transaction of a request with an Idempotency-Key has failed: no question can be asked in it.
  if (violation?.kind !== 'unique') return error;
  const outside = { ...ctx, tx: undefined };
  for (const { key, value } of keysOf(definition, settings.properties, row)) {
    const [found] = await kit.database.run(outside, [findByKey(ctx, definition, key, [value])]);
    const existing = found?.rows.find((hit) => hit['id'] !== row.id);
    if (existing) return duplicateProblem(definition, key, value, existing['id'] as string);
  }
  return new Problem('conflict', 'Another record with the same unique value was being written.');
}
