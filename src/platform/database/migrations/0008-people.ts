import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

/**
 * What users tell of themselves, teams, and hand-overs of what somebody owns. Nothing here touches
 * a large table: records are counted and handed over by the owner index each of them has.
 */
export class M0008People extends Migration {
  override up(): void {
    this.users();
    this.teams();
    this.handOvers();
  }

  private users(): void {
    this.addSql(`
      alter table users
        add column language text,
        add column time_zone text,
        add column working_hours jsonb,
        add column holidays date[] not null default '{}',
        add column out_from timestamptz(3),
        add column out_until timestamptz(3),
        add column out_stand_in_id uuid,
        add column out_message text;
      alter table users add constraint users_stand_in
        foreign key (workspace_id, out_stand_in_id) references users (workspace_id, id)
        on delete set null (out_stand_in_id);
      create index users_name on users (workspace_id, name, id);
      create index users_stand_in on users (workspace_id, out_stand_in_id)
        where out_stand_in_id is not null;`);
  }

  private teams(): void {
    this.addSql(`
      create table teams (
        ${RECORD_COLUMNS},
        name text not null,
        description text,
        manager_id uuid,
        parent_team_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, manager_id) references users (workspace_id, id)
          on delete set null (manager_id),
        foreign key (workspace_id, parent_team_id) references teams (workspace_id, id)
          on delete set null (parent_team_id)
      );
      create unique index teams_name_unique on teams (workspace_id, name) where deleted_at is null;
      create index teams_created on teams (workspace_id, created_at, id) where deleted_at is null;
      create index teams_updated on teams (workspace_id, updated_at, id) where deleted_at is null;
      create index teams_owner on teams (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index teams_manager on teams (workspace_id, manager_id) where manager_id is not null;
      create index teams_parent on teams (workspace_id, parent_team_id, id)
        where parent_team_id is not null;
      create index teams_bin on teams (workspace_id, deleted_at, id) where deleted_at is not null;
      ${lockToWorkspace('teams')}
      create table team_members (
        workspace_id uuid not null,
        team_id uuid not null,
        user_id uuid not null,
        role text not null check (role in ('member', 'manager')),
        added_at timestamptz(3) not null default now(),
        primary key (workspace_id, team_id, user_id),
        foreign key (workspace_id, team_id) references teams (workspace_id, id) on delete cascade,
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
      );
      create index team_members_user on team_members (workspace_id, user_id);
      ${lockToWorkspace('team_members')}`);
    this.teamTree();
  }

  /**
   * No team is above itself, whichever way it is written: one, a batch or an import. The lock
   * makes two moves at once wait for each other, which would close a circle together.
   */
  private teamTree(): void {
    this.addSql(`
      create function teams_check_tree() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock(5203350, hashtext(new.workspace_id::text));
        if exists (
          with recursive above as (
            select t.id, t.parent_team_id from teams t
            where t.workspace_id = new.workspace_id and t.id = new.parent_team_id
            union
            select t.id, t.parent_team_id from teams t join above a on t.id = a.parent_team_id
            where t.workspace_id = new.workspace_id
          )
          select from above where id = new.id
        ) then
          raise exception 'A team cannot be above itself'
            using errcode = 'check_violation', constraint = 'teams_tree', table = 'teams';
        end if;
        return null;
      end $$;
      create trigger teams_tree_insert after insert on teams for each row
        when (new.parent_team_id is not null) execute function teams_check_tree();
      create trigger teams_tree_update after update of parent_team_id on teams for each row
        when (new.parent_team_id is not null
          and new.parent_team_id is distinct from old.parent_team_id)
        execute function teams_check_tree();`);
  }

  private handOvers(): void {
    this.addSql(`
      create table hand_overs (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        user_id uuid not null,
        to_id uuid not null,
        objects text[] not null,
        status text not null default 'queued'
          check (status in ('queued', 'running', 'completed', 'failed')),
        moved jsonb not null default '{}',
        place jsonb,
        lease uuid,
        principal jsonb not null,
        request_id text not null,
        error jsonb,
        created_by uuid,
        created_at timestamptz(3) not null default now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade,
        foreign key (workspace_id, to_id) references users (workspace_id, id) on delete cascade
      );
      create index hand_overs_user on hand_overs (workspace_id, user_id, id);
      ${lockToWorkspace('hand_overs')}`);
  }
}
