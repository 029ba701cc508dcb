import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

/**
 * Activities, whose day they are in, what reminds of them, calendar feeds, and on which records'
 * timelines an event shows besides its own.
 */
export class M0012Activities extends Migration {
  override up(): void {
    this.mentions();
    this.activities();
    this.sideTables();
    this.calendarFeeds();
    this.placing();
  }

  private mentions(): void {
    this.addSql(`
      create table event_mentions (
        workspace_id uuid not null,
        record_id uuid not null,
        event_id uuid not null,
        object text not null,
        about_id uuid not null,
        primary key (workspace_id, record_id, event_id, about_id)
      );
      create index event_mentions_event on event_mentions (workspace_id, event_id);
      ${lockToWorkspace('event_mentions', { system: true, grants: 'select, insert, delete' })}
      create policy event_mentions_kept on event_mentions as restrictive for delete to keel_app
        using ((select current_setting('app.system', true)) = 'on');`);
  }

  private activities(): void {
    this.addSql(`
      create table activities (
        ${RECORD_COLUMNS},
        type text not null,
        subject text not null,
        body text,
        status text not null default 'open',
        priority text not null default 'normal',
        due_at timestamptz(3),
        start_at timestamptz(3),
        end_at timestamptz(3),
        all_day boolean not null default false,
        time_zone text,
        duration_minutes integer,
        reminder_at timestamptz(3),
        location text,
        direction text,
        result text,
        participants json not null default '[]',
        links json not null default '[]',
        recurrence text,
        scheduled_at timestamptz(3),
        completed_at timestamptz(3),
        completed_by uuid,
        status_changed_at timestamptz(3),
        series_id uuid,
        series_start_at timestamptz(3),
        next_id uuid,
        primary key (workspace_id, id)
      );
      create index activities_created on activities (workspace_id, created_at, id) where deleted_at is null;
      create index activities_updated on activities (workspace_id, updated_at, id) where deleted_at is null;
      create index activities_due on activities (workspace_id, due_at, id) where deleted_at is null;
      create index activities_scheduled on activities (workspace_id, scheduled_at, id)
        where deleted_at is null;
      create index activities_completed on activities (workspace_id, completed_at, id)
        where deleted_at is null;
      create index activities_owner on activities (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index activities_owner_due on activities (workspace_id, owner_id, status, due_at, id)
        where deleted_at is null;
      create index activities_type on activities (workspace_id, type, created_at, id)
        where deleted_at is null;
      create index activities_status on activities (workspace_id, status, created_at, id)
        where deleted_at is null;
      create index activities_series on activities (workspace_id, series_id, id)
        where series_id is not null;
      create index activities_bin on activities (workspace_id, deleted_at, id) where deleted_at is not null;
      ${lockToWorkspace('activities')}`);
  }

  private sideTables(): void {
    this.addSql(`
      create table activity_agenda (
        workspace_id uuid not null,
        activity_id uuid not null,
        user_id uuid not null,
        is_owner boolean not null,
        is_open boolean not null,
        all_day boolean not null,
        begins_at timestamptz(3),
        ends_at timestamptz(3),
        primary key (workspace_id, activity_id, user_id)
      );
      create index activity_agenda_day on activity_agenda
        (workspace_id, user_id, is_open, all_day, begins_at, activity_id) include (ends_at, is_owner);
      ${lockToWorkspace('activity_agenda')}
      create table activity_reminders (
        workspace_id uuid not null,
        activity_id uuid not null,
        remind_at timestamptz(3) not null,
        primary key (workspace_id, activity_id)
      );
      create index activity_reminders_due on activity_reminders (remind_at);
      ${lockToWorkspace('activity_reminders', { system: true })}`);
  }

  private calendarFeeds(): void {
    this.addSql(`
      create table calendar_feeds (
        workspace_id uuid not null references workspaces (id),
        user_id uuid not null,
        secret_hash text not null,
        created_at timestamptz(3) not null default now(),
        primary key (workspace_id, user_id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade
      );
      create unique index calendar_feeds_secret on calendar_feeds (secret_hash);
      ${lockToWorkspace('calendar_feeds', { system: true })}`);
  }

  /**
   * Files each activity under whoever has it in their day, and its reminder, whichever way it is
   * written: one, a batch, an import, a hand-over, the bin. A reminder that has fired, or whose time
   * had passed when it was set, is not filed again.
   */
  private placing(): void {
    this.addSql(`
      create function activities_file_agenda() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'INSERT' then
          delete from activity_agenda where workspace_id = old.workspace_id and activity_id = old.id;
        end if;
        if tg_op = 'DELETE' or new.deleted_at is not null or new.status = 'cancelled'
          or (new.status = 'done' and new.scheduled_at is null) then
          return null;
        end if;
        insert into activity_agenda (workspace_id, activity_id, user_id, is_owner, is_open, all_day,
          begins_at, ends_at)
        select new.workspace_id, new.id, p.user_id, bool_or(p.is_owner), new.status = 'open',
          new.all_day, new.scheduled_at,
          case when new.scheduled_at = new.start_at then greatest(new.start_at, new.end_at)
            else new.scheduled_at end
        from (
          select new.owner_id as user_id, true as is_owner
          union all
          select (m.value ->> 'userId')::uuid, false from json_array_elements(new.participants) m
          where m.value ->> 'response' is distinct from 'declined'
        ) p
        where p.user_id is not null group by p.user_id;
        return null;
      end $$;
      create trigger activities_agenda_new after insert or delete on activities
        for each row execute function activities_file_agenda();
      create trigger activities_agenda_changed after update on activities for each row
        when (new.owner_id is distinct from old.owner_id or new.status <> old.status
          or new.all_day <> old.all_day or new.scheduled_at is distinct from old.scheduled_at
          or new.end_at is distinct from old.end_at or new.start_at is distinct from old.start_at
          or new.deleted_at is distinct from old.deleted_at
          or new.participants::text <> old.participants::text)
        execute function activities_file_agenda();`);
    this.addSql(`
      create function activities_file_reminder() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'INSERT' then
          delete from activity_reminders where workspace_id = old.workspace_id and activity_id = old.id;
        end if;
        if tg_op = 'DELETE' or new.deleted_at is not null or new.status <> 'open' then
          return null;
        end if;
        if new.reminder_at > now() or (new.reminder_at > now() - interval '5 minutes'
          and (tg_op = 'INSERT' or new.reminder_at is distinct from old.reminder_at)) then
          insert into activity_reminders (workspace_id, activity_id, remind_at)
          values (new.workspace_id, new.id, new.reminder_at);
        end if;
        return null;
      end $$;
      create trigger activities_reminder_new after insert on activities for each row
        when (new.reminder_at is not null) execute function activities_file_reminder();
      create trigger activities_reminder_gone after delete on activities for each row
        when (old.reminder_at is not null) execute function activities_file_reminder();
      create trigger activities_reminder_changed after update on activities for each row
        when (new.reminder_at is distinct from old.reminder_at or new.status <> old.status
          or new.deleted_at is distinct from old.deleted_at)
        execute function activities_file_reminder();`);
  }
}
