/** Rows belong to the workspace named for the transaction. */
const OWN_WORKSPACE =
  "workspace_id = (select nullif(current_setting('app.workspace', true), '')::uuid)";

/** Upkeep that Keel does across workspaces. */
const SYSTEM = "(select current_setting('app.system', true)) = 'on'";

/**
 * SQL that locks a table to the workspace of the transaction and lets the runtime role use it.
 * @param options `system`: upkeep may see all workspaces' rows, such as relays and sign-in;
 * `grants`: what the runtime role may do, default everything.
 */
export function lockToWorkspace(
  table: string,
  options: { system?: boolean; grants?: string } = {},
): string {
  const rule = options.system ? `${OWN_WORKSPACE} or ${SYSTEM}` : OWN_WORKSPACE;
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy ${table}_workspace on ${table} to keel_app using (${rule}) with check (${rule});
    grant ${options.grants ?? 'select, insert, update, delete'} on ${table} to keel_app;`;
}

/** SQL that hides a table from every workspace: only upkeep and sign-in (SYSTEM scope) see it. */
export function lockToSystem(table: string, grants = 'select, insert, update, delete'): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy ${table}_system on ${table} to keel_app using (${SYSTEM}) with check (${SYSTEM});
    grant ${grants} on ${table} to keel_app;`;
}

/** Columns every record has; see `RECORD_FIELDS` in platform/records. */
export const RECORD_COLUMNS = `
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  version integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  created_by uuid,
  updated_by uuid,
  owner_id uuid,
  tags text[] not null default '{}',
  custom jsonb not null default '{}',
  external_ids jsonb not null default '{}',
  deleted_at timestamptz(3),
  merged_into uuid`;
