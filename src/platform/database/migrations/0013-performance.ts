import { Migration } from '@mikro-orm/migrations';

/** What the profile of writes showed. */
export class M0013Performance extends Migration {
  override up(): void {
    this.withoutWorkspaceKeys();
    this.addSql(`
      drop index events_feed;
      create index events_feed on events (workspace_id, position)
        where feed and position is not null;`);
  }

  /**
   * A foreign key to `workspaces` makes each new row look its workspace up and lock it, all writers
   * the same row: a tenth of a write. It adds nothing where rows come by the thousand: row level
   * security already lets only the workspace of the transaction in, and workspaces are never
   * deleted.
   */
  private withoutWorkspaceKeys(): void {
    this.addSql(`
      do $$ declare busy record; begin
        for busy in
          select c.conname, c.conrelid::regclass as relation
          from pg_constraint c
          where c.contype = 'f' and c.confrelid = 'workspaces'::regclass
            and c.connamespace = 'public'::regnamespace
            and (c.conrelid = 'events'::regclass or exists (
              select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'external_ids'))
        loop
          execute format('alter table %s drop constraint %I', busy.relation, busy.conname);
        end loop;
      end $$;`);
  }
}
