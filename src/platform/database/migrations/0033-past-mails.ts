import { Migration } from '@mikro-orm/migrations';

/** Campaigns that another system has sent, of which Keel is told afterwards. */
export class M0033PastMails extends Migration {
  override up(): void {
    this.addSql(`alter table campaigns add column sent_elsewhere boolean not null default false;`);
  }
}
