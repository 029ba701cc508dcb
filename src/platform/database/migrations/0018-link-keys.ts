import { Migration } from '@mikro-orm/migrations';
import { lockToSystem } from './row-security.js';

/** Keys that sign links sent to people. They are never removed: links of old mails stay good. */
export class M0018LinkKeys extends Migration {
  override up(): void {
    this.addSql(`
      create table link_keys (
        id smallint primary key check (id between 1 and 32767),
        secret bytea not null check (octet_length(secret) = 32),
        created_at timestamptz(3) not null default now()
      );
      ${lockToSystem('link_keys', 'select, insert')}`);
  }
}
