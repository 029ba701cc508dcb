import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/** Uploaded files, imports, and what an import has to remember until it can no longer be undone. */
export class M0005Imports extends Migration {
  override up(): void {
    this.files();
    this.imports();
    this.rejectedRows();
    this.memories();
  }

  /** A file is kept in the database, so that a worker on any machine can read it. */
  private files(): void {
    this.addSql(`
      create table files (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        name text not null,
        content_type text not null,
        encoding text not null check (encoding in ('identity', 'gzip')),
        size bigint,
        sha256 text,
        created_at timestamptz(3) not null default now(),
        touched_at timestamptz(3) not null default now(),
        completed_at timestamptz(3),
        expires_at timestamptz(3),
        primary key (workspace_id, id)
      );
      create index files_expiry on files (expires_at) where expires_at is not null;
      create index files_unfinished on files (touched_at) where completed_at is null;
      ${lockToWorkspace('files', { system: true })}
      create table file_chunks (
        workspace_id uuid not null,
        file_id uuid not null,
        n integer not null,
        data bytea not null,
        primary key (workspace_id, file_id, n),
        foreign key (workspace_id, file_id) references files (workspace_id, id) on delete cascade
      );
      alter table file_chunks alter column data set storage external;
      ${lockToWorkspace('file_chunks', { system: true })}`);
  }

  private imports(): void {
    this.addSql(`
      create table imports (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        object text not null,
        status text not null check (status in
          ('queued', 'running', 'completed', 'failed', 'cancelled', 'reverting', 'reverted')),
        options jsonb not null,
        file_id uuid not null,
        file_name text not null,
        file_size bigint not null,
        principal jsonb not null,
        grants jsonb not null,
        request_id text,
        format text,
        encoding text,
        delimiter text,
        match_on text,
        mapping jsonb,
        headers jsonb not null default '[]',
        unmapped jsonb not null default '[]',
        next_row bigint not null default 0,
        bytes_read bigint not null default 0,
        created bigint not null default 0,
        updated bigint not null default 0,
        unchanged bigint not null default 0,
        failed bigint not null default 0,
        created_references bigint not null default 0,
        unforeseen integer not null default 0,
        lease uuid,
        cancel_requested boolean not null default false,
        problem jsonb,
        revert jsonb,
        created_by uuid,
        created_at timestamptz(3) not null default now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        primary key (workspace_id, id)
      );
      ${lockToWorkspace('imports', { system: true })}`);
  }

  private rejectedRows(): void {
    this.addSql(`
      create table import_errors (
        workspace_id uuid not null,
        import_id uuid not null,
        row_number bigint not null,
        line bigint not null,
        errors jsonb not null,
        cells jsonb not null,
        primary key (workspace_id, import_id, row_number),
        foreign key (workspace_id, import_id) references imports (workspace_id, id) on delete cascade
      );
      ${lockToWorkspace('import_errors', { grants: 'select, insert, delete' })}`);
  }

  /**
   * import_changes: records as they were before the import changed them, by column.
   * import_drafts and import_keys: what a dry run would have written, so that later rows meet it;
   * import_keys also knows the keys that rows of the file had so far.
   * import_kept: records that a revert left alone.
   */
  private memories(): void {
    const reference =
      'foreign key (workspace_id, import_id) references imports (workspace_id, id) on delete cascade';
    this.addSql(`
      create table import_changes (
        workspace_id uuid not null,
        import_id uuid not null,
        record_id uuid not null,
        version integer not null,
        before jsonb not null,
        primary key (workspace_id, import_id, record_id),
        ${reference}
      );
      ${lockToWorkspace('import_changes')}
      create table import_drafts (
        workspace_id uuid not null,
        import_id uuid not null,
        record_id uuid not null,
        row jsonb not null,
        primary key (workspace_id, import_id, record_id),
        ${reference}
      );
      ${lockToWorkspace('import_drafts')}
      create table import_keys (
        workspace_id uuid not null,
        import_id uuid not null,
        object text not null,
        key text not null,
        value text collate "C" not null,
        record_id uuid not null,
        primary key (workspace_id, import_id, object, key, value, record_id),
        ${reference}
      );
      ${lockToWorkspace('import_keys')}
      create table import_kept (
        workspace_id uuid not null,
        import_id uuid not null,
        record_id uuid not null,
        object text not null,
        reason text not null,
        primary key (workspace_id, import_id, record_id),
        ${reference}
      );
      ${lockToWorkspace('import_kept', { grants: 'select, insert, delete' })}`);
  }
}
