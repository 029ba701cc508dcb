import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldSpec } from './field-types.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import { jsonSql } from './record-json.js';

const userSql = (column: string): string =>
  `(select json_build_object('id', u.id, 'name', u.name, 'email', u.email)
  from users u where u.workspace_id = r.workspace_id and u.id = r.${column})`;

const userColumn = (field: FieldSpec | undefined): string | undefined =>
  field?.references?.object === 'user' ? field.column : undefined;

/**
 * Members with the records that a record points to: `include=company,owner`.
 * @throws Problem 400 for an unknown relation, 403 for one the caller may not read.
 */
export function includeSql(
  kit: RecordKit,
  ctx: RequestContext,
  definition: ObjectDefinition,
  include: readonly string[],
): Record<string, string> {
  return Object.fromEntries(include.map((name) => [name, relationSql(kit, ctx, definition, name)]));
}

function relationSql(
  kit: RecordKit,
  ctx: RequestContext,
  definition: ObjectDefinition,
  name: string,
): string {
  const field = definition.references.find(({ references }) => references?.include === name);
  const user = name === 'owner' ? 'owner_id' : userColumn(field);
  if (user !== undefined) return userSql(user);
  const target = kit.get(field?.references?.object ?? '');
  if (!field || !target) {
    const known = definition.references.map(({ references }) => references?.include);
    const detail = `${definition.plural} cannot include ${name.slice(0, 64)}. Relations: ${[...known, 'owner'].join(', ')}.`;
    throw new Problem('invalid-parameter', detail);
  }
  const reach = ctx.grants.get(`${target.object}:read`);
  if (!reach) throw new Problem('forbidden', `You need the permission ${target.object}:read.`);
  // The id of a user who signed in: a UUID, so it can stand in the statement.
  const own = reach === 'own' ? `and c.owner_id = '${ctx.principal.userId ?? ''}'::uuid` : '';
  // `o` is read before the inner `r` exists, so its `r` is the row outside.
  return `(select ${jsonSql(target)}::json from (select r.workspace_id, r.${field.column} as id) o
    cross join lateral (select c.* from ${target.table} c
      where c.workspace_id = o.workspace_id and c.id = o.id ${own}) r)`;
}
