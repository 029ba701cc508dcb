import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

const OPEN = "status in ('new', 'working', 'qualified')";

/** Leads, the rules that assign them, and the forms they come through. */
export class M0010Leads extends Migration {
  override up(): void {
    this.leads();
    this.leadIndexes();
    this.assignment();
    this.forms();
    this.matching();
  }

  private leads(): void {
    this.addSql(`
      create table leads (
        ${RECORD_COLUMNS},
        first_name text,
        last_name text,
        email text,
        phone text,
        phone_original text,
        phone_valid boolean,
        mobile text,
        mobile_original text,
        mobile_valid boolean,
        title text,
        language text,
        time_zone text,
        address_street text,
        address_city text,
        address_region text,
        address_postal_code text,
        address_country text,
        company_name text,
        website text,
        industry text,
        employees integer,
        source text,
        campaign text,
        rating text,
        score integer,
        status text not null default 'new',
        message text,
        consent_text text,
        consent_at timestamptz(3),
        disqualified_reason text,
        assigned_by text,
        assigned_at timestamptz(3),
        converted_at timestamptz(3),
        converted_contact_id uuid,
        converted_company_id uuid,
        converted_deal_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, converted_contact_id) references contacts (workspace_id, id)
          on delete set null (converted_contact_id),
        foreign key (workspace_id, converted_company_id) references companies (workspace_id, id)
          on delete set null (converted_company_id)
      );
      ${lockToWorkspace('leads')}`);
  }

  private leadIndexes(): void {
    this.addSql(`
      create index leads_created on leads (workspace_id, created_at, id) where deleted_at is null;
      create index leads_updated on leads (workspace_id, updated_at, id) where deleted_at is null;
      create index leads_last_name on leads (workspace_id, last_name, id)
        where deleted_at is null;
      create index leads_email on leads (workspace_id, email, id) where deleted_at is null;
      create index leads_company_name on leads (workspace_id, company_name, id)
        where deleted_at is null;
      create index leads_score on leads (workspace_id, score, id) where deleted_at is null;
      create index leads_status on leads (workspace_id, status, created_at, id)
        where deleted_at is null;
      create index leads_owner on leads (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index leads_open on leads (workspace_id, owner_id)
        where deleted_at is null and ${OPEN};
      create index leads_bin on leads (workspace_id, deleted_at, id) where deleted_at is not null;
      create index leads_contact on leads (workspace_id, converted_contact_id)
        where converted_contact_id is not null;
      create index leads_company on leads (workspace_id, converted_company_id)
        where converted_company_id is not null;
      create index leads_deal on leads (workspace_id, converted_deal_id)
        where converted_deal_id is not null;`);
  }

  /** Whose turn it is stands in a row of its own, which assignments lock: rules stay readable. */
  private assignment(): void {
    this.addSql(`
      create table assignment_rules (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        version integer not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        name text not null,
        active boolean not null default true,
        place integer not null,
        "where" jsonb,
        condition jsonb,
        method text not null check (method in ('roundRobin', 'leastLoad', 'fixed')),
        user_ids uuid[] not null default '{}',
        team_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, team_id) references teams (workspace_id, id)
          on delete set null (team_id)
      );
      create index assignment_rules_place on assignment_rules (workspace_id, place, id);
      ${lockToWorkspace('assignment_rules')}
      create table assignment_turns (
        workspace_id uuid not null,
        rule_id uuid not null,
        last_user_id uuid,
        primary key (workspace_id, rule_id),
        foreign key (workspace_id, rule_id) references assignment_rules (workspace_id, id)
          on delete cascade
      );
      ${lockToWorkspace('assignment_turns')}`);
  }

  /** The public address of a form names no workspace: finding it is done with SYSTEM rights. */
  private forms(): void {
    this.addSql(`
      create table lead_forms (
        workspace_id uuid not null references workspaces (id),
        id uuid not null,
        version integer not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        name text not null,
        active boolean not null default true,
        public_key text not null unique,
        token_secret text not null,
        fields jsonb not null,
        source text,
        campaign text,
        tags text[] not null default '{}',
        owner_id uuid,
        allowed_origins text[] not null default '{}',
        redirect_url text,
        thank_you text,
        consent_text text,
        min_seconds integer not null,
        max_links integer not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, owner_id) references users (workspace_id, id)
          on delete set null (owner_id)
      );
      ${lockToWorkspace('lead_forms', { system: true })}
      create table form_submissions (
        workspace_id uuid not null,
        id uuid not null,
        form_id uuid not null,
        status text not null check (status in ('accepted', 'folded', 'spam', 'released')),
        reasons text[] not null default '{}',
        values jsonb not null,
        email text,
        token_id text,
        lead_id uuid,
        origin text,
        ip text,
        received_at timestamptz(3) not null default now(),
        released_at timestamptz(3),
        released_by uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, form_id) references lead_forms (workspace_id, id)
          on delete cascade,
        foreign key (workspace_id, lead_id) references leads (workspace_id, id)
          on delete set null (lead_id)
      );
      create index form_submissions_status on form_submissions (workspace_id, form_id, status, id);
      create index form_submissions_lead on form_submissions (workspace_id, lead_id)
        where lead_id is not null;
      create index form_submissions_token on form_submissions (workspace_id, form_id, token_id)
        where token_id is not null;
      ${lockToWorkspace('form_submissions', { system: true })}`);
  }

  /** Converting looks people up by their phone. */
  private matching(): void {
    this.addSql(`
      create index contacts_phone on contacts (workspace_id, phone)
        where phone is not null and deleted_at is null;
      create index contacts_mobile on contacts (workspace_id, mobile)
        where mobile is not null and deleted_at is null;`);
  }
}
