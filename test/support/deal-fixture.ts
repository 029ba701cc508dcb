import { query } from './database.js';

/** A workspace with many deals: two thirds open, over two years, of 200 owners. */
export interface DealFixture {
  workspaceId: string;
  pipelineId: string;
  /** Owner of one deal in 200. */
  ownerId: string;
}

const ids: DealFixture = {
  workspaceId: '11111111-1111-7111-8111-111111111111',
  pipelineId: '22222222-2222-7222-8222-222222222222',
  ownerId: '',
};

/** Made by the database itself, through the triggers that keep the totals. */
export async function fillDeals(superuserUrl: string, count: number): Promise<DealFixture> {
  const stage = (n: string): string => `md5('stage' || ${n})::uuid`;
  const id = `(lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid`;
  const owner = `md5('owner' || n % 200)::uuid`;
  const time = "timestamptz '2026-01-01' + n * interval '5 minutes'";
  const place = '(array[1, 2, 3, 4, 1, 2, 5, 6, 3])[n % 9 + 1]';
  const status = `(array['open', 'open', 'open', 'open', 'won', 'lost'])[${place}]`;
  await query(
    superuserUrl,
    `insert into workspaces (id, name) values ('${ids.workspaceId}', 'Big');
    insert into pipelines (workspace_id, id, name, is_default)
      values ('${ids.workspaceId}', '${ids.pipelineId}', 'Sales', true);
    insert into pipeline_stages (workspace_id, id, pipeline_id, position, key, name, type,
        probability, forecast_category)
      select '${ids.workspaceId}', ${stage('n')}, '${ids.pipelineId}', n, 's' || n, 'S' || n,
        (array['open', 'open', 'open', 'open', 'won', 'lost'])[n], n * 10, 'pipeline'
      from generate_series(1, 6) n;
    insert into exchange_rates (workspace_id, from_currency, to_currency, on_date, rate)
      values ('${ids.workspaceId}', 'USD', 'EUR', '2025-01-01', 0.9);
    insert into deals (workspace_id, id, created_at, updated_at, owner_id, name, pipeline_id,
        stage_id, stage, status, amount, currency, amount_in_base, base_currency,
        expected_close_date, probability, forecast_category, stage_entered_at, closed_at)
      select '${ids.workspaceId}', ${id}, ${time}, ${time}, ${owner}, 'Deal ' || n,
        '${ids.pipelineId}', ${stage(place)}, 's' || ${place}, ${status}, n % 5000 + 0.55,
        (array['EUR', 'EUR', 'USD'])[n % 3 + 1], n % 5000 + 0.55, 'EUR',
        date '2026-01-01' + n % 730, 40, (array['pipeline', 'bestCase', 'commit'])[n % 3 + 1],
        ${time}, case when ${place} > 4 then ${time} end
      from generate_series(1, ${count}) n;
    analyze;`,
  );
  const [row] = await query(superuserUrl, "select md5('owner7')::uuid::text as id");
  return { ...ids, ownerId: row.id as string };
}
