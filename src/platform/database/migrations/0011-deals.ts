import { Migration } from '@mikro-orm/migrations';
import { DEAL_TOTALS } from './deal-totals-sql.js';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

/** The indexes every record's lists are served by. */
const recordIndexes = (table: string): string => `
  create index ${table}_created on ${table} (workspace_id, created_at, id) where deleted_at is null;
  create index ${table}_updated on ${table} (workspace_id, updated_at, id) where deleted_at is null;
  create index ${table}_owner on ${table} (workspace_id, owner_id, created_at, id)
    where deleted_at is null;
  create index ${table}_bin on ${table} (workspace_id, deleted_at, id) where deleted_at is not null;`;

/** UUIDv7 of now, for the few rows that the migration makes itself. */
const NEW_ID = `overlay(overlay(gen_random_uuid()::text placing
  lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint >> 16), 8, '0') || '-' ||
  lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint & 65535), 4, '0')
  from 1) placing '7' from 15)::uuid`;

/** Exchange rates, pipelines with their stages, deals with their history and totals, quotas. */
export class M0011Deals extends Migration {
  override up(): void {
    this.exchangeRates();
    this.pipelines();
    this.deals();
    this.dealSides();
    this.quotas();
    this.firstPipelines();
  }

  private exchangeRates(): void {
    this.addSql(`
      create table exchange_rates (
        workspace_id uuid not null references workspaces (id),
        from_currency text not null,
        to_currency text not null,
        on_date date not null,
        rate numeric not null check (rate > 0),
        updated_at timestamptz(3) not null default now(),
        updated_by uuid,
        primary key (workspace_id, from_currency, to_currency, on_date)
      );
      create index exchange_rates_date on exchange_rates
        (workspace_id, on_date, from_currency, to_currency);
      ${lockToWorkspace('exchange_rates')}`);
  }

  private pipelines(): void {
    this.addSql(`
      create table pipelines (
        ${RECORD_COLUMNS},
        name text not null,
        description text,
        is_default boolean not null default false,
        stages json not null default '[]',
        primary key (workspace_id, id)
      );
      create unique index pipelines_name_unique on pipelines (workspace_id, name)
        where deleted_at is null;
      create unique index pipelines_default on pipelines (workspace_id)
        where is_default and deleted_at is null;
      ${recordIndexes('pipelines')}
      ${lockToWorkspace('pipelines', { system: true })}
      create table pipeline_stages (
        workspace_id uuid not null,
        id uuid not null,
        pipeline_id uuid not null,
        position integer not null,
        key text not null,
        name text not null,
        type text not null check (type in ('open', 'won', 'lost')),
        probability integer not null check (probability between 0 and 100),
        forecast_category text not null,
        required_fields text[] not null default '{}',
        rotting_days integer,
        primary key (workspace_id, id),
        foreign key (workspace_id, pipeline_id) references pipelines (workspace_id, id)
          on delete cascade
      );
      create index pipeline_stages_pipeline on pipeline_stages
        (workspace_id, pipeline_id, position);
      ${lockToWorkspace('pipeline_stages', { system: true })}`);
  }

  private deals(): void {
    this.addSql(`
      create table deals (
        ${RECORD_COLUMNS},
        name text not null,
        pipeline_id uuid not null,
        stage_id uuid not null,
        stage text not null,
        status text not null check (status in ('open', 'won', 'lost')),
        amount numeric,
        currency text not null,
        amount_in_base numeric,
        base_currency text,
        rate numeric,
        rate_date date,
        expected_close_date date,
        probability integer not null,
        forecast_category text not null,
        contact_id uuid,
        company_id uuid,
        lines json not null default '[]',
        contacts json not null default '[]',
        competitors json not null default '[]',
        source text,
        description text,
        stage_entered_at timestamptz(3) not null,
        rotting_at timestamptz(3),
        closed_at timestamptz(3),
        won_reason text,
        lost_reason text,
        primary key (workspace_id, id),
        foreign key (workspace_id, pipeline_id) references pipelines (workspace_id, id),
        foreign key (workspace_id, stage_id) references pipeline_stages (workspace_id, id),
        foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
          on delete set null (contact_id),
        foreign key (workspace_id, company_id) references companies (workspace_id, id)
          on delete set null (company_id)
      );
      ${recordIndexes('deals')}
      create index deals_name on deals (workspace_id, name, id) where deleted_at is null;
      create index deals_amount on deals (workspace_id, amount, id) where deleted_at is null;
      create index deals_expected_close on deals (workspace_id, expected_close_date, id)
        where deleted_at is null;
      create index deals_closed on deals (workspace_id, closed_at, id) where deleted_at is null;
      create index deals_entered on deals (workspace_id, stage_entered_at, id)
        where deleted_at is null;
      create index deals_stage on deals (workspace_id, stage_id, stage_entered_at, id)
        where deleted_at is null;
      create index deals_pipeline on deals (workspace_id, pipeline_id, created_at, id)
        where deleted_at is null;
      create index deals_owner_stage on deals (workspace_id, owner_id, stage_id, stage_entered_at, id)
        include (currency, amount, probability, amount_in_base) where deleted_at is null;
      create index deals_forecast on deals (workspace_id, expected_close_date)
        include (pipeline_id, owner_id, forecast_category, currency, amount, probability)
        where deleted_at is null and status = 'open';
      create index deals_won on deals (workspace_id, closed_at)
        include (pipeline_id, owner_id, currency, amount, amount_in_base)
        where deleted_at is null and status = 'won';
      create index deals_rotting on deals (workspace_id, rotting_at, id)
        where deleted_at is null and rotting_at is not null;
      create index deals_contact on deals (workspace_id, contact_id, id)
        where contact_id is not null;
      create index deals_company on deals (workspace_id, company_id, id)
        where company_id is not null;
      create index deals_unconverted on deals (workspace_id, currency, id)
        where amount is not null and amount_in_base is null and deleted_at is null;
      ${lockToWorkspace('deals')}`);
  }

