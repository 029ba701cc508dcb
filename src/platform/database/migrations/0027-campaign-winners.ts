import { Migration } from '@mikro-orm/migrations';

/**
 * Tests whose time has come are looked for by it, in all workspaces at once. Those that somebody
 * decides by hand wait for ever (`infinity`); those that are decided have no time.
 */
export class M0027CampaignWinners extends Migration {
  override up(): void {
    this.addSql(`
      update campaign_runs r set winner_at = case when c.winner_by = 'manual'
          then 'infinity' else r.winner_at end
        from campaigns c where c.workspace_id = r.workspace_id and c.id = r.campaign_id
          and c.test_percent is not null and c.winner_variant_id is null;
      update campaign_runs r set winner_at = null
        from campaigns c where c.workspace_id = r.workspace_id and c.id = r.campaign_id
          and (c.test_percent is null or c.winner_variant_id is not null
            or c.status in ('sent', 'cancelled'));
      create index campaign_runs_winner on campaign_runs (winner_at)
        where winner_at is not null;`);
  }
}
