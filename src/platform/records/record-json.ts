import { Problem } from '../../common/errors.js';
import { utcSql } from './utc-sql.js';
import type { ObjectDefinition } from './object-definition.js';

/** Members of every record after its object's own, as SQL over the row `r`. */
const COMMON: Record<string, string> = {
  ownerId: 'r.owner_id',
  tags: 'r.tags',
  custom: 'r.custom',
  externalIds: 'r.external_ids',
  version: 'r.version',
  createdAt: utcSql('r.created_at'),
  updatedAt: utcSql('r.updated_at'),
  createdBy: 'r.created_by',
  updatedBy: 'r.updated_by',
};

const members = new WeakMap<ObjectDefinition, Record<string, string>>();

/** Every member of an object's JSON with the SQL that gives it. */
export function jsonMembers(definition: ObjectDefinition): Record<string, string> {
  let known = members.get(definition);
  if (!known) {
    known = { id: 'r.id' };
    for (const field of definition.fieldList) {
      Object.assign(known, field.kind.json(field.name, field.column));
    }
    Object.assign(known, COMMON);
    members.set(definition, known);
  }
  return known;
}

/**
 * SQL that builds the JSON of the row `r`; PostgreSQL writes it once and the server passes it on.
 * @param fields members to give, `custom.<name>` for one custom property; undefined for all.
 * @param further members beside them, such as included records.
 */
export function jsonSql(
  definition: ObjectDefinition,
  fields?: readonly string[],
  further: Record<string, string> = {},
): string {
  const all = jsonMembers(definition);
  const chosen = fields ? chooseMembers(definition, all, fields) : all;
  const columns = Object.entries({ ...chosen, ...further })
    .map(([name, sql]) => `${sql} as "${name}"`)
    .join(', ');
  return `(select row_to_json(x)::text from (select ${columns}) x)`;
}

function chooseMembers(
  definition: ObjectDefinition,
  all: Record<string, string>,
  fields: readonly string[],
): Record<string, string> {
  const chosen: Record<string, string> = { id: 'r.id' };
  for (const name of fields) {
    const sql = all[name];
    if (sql === undefined) {
      const detail = `${definition.plural} have no field ${name.slice(0, 64)}. Fields: ${Object.keys(all).join(', ')}.`;
      throw new Problem('invalid-parameter', detail);
    }
    chosen[name] = sql;
  }
  return chosen;
}
