import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import { checkCondition } from '../../common/filter/index.js';
import type { FieldSchema, TypedCondition } from '../../common/filter/index.js';
import { fold } from '../../common/fold.js';
import type { ListQuery } from '../../common/list-query.js';
import { normalizeEmail } from '../../common/values/email.js';
import { selectNormalizer } from '../../common/values/select.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { conditionSql } from '../../platform/records/condition-sql.js';
import type { PathSpec } from '../../platform/records/object-definition.js';
import { Params } from '../../platform/records/params.js';
import { after, cursorKey, orderBy, sortKeys } from '../../platform/records/sort-keys.js';
import type { SortKey, SortValue } from '../../platform/records/sort-keys.js';

const STATUSES = ['invited', 'active', 'deactivated'].map((value) => ({ value }));

/** What users can be filtered by besides their teams. */
const PATHS = new Map<string, PathSpec>([
  ['id', { column: 'id', type: 'uuid' }],
  ['name', { column: 'name', type: 'text' }],
  ['email', { column: 'email', type: 'text', normalize: normalizeEmail }],
  ['status', { column: 'status', type: 'select', normalize: selectNormalizer(STATUSES) }],
  ['timeZone', { column: 'time_zone', type: 'text' }],
  ['createdAt', { column: 'created_at', type: 'datetime' }],
  ['updatedAt', { column: 'updated_at', type: 'datetime' }],
]);

const FIELDS = [...PATHS.keys(), 'teamId', 'role'];

const LIKE_A_RECORD = {
  object: 'user',
  plural: 'users',
  paths: PATHS,
  sortable: new Map(
    (
      [
        ['id', 'id', 'uuid'],
        ['name', 'name', 'text'],
        ['email', 'email', 'text'],
        ['createdAt', 'created_at', 'timestamptz'],
      ] as const
    ).map(([name, column, sql]) => [name, { column, sql, nullable: false }]),
  ),
};

/** Parameters of record lists that have no meaning here. */
const ABSENT = ['fields', 'include', 'deleted'] as const;

/** A list of users, ready to become SQL over the user `r`. */
export interface UserListPlan {
  workspaceId: string;
  conditions: readonly ((params: Params) => string)[];
  keys: readonly SortKey[];
  cursor?: readonly SortValue[];
  limit: number;
}

const schema: FieldSchema = (name) => {
  if (name === 'teamId') return { type: 'uuid', filterable: true };
  if (name === 'role') return { type: 'text', filterable: true };
  const path = PATHS.get(name);
  return path && { type: path.type, filterable: true, normalize: path.normalize };
};

/**
 * What a client asks for. Users are few, so what has no index is looked at one by one.
 * @throws Problem 400 for what users cannot be listed by.
 */
export function planUsers(ctx: RequestContext, query: ListQuery): UserListPlan {
  const odd = ABSENT.find((name) => (name === 'deleted' ? query.deleted : query[name]?.length));
  if (odd) throw new Problem('invalid-parameter', `The list of users takes no ${odd}.`);
  const requested =
    query.sort.length > 0 ? query.sort : [{ field: 'id', direction: 'desc' as const }];
  const keys = sortKeys(LIKE_A_RECORD, requested, () => undefined);
  const conditions: ((params: Params) => string)[] = [];
  if (query.where) {
    const checked = checkCondition(query.where, schema, { fieldNames: () => FIELDS });
    conditions.push((params) => userCondition(checked, params));
  }
  const words = query.query === undefined ? [] : fold(query.query).split(/\s+/).slice(0, 10);
  conditions.push(...words.map((word) => (params: Params) => wordCondition(word, params)));
  const cursor = query.cursor === undefined ? undefined : readCursor(ctx, keys, query.cursor);
  return { workspaceId: ctx.workspaceId, conditions, keys, cursor, limit: query.limit };
}

