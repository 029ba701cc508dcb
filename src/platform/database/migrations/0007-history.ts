import { Migration } from '@mikro-orm/migrations';

/** What has happened cannot be made undone from inside a workspace: only upkeep removes old events. */
export class M0007History extends Migration {
  override up(): void {
    for (const table of ['events', 'event_records']) {
      this.addSql(`create policy ${table}_kept on ${table} as restrictive for delete to keel_app
        using ((select current_setting('app.system', true)) = 'on')`);
    }
  }
}
