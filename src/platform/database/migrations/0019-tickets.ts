import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

/** The orders in which an object can be listed, and its bin. */
const commonIndexes = (table: string): string => `
      create index ${table}_created on ${table} (workspace_id, created_at, id)
        where deleted_at is null;
      create index ${table}_updated on ${table} (workspace_id, updated_at, id)
        where deleted_at is null;
      create index ${table}_owner on ${table} (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index ${table}_bin on ${table} (workspace_id, deleted_at, id)
        where deleted_at is not null;`;

/** Tickets with the flow of their statuses, their conversations, attachments and macros. */
export class M0019Tickets extends Migration {
  override up(): void {
    this.flow();
    this.tickets();
    this.ticketIndexes();
    this.messages();
    this.attachments();
    this.macros();
  }

  private flow(): void {
    this.addSql(`
      create table ticket_statuses (
        workspace_id uuid not null references workspaces (id),
        key text not null,
        name text not null,
        category text not null
          check (category in ('new', 'open', 'pending', 'onHold', 'solved', 'closed')),
        position integer not null,
        next text[],
        primary key (workspace_id, key)
      );
      ${lockToWorkspace('ticket_statuses')}
      create table ticket_counters (
        workspace_id uuid not null references workspaces (id),
        last integer not null,
        primary key (workspace_id)
      );
      ${lockToWorkspace('ticket_counters', { grants: 'select, insert, update' })}`);
  }

  private tickets(): void {
    this.addSql(`
      create table tickets (
        ${RECORD_COLUMNS},
        number integer not null,
        subject text not null,
        description text,
        requester_id uuid,
        company_id uuid,
        channel text not null default 'api',
        type text not null default 'question',
        priority text not null default 'normal',
        status text not null,
        status_category text not null
          check (status_category in ('new', 'open', 'pending', 'onHold', 'solved', 'closed')),
        is_open boolean not null,
        team_id uuid,
        followers json not null default '[]',
        links json not null default '[]',
        due_at timestamptz(3),
        status_changed_at timestamptz(3),
        first_responded_at timestamptz(3),
        solved_at timestamptz(3),
        closed_at timestamptz(3),
        reopened_count integer not null default 0,
        last_customer_message_at timestamptz(3),
        last_agent_message_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, requester_id) references contacts (workspace_id, id)
          on delete set null (requester_id),
        foreign key (workspace_id, company_id) references companies (workspace_id, id)
          on delete set null (company_id),
        foreign key (workspace_id, team_id) references teams (workspace_id, id)
          on delete set null (team_id)
      );`);
  }

  private ticketIndexes(): void {
    this.addSql(`
      create unique index tickets_number_unique on tickets (workspace_id, number);
      create index tickets_requester on tickets (workspace_id, requester_id, created_at, id)
        where requester_id is not null;
      create index tickets_company on tickets (workspace_id, company_id, created_at, id)
        where company_id is not null;
      create index tickets_team on tickets (workspace_id, team_id, is_open, created_at, id)
        where deleted_at is null;
      create index tickets_team_all on tickets (workspace_id, team_id) where team_id is not null;
      create index tickets_owner_open on tickets (workspace_id, owner_id, is_open, created_at, id)
        include (due_at) where deleted_at is null;
      create index tickets_open on tickets (workspace_id, is_open, created_at, id)
        where deleted_at is null;
      create index tickets_open_due on tickets (workspace_id, is_open, due_at, id)
        where deleted_at is null;
      create index tickets_status on tickets (workspace_id, status, created_at, id);
      create index tickets_category on tickets (workspace_id, status_category, created_at, id)
        where deleted_at is null;
      create index tickets_due on tickets (workspace_id, due_at, id) where deleted_at is null;
      create index tickets_customer_message on tickets (workspace_id, last_customer_message_at, id)
        where deleted_at is null;
      ${commonIndexes('tickets')}
      ${lockToWorkspace('tickets')}`);
  }

  /** What was said about a ticket: public replies, and notes that only users see. */
  private messages(): void {
    this.addSql(`
      create table ticket_messages (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        kind text not null check (kind in ('reply', 'note')),
        direction text check (direction in ('inbound', 'outbound')),
        author_user_id uuid,
        author_contact_id uuid,
        channel text not null,
        body text not null,
        body_html text,
        message_id text,
        in_reply_to text,
        mentions uuid[] not null default '{}',
        created_at timestamptz(3) not null default now(),
        primary key (workspace_id, id),
        check ((kind = 'note') = (direction is null)),
        foreign key (workspace_id, ticket_id) references tickets (workspace_id, id)
          on delete cascade,
        foreign key (workspace_id, author_contact_id) references contacts (workspace_id, id)
          on delete set null (author_contact_id)
      );
      create index ticket_messages_ticket on ticket_messages
        (workspace_id, ticket_id, created_at, id);
      create unique index ticket_messages_message_id_unique on ticket_messages
        (workspace_id, message_id) where message_id is not null;
      create index ticket_messages_contact on ticket_messages (workspace_id, author_contact_id)
        where author_contact_id is not null;
      ${lockToWorkspace('ticket_messages')}`);
  }

  /** Files of tickets. A file goes when its attachment does, whichever way that is removed. */
  private attachments(): void {
    this.addSql(`
      create table ticket_attachments (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        message_id uuid,
        file_id uuid not null,
        name text not null,
        content_type text not null,
        size bigint not null,
        sha256 text not null,
        created_at timestamptz(3) not null default now(),
        created_by uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references tickets (workspace_id, id)
          on delete cascade,
        foreign key (workspace_id, message_id) references ticket_messages (workspace_id, id)
          on delete cascade,
        foreign key (workspace_id, file_id) references files (workspace_id, id)
      );
      create index ticket_attachments_ticket on ticket_attachments (workspace_id, ticket_id, id);
      create index ticket_attachments_message on ticket_attachments (workspace_id, message_id, id)
        where message_id is not null;
      create unique index ticket_attachments_file on ticket_attachments (workspace_id, file_id);
      ${lockToWorkspace('ticket_attachments')}
      create function ticket_attachments_remove_file() returns trigger language plpgsql as $$
      begin
        delete from files where workspace_id = old.workspace_id and id = old.file_id;
        return null;
      end $$;
      create trigger ticket_attachments_gone after delete on ticket_attachments
        for each row execute function ticket_attachments_remove_file();`);
  }

  private macros(): void {
    this.addSql(`
      create table macros (
        ${RECORD_COLUMNS},
        name text not null,
        description text,
        active boolean not null default true,
        reply text,
        reply_kind text not null default 'reply',
        set_status text,
        set_priority text,
        set_type text,
        set_team_id uuid,
        set_owner_id uuid,
        assign_to_self boolean not null default false,
        add_tags json not null default '[]',
        remove_tags json not null default '[]',
        primary key (workspace_id, id),
        foreign key (workspace_id, set_team_id) references teams (workspace_id, id)
          on delete set null (set_team_id)
      );
      create unique index macros_name_unique on macros (workspace_id, name)
        where deleted_at is null;
      create index macros_team on macros (workspace_id, set_team_id) where set_team_id is not null;
      ${commonIndexes('macros')}
      ${lockToWorkspace('macros')}`);
  }
}
