/** Columns of `deals` that its totals are made of, as the triggers see them. */
const SHARE = (sign: number, rows: string): string => `
  select workspace_id, pipeline_id, stage_id, currency, ${sign} as n, amount,
    amount * probability / 100 as weighted, amount_in_base,
    case when amount is not null and amount_in_base is null then 1 else 0 end as lacking
  from ${rows} where deleted_at is null`;

const ADD = (shares: string): string => `
  insert into deal_totals (workspace_id, pipeline_id, stage_id, currency, deals, amount, weighted,
    amount_in_base, lacking)
  select workspace_id, pipeline_id, stage_id, currency, sum(n), coalesce(sum(n * amount), 0),
    coalesce(sum(n * weighted), 0), coalesce(sum(n * amount_in_base), 0), sum(n * lacking)
  from (${shares}) s group by workspace_id, pipeline_id, stage_id, currency
  having sum(n) <> 0 or sum(n * amount) <> 0 or sum(n * weighted) <> 0
    or sum(n * amount_in_base) <> 0 or sum(n * lacking) <> 0;`;

/**
 * Sums of deals by stage and currency, for boards. Each statement that writes deals, whichever it
 * is, adds rows with the difference it makes: no writer waits for another, which one row per stage
 * would make them do. Readers add the rows up; upkeep folds them from time to time.
 */
export const DEAL_TOTALS = `
  create table deal_totals (
    workspace_id uuid not null,
    pipeline_id uuid not null,
    stage_id uuid not null,
    currency text not null,
    deals bigint not null,
    amount numeric not null,
    weighted numeric not null,
    amount_in_base numeric not null,
    lacking bigint not null
  );
  create index deal_totals_pipeline on deal_totals (workspace_id, pipeline_id);
  create function deals_add_totals() returns trigger language plpgsql as $$
  begin
    if tg_op = 'INSERT' then
      ${ADD(SHARE(1, 'new_deals'))}
    elsif tg_op = 'DELETE' then
      ${ADD(SHARE(-1, 'old_deals'))}
    else
      ${ADD(`${SHARE(-1, 'old_deals')} union all ${SHARE(1, 'new_deals')}`)}
    end if;
    return null;
  end $$;
  create trigger deals_totals_insert after insert on deals
    referencing new table as new_deals for each statement execute function deals_add_totals();
  create trigger deals_totals_update after update on deals
    referencing old table as old_deals new table as new_deals
    for each statement execute function deals_add_totals();
  create trigger deals_totals_delete after delete on deals
    referencing old table as old_deals for each statement execute function deals_add_totals();`;
