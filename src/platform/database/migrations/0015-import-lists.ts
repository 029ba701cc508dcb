import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/**
 * Imports of flat files whose rows are items of lists.
 * import_lists: how many items an import has given the list of each record, how many it holds, and
 * whether the import made the record; until the import has ended.
 */
export class M0015ImportLists extends Migration {
  override up(): void {
    this.addSql(`
      create table import_lists (
        workspace_id uuid not null,
        import_id uuid not null,
        record_id uuid not null,
        given integer not null,
        length integer not null,
        is_made boolean not null,
        primary key (workspace_id, import_id, record_id),
        foreign key (workspace_id, import_id) references imports (workspace_id, id)
          on delete cascade
      );
      ${lockToWorkspace('import_lists')}
      alter table imports
        add column warnings bigint not null default 0,
        add column warning_samples jsonb not null default '[]';`);
  }
}
