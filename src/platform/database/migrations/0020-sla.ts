import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/** What is promised to customers, the clocks of the promises, and how tickets stand with them. */
export class M0020Sla extends Migration {
  override up(): void {
    this.policies();
    this.clocks();
    this.standing();
    this.bin();
  }

  /**
   * What a version says never changes, and stays when its policy goes: clocks may still run by it.
   */
  private policies(): void {
    this.addSql(`
      create table sla_policies (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        version integer not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        name text not null,
        active boolean not null default true,
        place integer not null,
        "where" jsonb,
        condition jsonb,
        primary key (workspace_id, id)
      );
      create index sla_policies_place on sla_policies (workspace_id, place, id);
      ${lockToWorkspace('sla_policies')}
      create table sla_policy_versions (
        workspace_id uuid not null,
        policy_id uuid not null,
        version integer not null,
        terms jsonb not null,
        primary key (workspace_id, policy_id, version)
      );
      ${lockToWorkspace('sla_policy_versions', { grants: 'select, insert' })}`);
  }

  /** Upkeep looks across workspaces for the clocks whose time has come. */
  private clocks(): void {
    this.addSql(`
      create table ticket_sla_clocks (
        workspace_id uuid not null,
        ticket_id uuid not null,
        target text not null check (target in ('firstResponse', 'resolution')),
        policy_id uuid not null,
        policy_version integer not null,
        state text not null check (state in ('running', 'paused', 'stopped')),
        promised_ms bigint not null,
        started_at timestamptz(3) not null,
        elapsed_ms bigint not null,
        counted_at timestamptz(3) not null,
        paused_ms bigint not null,
        due_at timestamptz(3),
        warn_at timestamptz(3),
        warned_at timestamptz(3),
        breached_at timestamptz(3),
        stopped_at timestamptz(3),
        done_steps uuid[] not null default '{}',
        next_at timestamptz(3),
        primary key (workspace_id, ticket_id, target),
        foreign key (workspace_id, ticket_id) references tickets (workspace_id, id)
          on delete cascade
      );
      create index ticket_sla_clocks_next on ticket_sla_clocks (next_at, workspace_id)
        where next_at is not null;
      create index ticket_sla_clocks_due on ticket_sla_clocks (workspace_id, next_at, ticket_id)
        where next_at is not null;
      ${lockToWorkspace('ticket_sla_clocks', { system: true })}`);
  }

  private standing(): void {
    this.addSql(`
      alter table tickets
        add column sla_state text,
        add column sla_due_at timestamptz(3);
      create index tickets_sla_due on tickets (workspace_id, sla_due_at, id)
        where deleted_at is null;
      create index tickets_sla_state on tickets (workspace_id, sla_state, created_at, id)
        where deleted_at is null and sla_state is not null;`);
  }

  /** Nothing is told of what lies in the bin; what comes back is looked after at once. */
  private bin(): void {
    this.addSql(`
      create function tickets_rest_sla_clocks() returns trigger language plpgsql as $$
      begin
        update ticket_sla_clocks set next_at = case
          when new.deleted_at is null and state <> 'stopped' then counted_at end
        where workspace_id = new.workspace_id and ticket_id = new.id;
        return null;
      end $$;
      create trigger tickets_sla_bin after update on tickets for each row
        when (new.deleted_at is distinct from old.deleted_at)
        execute function tickets_rest_sla_clocks();`);
  }
}
