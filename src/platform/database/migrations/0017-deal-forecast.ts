import { Migration } from '@mikro-orm/migrations';

/** Forecasts read won deals from their index alone, with the currency they were counted in. */
export class M0017DealForecast extends Migration {
  override up(): void {
    this.addSql(`
      drop index deals_won;
      create index deals_won on deals (workspace_id, closed_at)
        include (pipeline_id, owner_id, currency, amount, amount_in_base, base_currency)
        where deleted_at is null and status = 'won';`);
  }
}
