import type { Database } from './database.js';

/** What a load has written. */
export interface Load {
  /** Tables that it is known to have written to. */
  tables: readonly string[];
  /** Rows it wrote to the first of them. */
  rows: number;
}

/** Where autovacuum would look as well, in its time; and what it cannot know of yet. */
const STALE_SQL = `
  select format('%I', c.relname) as name
  from pg_class c left join pg_stat_user_tables s on s.relid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    and (s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
      or c.relname = any($1::text[]) and $2 > 50 + 0.1 * greatest(c.reltuples, 0))
  order by s.n_mod_since_analyze desc nulls last limit 50`;

/**
 * Has PostgreSQL look at what a load has changed much, before anybody asks for it: until it does,
 * its plans are those of the tables as they were, and joins of what were small tables take minutes.
 * The runtime role may not, so it is done as the owner of the tables, outside of a transaction.
 */
export async function refreshStatistics(database: Database, load: Load): Promise<void> {
  await database.withClient(async (client) => {
    const { rows } = await client.query<{ name: string }>(STALE_SQL, [load.tables, load.rows]);
    for (const { name } of rows) await client.query(`analyze ${name}`);
  });
}