/** The statement of a page: one row more than the limit when there are more. */
export function usersPage(plan: UserListPlan, columns: string): Statement {
  const params = new Params(plan.workspaceId);
  const { keys, cursor, limit } = plan;
  const where = conditionsOf(plan, params);
  if (cursor) where.push(after(keys, cursor, params));
  return {
    text: `select ${columns} from users r where ${where.join(' and ')}
      order by ${orderBy(keys)} limit ${limit + 1}`,
    params: params.values,
  };
}

/** The statement that counts the whole list. */
export function usersCount(plan: UserListPlan): Statement {
  const params = new Params(plan.workspaceId);
  const where = conditionsOf(plan, params).join(' and ');
  return {
    text: `select count(*) as total from users r where ${where}`,
    params: params.values,
  };
}

const conditionsOf = ({ conditions }: UserListPlan, params: Params): string[] => [
  `r.workspace_id = ${params.workspace}`,
  ...conditions.map((condition) => condition(params)),
];

function userCondition(condition: TypedCondition, params: Params): string {
  if ('and' in condition || 'or' in condition) {
    const isAnd = 'and' in condition;
    const parts = (isAnd ? condition.and : condition.or).map((item) => userCondition(item, params));
    return parts.length === 0 ? String(isAnd) : `(${parts.join(isAnd ? ' and ' : ' or ')})`;
  }
  if ('not' in condition) return `(${userCondition(condition.not, params)}) is not true`;
  if ('relation' in condition) throw new Error('Users are asked for without relations');
  if (condition.field === 'teamId') {
    return related(condition, 'x.id', 'uuid', params, TEAMS);
  }
  if (condition.field === 'role') return related(condition, 'lower(x.name)', 'text', params, ROLES);
  return conditionSql(LIKE_A_RECORD, condition, params);
}

const TEAMS = `team_members m join teams x on x.workspace_id = m.workspace_id and x.id = m.team_id
  and x.deleted_at is null`;
const ROLES = 'user_roles m join roles x on x.workspace_id = m.workspace_id and x.id = m.role_id';

/** Whether a user has one of the teams or roles, or has none of them. */
function related(
  { field, op, value }: Extract<TypedCondition, { field: string }>,
  column: string,
  cast: string,
  params: Params,
  from: string,
): string {
  const rows = `exists (select from ${from} where m.workspace_id = r.workspace_id
    and m.user_id = r.id`;
  if (op === 'isNull') return `${value === true ? 'not ' : ''}${rows})`;
  if (!['eq', 'neq', 'in', 'nin'].includes(op)) {
    const detail = `${field} can be compared with eq, neq, in, nin and isNull.`;
    throw new Problem('invalid-filter', detail);
  }
  const wanted = [value].flat().map((item) => String(item).toLowerCase());
  const not = op === 'neq' || op === 'nin' ? 'not ' : '';
  return `${not}${rows} and ${column} = any(${params.add(wanted, `${cast}[]`)}))`;
}

/** The word is a part of the name or the address, whatever its case and accents. */
const wordCondition = (word: string, params: Params): string =>
  `strpos(${FOLDED}, ${params.add(word, 'text')}) > 0`;

/** As near to `fold` as PostgreSQL comes. */
const FOLDED = `replace(replace(replace(translate(regexp_replace(
  normalize(lower(r.name || ' ' || r.email), nfkd), '[\u0300-\u036f]', '', 'g'),
  'øðđłıħ', 'oddlih'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')`;

const signatureOf = (keys: readonly SortKey[]): string =>
  keys.map(({ name, descending }) => (descending ? '-' : '') + name).join(',');

function readCursor(ctx: RequestContext, keys: readonly SortKey[], cursor: string): SortValue[] {
  return decodeCursor(cursor, signatureOf(keys), ctx.workspaceId, keys.map(cursorKey)).values;
}

/** The cursor of the page that follows a row. */
export function cursorAfter(
  ctx: RequestContext,
  keys: readonly SortKey[],
  row: Readonly<Record<string, unknown>>,
): string {
  const values = keys.map(({ name }) => row[name] as SortValue);
  return encodeCursor({ sort: signatureOf(keys), values }, ctx.workspaceId);
}
