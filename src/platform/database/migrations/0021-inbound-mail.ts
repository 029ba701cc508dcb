import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/** Tickets by e-mail: what came in, what is to go out, and what customers think of it. */
export class M0021InboundMail extends Migration {
  override up(): void {
    this.settings();
    this.incoming();
    this.outgoing();
    this.surveys();
    this.filingMails();
    this.filingSurveys();
  }

  private settings(): void {
    this.addSql(`
      create table mail_settings (
        workspace_id uuid not null references workspaces (id),
        version integer not null default 1,
        updated_at timestamptz(3) not null default now(),
        support_address text,
        sender_name text,
        send_replies boolean not null default true,
        primary key (workspace_id)
      );
      ${lockToWorkspace('mail_settings')}
      create table survey_settings (
        workspace_id uuid not null references workspaces (id),
        version integer not null default 1,
        updated_at timestamptz(3) not null default now(),
        enabled boolean not null default false,
        after_status text not null default 'solved' check (after_status in ('solved', 'closed')),
        delay_hours integer not null default 24,
        question text,
        primary key (workspace_id)
      );
      ${lockToWorkspace('survey_settings')}`);
  }

  /** One row for each mail, whatever became of it: the same mail again finds it. */
  private incoming(): void {
    this.addSql(`
      create table inbound_emails (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        message_key text not null,
        message_id text,
        sender_email text,
        sender_name text,
        recipient text,
        subject text not null,
        result text not null check (result in ('created', 'replied', 'stopped')),
        reason text,
        ticket_id uuid,
        ticket_message_id uuid,
        received_at timestamptz(3) not null default now(),
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references tickets (workspace_id, id)
          on delete set null (ticket_id)
      );
      create index inbound_emails_message on inbound_emails (workspace_id, message_id)
        where ticket_id is not null;
      create index inbound_emails_ticket on inbound_emails (workspace_id, ticket_id, id)
        where ticket_id is not null;
      create unique index inbound_emails_key on inbound_emails (workspace_id, message_key);
      create index inbound_emails_result on inbound_emails (workspace_id, result, id);
      create index inbound_emails_sender on inbound_emails
        (workspace_id, sender_email, received_at) where sender_email is not null;
      create index inbound_emails_old on inbound_emails (received_at) where result = 'stopped';
      ${lockToWorkspace('inbound_emails', { system: true })}`);
  }

  /** Whoever knows the token of a ticket may write to it. */
  private outgoing(): void {
    this.addSql(`
      create table ticket_addresses (
        workspace_id uuid not null,
        ticket_id uuid not null,
        token text not null,
        primary key (workspace_id, ticket_id),
        foreign key (workspace_id, ticket_id) references tickets (workspace_id, id)
          on delete cascade
      );
      create unique index ticket_addresses_token on ticket_addresses (workspace_id, token);
      ${lockToWorkspace('ticket_addresses')}
      create table ticket_mails (
        workspace_id uuid not null,
        message_id uuid not null,
        created_at timestamptz(3) not null default now(),
        due_at timestamptz(3) not null default now(),
        attempts integer not null default 0,
        sent_at timestamptz(3),
        failed_at timestamptz(3),
        failure text,
        primary key (workspace_id, message_id),
        foreign key (workspace_id, message_id) references ticket_messages (workspace_id, id)
          on delete cascade
      );
      create index ticket_mails_due on ticket_mails (due_at)
        where sent_at is null and failed_at is null;
      ${lockToWorkspace('ticket_mails', { system: true })}`);
  }

  private surveys(): void {
    this.addSql(`
      create table ticket_surveys (
        workspace_id uuid not null,
        id uuid not null default gen_random_uuid(),
        ticket_id uuid not null,
        owner_id uuid,
        team_id uuid,
        created_at timestamptz(3) not null default now(),
        due_at timestamptz(3) not null,
        attempts integer not null default 0,
        sent_at timestamptz(3),
        failed_at timestamptz(3),
        failure text,
        expires_at timestamptz(3),
        score smallint check (score between 1 and 5),
        comment text,
        rated_at timestamptz(3),
        changed_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references tickets (workspace_id, id)
          on delete cascade
      );
      create unique index ticket_surveys_ticket on ticket_surveys (workspace_id, ticket_id);
      create index ticket_surveys_due on ticket_surveys (due_at)
        where sent_at is null and failed_at is null;
      create index ticket_surveys_sent on ticket_surveys (workspace_id, sent_at)
        include (score, owner_id, team_id) where sent_at is not null;
      ${lockToWorkspace('ticket_surveys', { system: true })}
      alter table tickets
        add column satisfaction_score integer,
        add column satisfaction_comment text,
        add column satisfaction_rated_at timestamptz(3);
      create index tickets_satisfaction on tickets (workspace_id, satisfaction_rated_at, id)
        where deleted_at is null;`);
  }

  /** Files each public reply of a user to be sent, whichever way it is written. */
  private filingMails(): void {
    this.addSql(`
      create function ticket_messages_file_mail() returns trigger language plpgsql as $$
      begin
        if exists (select from mail_settings where workspace_id = new.workspace_id
          and send_replies and support_address is not null) then
          insert into ticket_addresses (workspace_id, ticket_id, token)
          values (new.workspace_id, new.ticket_id, replace(gen_random_uuid()::text, '-', ''))
          on conflict (workspace_id, ticket_id) do nothing;
          insert into ticket_mails (workspace_id, message_id) values (new.workspace_id, new.id);
        end if;
        return null;
      end $$;
      create trigger ticket_messages_mail after insert on ticket_messages for each row
        when (new.kind = 'reply' and new.direction = 'outbound' and new.message_id is null
          and new.channel not in ('phone', 'chat'))
        execute function ticket_messages_file_mail();`);
  }

  /**
   * Files a survey when a ticket that was open is solved or closed, and takes back one that has not
   * been sent when it is opened again. Tickets that come in solved, as from a file, get none.
   */
  private filingSurveys(): void {
    this.addSql(`
      create function tickets_file_survey() returns trigger language plpgsql as $$
      begin
        if new.deleted_at is not null or new.is_open then
          delete from ticket_surveys where workspace_id = new.workspace_id
            and ticket_id = new.id and sent_at is null;
          return null;
        end if;
        insert into ticket_surveys (workspace_id, ticket_id, owner_id, team_id, due_at)
        select new.workspace_id, new.id, new.owner_id, new.team_id,
          now() + s.delay_hours * interval '1 hour'
        from survey_settings s
        where s.workspace_id = new.workspace_id and s.enabled and new.requester_id is not null
          and (s.after_status = 'solved' or new.status_category = 'closed')
        on conflict (workspace_id, ticket_id) do nothing;
        return null;
      end $$;
      create trigger tickets_survey after update on tickets for each row
        when (new.status_category is distinct from old.status_category
          or new.deleted_at is distinct from old.deleted_at)
        execute function tickets_file_survey();`);
  }
}
