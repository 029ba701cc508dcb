import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

/** Campaigns, who gets them and what became of each mail, links in them and who followed which. */
export class M0024Campaigns extends Migration {
  override up(): void {
    this.campaigns();
    this.recipients();
    this.links();
    this.followMerges();
    this.addSql(`alter table workspaces add column email_tracking boolean not null default true;`);
  }

  private campaigns(): void {
    this.addSql(`
      create table campaigns (
        ${RECORD_COLUMNS},
        name text not null,
        channel text not null default 'email',
        purpose text not null default 'marketing',
        subject text,
        from_name text,
        from_address text,
        reply_to text,
        html text,
        text text,
        audience_where json,
        segment_ids json not null default '[]',
        excluded_segment_ids json not null default '[]',
        variants json not null default '[]',
        test_percent integer,
        winner_by text not null default 'opens',
        winner_after_minutes integer,
        winner_variant_id uuid,
        send_at timestamptz(3),
        in_receiver_time_zone boolean not null default false,
        rate_per_minute integer,
        uncertain text not null default 'skip',
        attribution_days integer not null default 14,
        status text not null default 'draft',
        problem text,
        started_at timestamptz(3),
        finished_at timestamptz(3),
        primary key (workspace_id, id)
      );
      create index campaigns_created on campaigns (workspace_id, created_at, id) where deleted_at is null;
      create index campaigns_updated on campaigns (workspace_id, updated_at, id) where deleted_at is null;
      create index campaigns_name on campaigns (workspace_id, name, id) where deleted_at is null;
      create index campaigns_send_at on campaigns (workspace_id, send_at, id) where deleted_at is null;
      create index campaigns_status on campaigns (workspace_id, status, created_at, id)
        where deleted_at is null;
      create index campaigns_owner on campaigns (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index campaigns_bin on campaigns (workspace_id, deleted_at, id) where deleted_at is not null;
      create index campaigns_open on campaigns (status, workspace_id, id)
        where status in ('scheduled', 'sending');
      ${lockToWorkspace('campaigns', { system: true })}
      create table campaign_runs (
        workspace_id uuid not null,
        campaign_id uuid not null,
        lease uuid,
        lease_until timestamptz,
        place uuid,
        assigned jsonb not null default '{}',
        frozen_at timestamptz,
        next_at timestamptz,
        winner_at timestamptz,
        trouble text,
        tokens double precision not null default 1,
        refilled_at timestamptz not null default now(),
        primary key (workspace_id, campaign_id),
        foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
      );
      ${lockToWorkspace('campaign_runs', { system: true })}`);
  }

  /**
   * The address of a receiver is kept as a hash, which differs between campaigns: it says that
   * nobody is mailed twice, and nothing of who they are once the contact has been purged.
   */
  private recipients(): void {
    this.addSql(`
      create table campaign_recipients (
        workspace_id uuid not null,
        id uuid not null,
        campaign_id uuid not null,
        contact_id uuid,
        address_hash uuid not null,
        variant_id uuid,
        state text not null,
        reason text,
        due_at timestamptz(3) not null,
        lease uuid,
        attempts smallint not null default 0,
        sent_at timestamptz(3),
        noted boolean not null default false,
        opened_at timestamptz(3),
        opens integer not null default 0,
        clicked_at timestamptz(3),
        clicks integer not null default 0,
        primary key (workspace_id, id),
        foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade,
        foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
          on delete set null (contact_id)
      ) with (fillfactor = 80);
      create unique index campaign_recipients_address on campaign_recipients
        (workspace_id, campaign_id, address_hash);
      create index campaign_recipients_list on campaign_recipients (workspace_id, campaign_id, id);
      create index campaign_recipients_contact on campaign_recipients (workspace_id, contact_id)
        where contact_id is not null;
      create index campaign_recipients_due on campaign_recipients
        (workspace_id, campaign_id, due_at, id) where state = 'pending';
      create index campaign_recipients_held on campaign_recipients (workspace_id, campaign_id, id)
        where state = 'held';
      create index campaign_recipients_claimed on campaign_recipients (workspace_id, campaign_id)
        where state in ('claimed', 'sending');
      create index campaign_recipients_unnoted on campaign_recipients (workspace_id, campaign_id, id)
        where state = 'sent' and not noted;
      create index campaign_recipients_uncertain on campaign_recipients (workspace_id, campaign_id)
        where state = 'uncertain';
      create index campaign_recipients_engaged on campaign_recipients (workspace_id, campaign_id)
        where opened_at is not null or clicked_at is not null;
      ${lockToWorkspace('campaign_recipients')}`);
  }

  private links(): void {
    this.addSql(`
      create table campaign_links (
        workspace_id uuid not null,
        campaign_id uuid not null,
        number integer not null,
        url text not null,
        primary key (workspace_id, campaign_id, number),
        foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
      );
      ${lockToWorkspace('campaign_links')}
      create table campaign_link_clicks (
        workspace_id uuid not null,
        recipient_id uuid not null,
        number integer not null,
        campaign_id uuid not null,
        clicks integer not null default 1,
        first_at timestamptz(3) not null default now(),
        primary key (workspace_id, recipient_id, number),
        foreign key (workspace_id, recipient_id) references campaign_recipients (workspace_id, id)
          on delete cascade
      );
      create index campaign_link_clicks_campaign on campaign_link_clicks
        (workspace_id, campaign_id, number);
      ${lockToWorkspace('campaign_link_clicks')}`);
  }

  /** What was sent to a duplicate was sent to the contact it was merged into. */
  private followMerges(): void {
    this.addSql(`
      create function campaign_recipients_follow() returns trigger language plpgsql as $$
      begin
        update campaign_recipients set contact_id = new.merged_into
        where workspace_id = new.workspace_id and contact_id = new.id;
        return null;
      end $$;
      create trigger contacts_merged_recipients after update of merged_into on contacts for each row
        when (new.merged_into is not null and new.merged_into is distinct from old.merged_into)
        execute function campaign_recipients_follow();`);
  }
}
