import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/** Jobs that a committed transaction asked for, until the relay has handed them to the queues. */
export class M0002Jobs extends Migration {
  override up(): void {
    this.addSql(`
      create table job_outbox (
        id uuid primary key,
        seq bigint not null generated always as identity,
        workspace_id uuid default nullif(current_setting('app.workspace', true), '')::uuid,
        name text not null,
        data jsonb not null,
        options jsonb not null,
        created_at timestamptz(3) not null default now(),
        published_at timestamptz(3)
      );
      create index job_outbox_waiting on job_outbox (seq) where published_at is null;
      create index job_outbox_published on job_outbox (published_at) where published_at is not null;
      ${lockToWorkspace('job_outbox', {
        system: true,
        grants: 'select, insert, delete, update (published_at)',
      })}`);
    // The purge of old events spans workspaces.
    this.addSql(`
      alter policy event_records_workspace on event_records
        using (workspace_id = (select nullif(current_setting('app.workspace', true), '')::uuid)
          or (select current_setting('app.system', true)) = 'on');`);
  }
}
