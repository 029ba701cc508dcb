import { Migration } from '@mikro-orm/migrations';

/** Tickets are found by what was said about them. */
export class M0032MessageSearch extends Migration {
  override up(): void {
    this.addSql(`
      create function ticket_messages_forget() returns trigger language plpgsql as $$
      begin
        delete from search_documents d using gone
        where d.workspace_id = gone.workspace_id and d.object = 'ticketMessage'
          and d.record_id = gone.id;
        return null;
      end $$;
      create trigger ticket_messages_search after delete on ticket_messages
        referencing old table as gone
        for each statement execute function ticket_messages_forget();`);
    this.bin();
    this.backlog();
  }

  /** What was said about a ticket in the bin must not stand in the way of other hits. */
  private bin(): void {
    this.addSql(`
      create function tickets_hide_messages() returns trigger language plpgsql as $$
      begin
        insert into search_queue (workspace_id, object, record_ids)
        select new.workspace_id, 'ticketMessage', array_agg(id) from (
          select id, (row_number() over (order by id) - 1) / 1000 as portion
          from ticket_messages where workspace_id = new.workspace_id and ticket_id = new.id) m
        group by portion;
        return null;
      end $$;
      create trigger tickets_message_search after update on tickets for each row
        when (new.deleted_at is distinct from old.deleted_at)
        execute function tickets_hide_messages();`);
  }

  private backlog(): void {
    // The worker indexes what is there already, as it does what bulk writes bring.
    this.addSql(`
      alter table ticket_messages no force row level security;
      alter table search_queue no force row level security;
      insert into search_queue (workspace_id, object, record_ids)
      select workspace_id, 'ticketMessage', array_agg(id) from (
        select workspace_id, id,
          (row_number() over (partition by workspace_id order by id) - 1) / 1000 as portion
        from ticket_messages) m
      group by workspace_id, portion;
      alter table ticket_messages force row level security;
      alter table search_queue force row level security;`);
  }
}
