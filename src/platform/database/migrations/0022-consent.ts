import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

const CHANNELS = "('email', 'phone', 'sms', 'post')";
const STATUSES = "('granted', 'pending', 'withdrawn')";

/** UUIDv7 of now, for the few rows that the migration makes itself. */
const NEW_ID = `overlay(overlay(gen_random_uuid()::text placing
  lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint >> 16), 8, '0') || '-' ||
  lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint & 65535), 4, '0')
  from 1) placing '7' from 15)::uuid`;

/** What contacts agreed to, how that is known, and which addresses nothing may be sent to. */
export class M0022Consent extends Migration {
  override up(): void {
    this.purposes();
    this.consents();
    this.suppressions();
    this.firstPurposes();
  }

  /** New workspaces get their first purpose while they are made, with SYSTEM rights. */
  private purposes(): void {
    this.addSql(`
      create table consent_purposes (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        version integer not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        key text not null,
        name text not null,
        description text,
        consent_text text,
        channels text[] not null,
        consent_needed boolean not null default true,
        double_opt_in boolean not null default true,
        active boolean not null default true,
        primary key (workspace_id, id),
        unique (workspace_id, key)
      );
      ${lockToWorkspace('consent_purposes', { system: true })}`);
  }

  /** The history can be added to and read; only the purge of its contact takes it away. */
  private consents(): void {
    this.addSql(`
      create table consents (
        workspace_id uuid not null,
        contact_id uuid not null,
        purpose_id uuid not null,
        channel text not null check (channel in ${CHANNELS}),
        status text not null check (status in ${STATUSES}),
        source text not null,
        changed_at timestamptz(3) not null,
        request_id uuid,
        asks integer not null default 0,
        asked_at timestamptz(3),
        primary key (workspace_id, contact_id, purpose_id, channel),
        foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
          on delete cascade,
        foreign key (workspace_id, purpose_id) references consent_purposes (workspace_id, id)
      );
      create index consents_purpose
        on consents (workspace_id, purpose_id, channel, status, contact_id);
      ${lockToWorkspace('consents')}
      create table consent_history (
        workspace_id uuid not null,
        contact_id uuid not null,
        id uuid not null,
        purpose_id uuid not null,
        channel text not null check (channel in ${CHANNELS}),
        status text not null check (status in ${STATUSES}),
        source text not null,
        occurred_at timestamptz(3) not null,
        recorded_at timestamptz(3) not null default now(),
        proof jsonb not null default '{}',
        actor_type text not null,
        actor_id uuid,
        actor_user_id uuid,
        primary key (workspace_id, contact_id, id),
        foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
          on delete cascade,
        foreign key (workspace_id, purpose_id) references consent_purposes (workspace_id, id)
      );
      create index consent_history_purpose on consent_history (workspace_id, purpose_id);
      ${lockToWorkspace('consent_history', { grants: 'select, insert' })}`);
  }

  /**
   * Addresses are kept as HMAC-SHA-256 under a key of the workspace alone. The key is kept as the
   * two blocks that an HMAC begins with, so that PostgreSQL can make one with sha256(); it never
   * changes, for the addresses cannot be hashed again.
   */
  private suppressions(): void {
    this.addSql(`
      create table suppression_keys (
        workspace_id uuid primary key references workspaces (id),
        inner_block bytea not null check (length(inner_block) = 64),
        outer_block bytea not null check (length(outer_block) = 64)
      );
      ${lockToWorkspace('suppression_keys', { grants: 'select, insert' })}
      create table suppressions (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        channel text not null check (channel in ('email', 'phone', 'sms')),
        address_hash bytea not null check (length(address_hash) = 32),
        reason text not null
          check (reason in ('erased', 'unsubscribed', 'bounced', 'complaint', 'manual')),
        note text,
        created_at timestamptz(3) not null default now(),
        created_by uuid,
        primary key (workspace_id, id),
        unique (workspace_id, channel, address_hash)
      );
      create index suppressions_reason on suppressions (workspace_id, reason, id);
      ${lockToWorkspace('suppressions')}`);
  }

  /** Workspaces that are there already get the purpose that new ones begin with. */
  private firstPurposes(): void {
    this.addSql(`
      set local role keel_app;
      select set_config('app.system', 'on', true);
      insert into consent_purposes (workspace_id, id, key, name, description, channels)
      select w.id, ${NEW_ID}, 'marketing', 'Marketing',
        'News about products, offers and events', '{email,phone,sms,post}'
      from workspaces w;
      select set_config('app.system', '', true);
      reset role;`);
  }
}
