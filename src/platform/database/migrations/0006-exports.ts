import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/** Exports that the worker writes. */
export class M0006Exports extends Migration {
  override up(): void {
    this.addSql(`
      create table exports (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        object text not null,
        format text not null,
        options jsonb not null,
        status text not null default 'queued',
        principal jsonb not null,
        grants jsonb not null,
        request_id text not null,
        rows bigint not null default 0,
        file_id uuid,
        file_size bigint,
        error jsonb,
        created_by uuid,
        created_at timestamptz(3) not null default now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        primary key (workspace_id, id)
      );
      ${lockToWorkspace('exports', { system: true })}`);
  }
}
