import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { ObjectDefinition } from './object-definition.js';
import type { Params } from './params.js';
import type { RecordRow } from './record-row.js';

/** Condition that limits reading to the caller's own records; undefined when all are visible. */
export function reachCondition(
  ctx: RequestContext,
  definition: ObjectDefinition,
): ((params: Params) => string) | undefined {
  if (ctx.grants.get(`${definition.object}:read`) !== 'own') return undefined;
  return (params) => `r.owner_id = ${params.add(ctx.principal.userId, 'uuid')}`;
}

/**
 * Makes sure that the caller may change a stored record.
 * @param action of the permission `<object>:<action>`.
 * @throws Problem 404 when they may not even see it, 403 when it is somebody else's.
 */
export function assertReach(
  ctx: RequestContext,
  definition: ObjectDefinition,
  action: string,
  row: Pick<RecordRow, 'id' | 'ownerId'>,
): void {
  const permission = `${definition.object}:${action}`;
  const reach = ctx.grants.get(permission);
  const isOwn = row.ownerId !== null && row.ownerId === ctx.principal.userId;
  if (!isOwn && ctx.grants.get(`${definition.object}:read`) === 'own') {
    throw Problem.notFound(definition.object, row.id);
  }
  if (reach === undefined) throw new Problem('forbidden', `You need the permission ${permission}.`);
  if (reach === 'own' && !isOwn) {
    const detail = `You may ${action} only ${definition.plural} that you own.`;
    throw new Problem('forbidden', detail);
  }
}

/** @throws Problem 412 when the record is not at the version the client has seen. */
export function assertVersion(row: RecordRow, seen: number | undefined): void {
  if (seen === undefined || seen === row.version) return;
  const detail = `The record is at version ${row.version}. Read it again, then repeat the change.`;
  throw new Problem('precondition-failed', detail);
}

/** Owner of a new record: as asked for, else the acting user. */
export function ownerOfNew(
  ctx: RequestContext,
  definition: ObjectDefinition,
  asked: string | null | undefined,
): string | null {
  const self = ctx.principal.userId;
  const reach = ctx.grants.get(`${definition.object}:create`);
  if (reach === 'own' && asked !== undefined && asked !== self) {
    throw new Problem('forbidden', `You may create only ${definition.plural} that you own.`);
  }
  return asked === undefined ? self : asked;
}
