import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

/** Segments with their members, how far each workspace's upkeep has read, and frozen memberships. */
export class M0023Segments extends Migration {
  override up(): void {
    this.segments();
    this.members();
    this.snapshots();
  }

  /** What begins with `pass` is the upkeep's own: a walk over all records that is under way. */
  private segments(): void {
    this.addSql(`
      create table segments (
        ${RECORD_COLUMNS.replace(' references workspaces (id)', '')},
        name text not null,
        description text,
        object text not null check (object in ('contacts', 'companies', 'leads')),
        kind text not null check (kind in ('static', 'dynamic')),
        conditions json check ((conditions is not null) = (kind = 'dynamic')),
        member_count integer not null default 0,
        status text not null default 'current' check (status in ('filling', 'current', 'failed')),
        progress integer not null default 100,
        refreshed_at timestamptz(3),
        error text,
        pass text check (pass in ('fill', 'refresh')),
        pass_after uuid,
        pass_done integer not null default 0,
        pass_total integer,
        refresh_at timestamptz(3),
        primary key (workspace_id, id)
      );
      create unique index segments_name_unique on segments (workspace_id, name)
        where deleted_at is null;
      create index segments_created on segments (workspace_id, created_at, id)
        where deleted_at is null;
      create index segments_updated on segments (workspace_id, updated_at, id)
        where deleted_at is null;
      create index segments_owner on segments (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index segments_bin on segments (workspace_id, deleted_at, id)
        where deleted_at is not null;
      create index segments_object on segments (workspace_id, object, kind, id)
        where deleted_at is null;
      create index segments_pass on segments (workspace_id, pass, id)
        where pass is not null and deleted_at is null;
      create index segments_refresh on segments (workspace_id, refresh_at)
        where refresh_at is not null and deleted_at is null;
      ${lockToWorkspace('segments', { system: true })}`);
  }

  private members(): void {
    this.addSql(`
      create table segment_members (
        workspace_id uuid not null,
        segment_id uuid not null,
        record_id uuid not null,
        entered_at timestamptz(3) not null default now(),
        hidden boolean not null default false,
        primary key (workspace_id, segment_id, record_id),
        foreign key (workspace_id, segment_id) references segments (workspace_id, id)
          on delete cascade
      );
      create index segment_members_record on segment_members (workspace_id, record_id, segment_id);
      ${lockToWorkspace('segment_members')}
      create table segment_cursors (
        workspace_id uuid not null,
        position bigint not null,
        primary key (workspace_id)
      );
      ${lockToWorkspace('segment_cursors', { system: true })}`);
  }

  private snapshots(): void {
    this.addSql(`
      create table segment_snapshots (
        workspace_id uuid not null,
        id uuid not null,
        segment_id uuid not null,
        object text not null,
        member_count integer not null,
        created_at timestamptz(3) not null default now(),
        primary key (workspace_id, id)
      );
      ${lockToWorkspace('segment_snapshots')}
      create table segment_snapshot_members (
        workspace_id uuid not null,
        snapshot_id uuid not null,
        record_id uuid not null,
        primary key (workspace_id, snapshot_id, record_id),
        foreign key (workspace_id, snapshot_id) references segment_snapshots (workspace_id, id)
          on delete cascade
      );
      ${lockToWorkspace('segment_snapshot_members')}`);
  }
}
