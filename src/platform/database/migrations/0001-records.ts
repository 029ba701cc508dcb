import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

const ADDRESS_COLUMNS = `
  address_street text,
  address_city text,
  address_region text,
  address_postal_code text,
  address_country text`;

/** Workspaces, the change log, the side tables of records, companies and contacts. */
export class M0001Records extends Migration {
  override up(): void {
    this.addSql(`
      do $$ begin
        if not exists (select from pg_roles where rolname = 'keel_app') then
          create role keel_app nologin;
        end if;
      exception when duplicate_object or unique_violation then null; -- another database's migration won
      end $$;
      do $$ begin
        if not pg_has_role(current_user, 'keel_app', 'usage') then
          execute format('grant keel_app to %I', current_user);
        end if;
      end $$;
      grant usage on schema public to keel_app;
      create extension if not exists btree_gin;`);
    this.addSql(`
      create table workspaces (
        id uuid primary key,
        name text not null,
        default_country text,
        default_currency text not null default 'EUR',
        time_zone text not null default 'UTC',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      );
      alter table workspaces enable row level security;
      alter table workspaces force row level security;
      create policy workspaces_own on workspaces to keel_app
        using (id = (select nullif(current_setting('app.workspace', true), '')::uuid)
          or (select current_setting('app.system', true)) = 'on');
      grant select, insert, update on workspaces to keel_app;`);
    this.changeLog();
    this.sideTables();
    this.companies();
    this.contacts();
  }

  private changeLog(): void {
    this.addSql(`
      create table events (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        seq bigint not null generated always as identity,
        position bigint,
        type text not null,
        object text not null,
        occurred_at timestamptz(3) not null default now(),
        actor_type text not null,
        actor_id uuid,
        actor_user_id uuid,
        request_id text,
        ip text,
        source text,
        feed boolean not null default true,
        record_id uuid,
        record_ids uuid[],
        changes jsonb,
        primary key (workspace_id, id)
      );
      create sequence events_position;
      create index events_feed on events (workspace_id, position) where feed;
      create index events_unordered on events (seq) where position is null;
      create index events_record on events (workspace_id, record_id, position) where record_id is not null;
      create index events_age on events (occurred_at);
      create index events_source on events (workspace_id, source, seq) where source is not null;
      grant usage on sequence events_position to keel_app;
      ${lockToWorkspace('events', { system: true, grants: 'select, insert, delete, update (position)' })}`);
    this.addSql(`
      create table event_records (
        workspace_id uuid not null,
        record_id uuid not null,
        event_id uuid not null,
        version integer not null,
        changes jsonb,
        primary key (workspace_id, record_id, event_id)
      );
      create index event_records_event on event_records (workspace_id, event_id);
      ${lockToWorkspace('event_records', { grants: 'select, insert, delete' })}`);
  }

  private sideTables(): void {
    this.addSql(`
      create table record_index (
        workspace_id uuid not null,
        object text not null,
        record_id uuid not null,
        key text not null,
        value text collate "C" not null,
        number double precision,
        uniq boolean not null default false,
        primary key (workspace_id, object, record_id, key, value)
      );
      create index record_index_value on record_index (workspace_id, object, key, value, record_id);
      create index record_index_number on record_index (workspace_id, object, key, number, record_id)
        where number is not null;
      create unique index record_index_unique on record_index (workspace_id, object, key, value)
        where uniq;
      ${lockToWorkspace('record_index')}`);
    this.addSql(`
      create table properties (
        workspace_id uuid not null references workspaces (id),
        object text not null,
        name text not null,
        label text not null,
        type text not null,
        description text,
        options jsonb not null default '[]',
        required boolean not null default false,
        uniq boolean not null default false,
        reference text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        archived_at timestamptz(3),
        primary key (workspace_id, object, name)
      );
      ${lockToWorkspace('properties')}`);
    this.addSql(`
      create table idempotency_keys (
        workspace_id uuid not null references workspaces (id),
        principal_id uuid not null,
        key text not null,
        request_hash text not null,
        status integer not null,
        headers jsonb not null default '{}',
        body text not null default '',
        created_at timestamptz(3) not null default now(),
        primary key (workspace_id, principal_id, key)
      );
      create index idempotency_keys_age on idempotency_keys (created_at);
      ${lockToWorkspace('idempotency_keys', { system: true })}`);
  }

  private companies(): void {
    this.addSql(`
      create table companies (
        ${RECORD_COLUMNS},
        name text not null,
        domain text,
        website text,
        industry text,
        employees integer,
        annual_revenue_amount numeric,
        annual_revenue_currency text,
        phone text,
        phone_original text,
        phone_valid boolean,
        ${ADDRESS_COLUMNS},
        parent_id uuid,
        lifecycle_stage text,
        description text,
        primary key (workspace_id, id),
        foreign key (workspace_id, parent_id) references companies (workspace_id, id)
          on delete set null (parent_id)
      );
      create unique index companies_domain_unique on companies (workspace_id, domain)
        where domain is not null and deleted_at is null;
      create index companies_created on companies (workspace_id, created_at, id) where deleted_at is null;
      create index companies_updated on companies (workspace_id, updated_at, id) where deleted_at is null;
      create index companies_name on companies (workspace_id, name, id) where deleted_at is null;
      create index companies_stage on companies (workspace_id, lifecycle_stage, created_at, id)
        where deleted_at is null;
      create index companies_owner on companies (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index companies_country on companies (workspace_id, address_country, created_at, id)
        where deleted_at is null;
      create index companies_parent on companies (workspace_id, parent_id, id) where parent_id is not null;
      create index companies_bin on companies (workspace_id, deleted_at, id) where deleted_at is not null;
      ${lockToWorkspace('companies')}`);
  }

  private contacts(): void {
    this.addSql(`
      create table contacts (
        ${RECORD_COLUMNS},
        first_name text,
        last_name text,
        email text,
        phone text,
        phone_original text,
        phone_valid boolean,
        mobile text,
        mobile_original text,
        mobile_valid boolean,
        title text,
        company_id uuid,
        ${ADDRESS_COLUMNS},
        lifecycle_stage text,
        source text,
        language text,
        time_zone text,
        primary key (workspace_id, id),
        foreign key (workspace_id, company_id) references companies (workspace_id, id)
          on delete set null (company_id)
      );
      create unique index contacts_email_unique on contacts (workspace_id, email)
        where email is not null and deleted_at is null;
      create index contacts_email_empty on contacts (workspace_id, email, id)
        where email is null and deleted_at is null;
      create index contacts_created on contacts (workspace_id, created_at, id) where deleted_at is null;
      create index contacts_updated on contacts (workspace_id, updated_at, id) where deleted_at is null;
      create index contacts_last_name on contacts (workspace_id, last_name, id) where deleted_at is null;
      create index contacts_stage on contacts (workspace_id, lifecycle_stage, created_at, id)
        where deleted_at is null;
      create index contacts_owner on contacts (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index contacts_company on contacts (workspace_id, company_id, id)
        where company_id is not null;
      create index contacts_bin on contacts (workspace_id, deleted_at, id) where deleted_at is not null;
      ${lockToWorkspace('contacts')}`);
  }
}
