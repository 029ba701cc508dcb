import { Migration } from '@mikro-orm/migrations';
import { lockToSystem, lockToWorkspace } from './row-security.js';

/** Mails to users: invitations, forgotten passwords, tickets that escalate. */
export class M0031UserMails extends Migration {
  override up(): void {
    this.mails();
    this.invitations();
    this.resets();
  }

  private mails(): void {
    this.addSql(`
      create table user_mails (
        workspace_id uuid not null,
        id uuid not null,
        user_id uuid not null,
        kind text not null check (kind in ('invitation', 'passwordReset', 'escalation')),
        facts jsonb not null default '{}',
        created_at timestamptz(3) not null default now(),
        due_at timestamptz(3) not null default now(),
        attempts integer not null default 0,
        sent_at timestamptz(3),
        failed_at timestamptz(3),
        failure text,
        primary key (workspace_id, id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
      );
      create index user_mails_user on user_mails (workspace_id, user_id);
      create index user_mails_due on user_mails (due_at)
        where sent_at is null and failed_at is null;
      create index user_mails_old on user_mails (created_at);
      ${lockToWorkspace('user_mails', { system: true })}`);
  }

  /** What becomes of the mail shows on the user, whose version says that something changed. */
  private invitations(): void {
    this.addSql(`
      alter table invitations add column mail_id uuid;
      create function user_mails_note_invitation() returns trigger language plpgsql as $$
      begin
        update users set version = version + 1, updated_at = now()
        where workspace_id = new.workspace_id and id = new.user_id and status = 'invited';
        return null;
      end $$;
      create trigger user_mails_invitation after update on user_mails for each row
        when (new.kind = 'invitation' and (new.sent_at is distinct from old.sent_at
          or new.failed_at is distinct from old.failed_at))
        execute function user_mails_note_invitation();`);
  }

  /** One for each account: whoever asks again makes the link before it void. */
  private resets(): void {
    this.addSql(`
      create table password_resets (
        account_id uuid primary key references accounts (id) on delete cascade,
        mail_id uuid not null unique,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null
      );
      ${lockToSystem('password_resets')}`);
  }
}
