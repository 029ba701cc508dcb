import { randomInt, randomUUID } from 'node:crypto';
import pg from 'pg';

/** A column, as far as writing a sample row goes. */
interface Column {
  name: string;
  type: string;
  /** A value has to be given. */
  needed: boolean;
  /** Whether the runtime role may change it. */
  updatable: boolean;
}

/** A table of the schema, from the catalog. */
export interface Table {
  name: string;
  columns: Column[];
  /** Whether row level security is on, and binds the owner too. */
  secured: boolean;
  forced: boolean;
  /** Whether the runtime role may read it, or delete from it. */
  usable: boolean;
  deletable: boolean;
}

const TABLES_SQL = `
  select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
    has_table_privilege('keel_app', c.oid, 'select') as usable,
    has_table_privilege('keel_app', c.oid, 'delete') as deletable,
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null),
        'needed', a.attnotnull and not a.atthasdef and a.attidentity = '',
        'updatable', has_column_privilege('keel_app', c.oid, a.attnum, 'update')
          and a.attidentity = '' and a.attgenerated = '') order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  order by c.relname`;

/** Every table of the schema "public". */
export async function readTables(url: string): Promise<Table[]> {
  return connected(url, async (client) => (await client.query<Table>(TABLES_SQL)).rows);
}

/** Puts one row of each workspace into each table, whatever the rules of tables and keys are. */
export async function fillTables(
  superuserUrl: string,
  tables: readonly Table[],
  workspaces: readonly string[],
): Promise<void> {
  await connected(superuserUrl, async (client) => {
    // No foreign keys, triggers or checks: samples only have to be somebody's.
    await client.query("set session_replication_role = 'replica'");
    for (const { name } of tables) await client.query(await dropChecks(client, name));
    for (const workspace of workspaces) {
      for (const table of tables.filter((item) => item.name !== 'keel_migrations')) {
        const { text, params } = sampleRow(table, workspace);
        await client.query(text, params);
      }
    }
  });
}

/** A row of the table with made-up values; `workspaces` has the workspace itself. */
export function sampleRow(table: Table, workspace: string): { text: string; params: unknown[] } {
  const given = table.columns.filter(({ name, needed }) => needed || name === 'workspace_id');
  const isOwn = (name: string): boolean =>
    name === 'workspace_id' || (table.name === 'workspaces' && name === 'id');
  const params = given.map(({ name, type }) => (isOwn(name) ? workspace : sampleOf(type, name)));
  const names = given.map(({ name }) => `"${name}"`).join(', ');
  const values = given.map(({ type }, index) => `$${index + 1}::${type}`).join(', ');
  return { text: `insert into ${table.name} (${names}) values (${values})`, params };
}

const SAMPLES: Record<string, (column: string) => unknown> = {
  uuid: () => randomUUID(),
  // Every document is of the same object; what else is text may have to be unique.
  text: (column) => (column === 'object' ? 'sample' : randomUUID()),
  jsonb: () => '{}',
  json: () => '[]',
  numeric: () => '1',
  date: () => '2026-01-01',
  bytea: () => Buffer.from('sample'),
  boolean: () => false,
  integer: () => 1,
  // The number of a key that signs links: each row has another.
  smallint: () => randomInt(32_000),
  bigint: () => 1,
  'timestamp with time zone': () => '2026-01-01T00:00:00.000Z',
};

function sampleOf(type: string, column: string): unknown {
  if (type.endsWith('[]')) return type === 'integer[]' ? [1] : [];
  const sample = SAMPLES[type];
  if (!sample) throw new Error(`Say what a sample of ${type} is`);
  return sample(column);
}

async function dropChecks(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
    [table],
  );
  return rows.map(({ name }) => `alter table ${table} drop constraint ${name};`).join(' ');
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
