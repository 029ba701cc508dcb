import type { RequestContext } from '../../common/context.js';
import type { Params } from '../../platform/records/params.js';

const NAMES = {
  companies: { object: 'company', alias: 'nc', name: 'nc.name' },
  contacts: {
    object: 'contact',
    alias: 'np',
    name: "coalesce(nullif(concat_ws(' ', np.first_name, np.last_name), ''), np.email)",
  },
  products: { object: 'product', alias: 'ng', name: 'ng.name' },
  teams: { object: 'team', alias: 'nt', name: 'nt.name' },
  users: { object: null, alias: 'nu', name: 'nu.name' },
} as const;

/**
 * The name of what a group is made by, joined to the groups and not to all that is counted. What
 * the caller may not read has none.
 */
export function namesOf(
  ctx: RequestContext,
  params: Params,
  table: keyof typeof NAMES,
  key: string,
): { sql: string; join: string } {
  const { object, alias, name } = NAMES[table];
  const reach = object === null ? 'all' : ctx.grants.get(`${object}:read`);
  if (!reach) return { sql: 'null::text', join: '' };
  const own =
    reach === 'own' ? ` and ${alias}.owner_id = ${params.add(ctx.principal.userId, 'uuid')}` : '';
  return {
    sql: name,
    join: `left join ${table} ${alias} on ${alias}.workspace_id = ${params.workspace}
      and ${alias}.id = ${key}${own}`,
  };
}
