import { Migration } from '@mikro-orm/migrations';
import { lockToSystem, lockToWorkspace } from './row-security.js';

/** Accounts and sign-in, users, roles, API keys. */
export class M0003Identity extends Migration {
  override up(): void {
    this.addSql(`alter table workspaces add column version integer not null default 1;`);
    this.signIn();
    this.users();
    this.roles();
    this.sessions();
    this.apiKeys();
  }

  /** What is not any workspace's: visible to sign-in alone. */
  private signIn(): void {
    this.addSql(`
      create table accounts (
        id uuid primary key,
        email text not null unique check (email = lower(email)),
        name text not null,
        password_hash text,
        platform_admin boolean not null default false,
        otp_secret text,
        otp_enabled_at timestamptz(3),
        otp_last_step bigint not null default 0,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        disabled_at timestamptz(3)
      );
      ${lockToSystem('accounts')}
      create table sign_in_failures (
        email_hash text primary key,
        failures integer not null,
        blocked_until timestamptz(3) not null,
        failed_at timestamptz(3) not null default now()
      );
      create index sign_in_failures_age on sign_in_failures (failed_at);
      ${lockToSystem('sign_in_failures')}
      create table signing_keys (
        kid uuid primary key,
        algorithm text not null,
        public_jwk jsonb not null,
        private_jwk jsonb not null,
        created_at timestamptz(3) not null default now(),
        retired_at timestamptz(3)
      );
      ${lockToSystem('signing_keys', 'select, insert, update')}`);
    this.addSql(`
      create table access_versions (
        workspace_id uuid primary key references workspaces (id),
        version bigint not null
      );
      ${lockToWorkspace('access_versions', { system: true, grants: 'select, insert, update' })}`);
  }

  private users(): void {
    this.addSql(`
      create table users (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        account_id uuid not null references accounts (id),
        email text not null,
        name text not null,
        status text not null check (status in ('invited', 'active', 'deactivated')),
        version integer not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (workspace_id, id),
        unique (workspace_id, account_id),
        unique (workspace_id, email)
      );
      create index users_account on users (account_id);
      ${lockToWorkspace('users', { system: true })}
      create table invitations (
        workspace_id uuid not null,
        user_id uuid not null,
        token_hash text not null unique,
        expires_at timestamptz(3) not null,
        primary key (workspace_id, user_id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
      );
      ${lockToWorkspace('invitations', { system: true })}`);
  }

  private roles(): void {
    this.addSql(`
      create table roles (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        name text not null,
        description text,
        permissions text[] not null default '{}',
        built_in boolean not null default false,
        version integer not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (workspace_id, id)
      );
      create unique index roles_name_unique on roles (workspace_id, lower(name));
      ${lockToWorkspace('roles', { system: true })}
      create table user_roles (
        workspace_id uuid not null,
        user_id uuid not null,
        role_id uuid not null,
        primary key (workspace_id, user_id, role_id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade,
        foreign key (workspace_id, role_id) references roles (workspace_id, id)
      );
      create index user_roles_role on user_roles (workspace_id, role_id);
      ${lockToWorkspace('user_roles', { system: true })}`);
  }

  /** A family of refresh tokens: the newest one's hash; every other token of it has been used. */
  private sessions(): void {
    this.addSql(`
      create table sessions (
        workspace_id uuid not null,
        id uuid not null,
        user_id uuid not null,
        account_id uuid not null references accounts (id),
        token_hash text not null,
        created_at timestamptz(3) not null default now(),
        refreshed_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
      );
      create unique index sessions_id on sessions (id);
      create index sessions_account on sessions (account_id);
      create index sessions_user on sessions (workspace_id, user_id);
      ${lockToWorkspace('sessions', { system: true })}`);
  }

  private apiKeys(): void {
    this.addSql(`
      create table api_keys (
        workspace_id uuid not null,
        id uuid not null,
        user_id uuid not null,
        name text not null,
        prefix text not null unique,
        secret_hash text not null,
        scopes text[] not null,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
      );
      create index api_keys_user on api_keys (workspace_id, user_id);
      ${lockToWorkspace('api_keys', { system: true })}`);
  }
}