  private dealSides(): void {
    this.addSql(`
      create table deal_stage_history (
        workspace_id uuid not null,
        deal_id uuid not null,
        id uuid not null,
        from_stage_id uuid,
        from_stage text,
        to_stage_id uuid not null,
        to_stage text not null,
        entered_at timestamptz(3) not null,
        seconds bigint,
        by_user_id uuid,
        primary key (workspace_id, deal_id, id),
        foreign key (workspace_id, deal_id) references deals (workspace_id, id) on delete cascade
      );
      ${lockToWorkspace('deal_stage_history')}
      ${DEAL_TOTALS}
      ${lockToWorkspace('deal_totals', { system: true })}`);
  }

  private quotas(): void {
    this.addSql(`
      create table quotas (
        ${RECORD_COLUMNS},
        user_id uuid,
        team_id uuid,
        period text not null,
        starts_on date not null,
        ends_on date not null,
        amount numeric not null,
        currency text not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, user_id) references users (workspace_id, id) on delete cascade,
        foreign key (workspace_id, team_id) references teams (workspace_id, id) on delete cascade
      );
      create unique index quotas_once on quotas (workspace_id, coalesce(user_id, team_id), period)
        where deleted_at is null;
      create index quotas_starts on quotas (workspace_id, starts_on, id) where deleted_at is null;
      create index quotas_team on quotas (workspace_id, team_id) where team_id is not null;
      create index quotas_user on quotas (workspace_id, user_id) where user_id is not null;
      ${recordIndexes('quotas')}
      ${lockToWorkspace('quotas')}`);
  }

  /** Workspaces that are there already get the pipeline that new ones begin with. */
  private firstPipelines(): void {
    this.addSql(`
      set local role keel_app;
      select set_config('app.system', 'on', true);
      with places as materialized (
        select w.id as workspace_id, ${NEW_ID} as pipeline_id from workspaces w
      ), stages as materialized (
        select p.workspace_id, p.pipeline_id, ${NEW_ID} as id, s.*
        from places p cross join (values
          (0, 'qualification', 'Qualification', 'open', 10, 'pipeline'),
          (1, 'proposal', 'Proposal', 'open', 40, 'bestCase'),
          (2, 'negotiation', 'Negotiation', 'open', 70, 'commit'),
          (3, 'won', 'Won', 'won', 100, 'closed'),
          (4, 'lost', 'Lost', 'lost', 0, 'omitted')
        ) s (position, key, name, type, probability, category)
      ), made as (
        insert into pipelines (workspace_id, id, name, is_default, stages)
        select workspace_id, pipeline_id, 'Sales', true, json_agg(json_build_object(
            'id', id, 'name', name, 'key', key, 'type', type, 'probability', probability,
            'forecastCategory', category, 'requiredFields', json_build_array(),
            'rottingDays', null) order by position)
        from stages group by workspace_id, pipeline_id
        returning workspace_id
      )
      insert into pipeline_stages (workspace_id, id, pipeline_id, position, key, name, type,
        probability, forecast_category)
      select workspace_id, id, pipeline_id, position, key, name, type, probability, category
      from stages;
      select set_config('app.system', '', true);
      reset role;`);
  }
}
