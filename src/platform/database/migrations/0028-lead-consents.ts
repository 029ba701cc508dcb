import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';

/**
 * What people agreed to in forms, as proof: what stands in their leads, users may change. It stays
 * when its form is removed, goes with its lead for good, and follows it when leads are merged.
 */
export class M0028LeadConsents extends Migration {
  override up(): void {
    this.addSql(`
      alter table lead_forms add column consent_purpose text;
      create table lead_consents (
        workspace_id uuid not null,
        id uuid not null,
        lead_id uuid not null,
        form_id uuid not null,
        purpose text,
        text text not null,
        email text not null,
        given_at timestamptz(3) not null,
        ip text,
        origin text,
        primary key (workspace_id, id),
        foreign key (workspace_id, lead_id) references leads (workspace_id, id) on delete cascade
      );
      create index lead_consents_lead on lead_consents (workspace_id, lead_id, id);
      ${lockToWorkspace('lead_consents')}
      insert into lead_consents (workspace_id, id, lead_id, form_id, text, email, given_at, ip, origin)
        select s.workspace_id, s.id, l.id, s.form_id, l.consent_text, s.email, s.received_at, s.ip,
          s.origin
        from form_submissions s
        join leads l on l.workspace_id = s.workspace_id and l.id = s.lead_id
        where s.status in ('accepted', 'released') and l.consent_text is not null
          and s.email is not null and l.status <> 'converted';
      create function lead_consents_follow() returns trigger language plpgsql as $$
      begin
        update lead_consents set lead_id = new.merged_into
        where workspace_id = new.workspace_id and lead_id = new.id;
        return null;
      end $$;
      create trigger leads_merged_consents after update of merged_into on leads for each row
        when (new.merged_into is not null and new.merged_into is distinct from old.merged_into)
        execute function lead_consents_follow();`);
  }
}
