// npm run bench -- --boards [--activities 1000000]: boards, forecasts and agendas of a workspace with
// 100,000 deals and so many activities, each worked out anew, against 50 ms.
import { answers, withKept } from './kept.mjs';

export const DEALS = 100_000;
const USERS = 200;
const MOST = 50;
/** Asked so often for each round of the other benches: a 95th percentile needs many. */
const OFTEN = 20;

/** Runs it and returns the results. */
export const boards = ({ rounds, activities }) =>
  withKept(
    `boards-${activities}`,
    (keel, sql) => fill(keel, sql, activities),
    async (keel, sql) => answers(keel, await requestsFor(sql), rounds * OFTEN, MOST),
  );

/** By the database itself, through the triggers that keep totals and agendas. */
async function fill({ workspace }, sql, count) {
  const started = performance.now();
  await sql.query("select set_config('app.workspace', $1, false)", [workspace]);
  for (const statement of [people(workspace), deals(workspace), activities(workspace, count)]) {
    await sql.query(statement);
  }
  console.log(
    `${DEALS} deals and ${count} activities: made in ${Math.round((performance.now() - started) / 1000)} s`,
  );
}

const user = (n) =>
  `('00000000-0000-7000-9000-' || lpad(to_hex((${n}) % ${USERS}), 12, '0'))::uuid`;
const id = (n) =>
  `(lpad(to_hex(1700000000000 + ${n}), 12, '0') || '70008000' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** Users in teams of ten; every twentieth is in a second one. */
const people = (workspace) => `
  insert into accounts (id, email, name)
    select ${user('n')}, 'u' || n || '@bench.example', 'User ' || n
    from generate_series(0, ${USERS - 1}) n;
  insert into users (workspace_id, id, account_id, email, name, status)
    select '${workspace}', ${user('n')}, ${user('n')}, 'u' || n || '@bench.example', 'User ' || n,
      'active'
    from generate_series(0, ${USERS - 1}) n;
  insert into teams (workspace_id, id, name)
    select '${workspace}', md5('team' || n)::uuid, 'Team ' || n from generate_series(0, 19) n;
  insert into team_members (workspace_id, team_id, user_id, role)
    select '${workspace}'::uuid, md5('team' || n / 10)::uuid, ${user('n')}, 'member'
    from generate_series(0, ${USERS - 1}) n
    union
    select '${workspace}'::uuid, md5('team' || (n / 10 + 1) % 20)::uuid, ${user('n')}, 'member'
    from generate_series(0, ${USERS - 1}, 20) n;`;

/** Two thirds of them open, over two years. */
function deals(workspace) {
  const pipeline = "md5('pipeline')::uuid";
  const stage = (n) => `md5('stage' || ${n})::uuid`;
  const place = '(array[1, 2, 3, 4, 1, 2, 5, 6, 3])[n % 9 + 1]';
  const time = "timestamptz '2026-01-01' + n * interval '5 minutes'";
  const types = "array['open', 'open', 'open', 'open', 'won', 'lost']";
  return `
    insert into pipelines (workspace_id, id, name) values ('${workspace}', ${pipeline}, 'Bench');
    insert into pipeline_stages (workspace_id, id, pipeline_id, position, key, name, type,
        probability, forecast_category)
      select '${workspace}', ${stage('n')}, ${pipeline}, n, 's' || n, 'S' || n, (${types})[n],
        n * 10, 'pipeline'
      from generate_series(1, 6) n;
    insert into exchange_rates (workspace_id, from_currency, to_currency, on_date, rate)
      values ('${workspace}', 'USD', 'EUR', '2025-01-01', 0.9);
    insert into deals (workspace_id, id, created_at, updated_at, owner_id, name, pipeline_id,
        stage_id, stage, status, amount, currency, amount_in_base, base_currency,
        expected_close_date, probability, forecast_category, stage_entered_at, closed_at)
      select '${workspace}', ${id('n')}, ${time}, ${time}, ${user('n')}, 'Deal ' || n, ${pipeline},
        ${stage(place)}, 's' || ${place}, (${types})[${place}], n % 5000 + 0.55,
        (array['EUR', 'EUR', 'USD'])[n % 3 + 1], n % 5000 + 0.55, 'EUR',
        date '2026-01-01' + n % 730, ${place} * 10, (array['pipeline', 'bestCase', 'commit'])[n % 3 + 1],
        ${time}, case when ${place} > 4 then ${time} end
      from generate_series(1, ${DEALS}) n;`;
}

/** A tenth of them open, over a year back and a quarter ahead, a twentieth without a time. */
const activities = (workspace, count) => `
  insert into activities (workspace_id, id, owner_id, type, subject, status, all_day, due_at,
      scheduled_at, participants)
    select '${workspace}', ${id('n')}, ${user('n')},
      (array['task', 'call', 'meeting', 'email'])[n % 4 + 1], 'Activity ' || n,
      case when n / ${USERS} % 10 = 0 then 'open' else 'done' end, n % 7 = 0, s.due, s.due,
      case when n % 40 = 2
        then json_build_array(json_build_object('userId', ${user('n + 1')})) else '[]'::json end
    from generate_series(1, ${count}) n
    cross join lateral (
      select case when n / ${USERS} % 20 > 0
        then case when n % 7 = 0 then date_trunc('day', t.at, 'UTC') else t.at end end as due
      from (select now() + (n / ${USERS} * 7919 % 455 - 365) * interval '1 day'
        + n % 1440 * interval '1 minute' as at) t) s;`;

async function requestsFor(sql) {
  const { rows } = await sql.query(`select md5('pipeline')::uuid as pipeline,
    array(select ${user('n')} from generate_series(0, ${USERS - 1}) n) as users`);
  const [{ pipeline, users }] = rows;
  const forecast = (by) => ({ path: `/v1/forecast?from=2026-03&to=2026-08&by=${by}` });
  return {
    board: { path: `/v1/pipelines/${pipeline}/board` },
    'board of one owner': users.map((one) => ({
      path: `/v1/pipelines/${pipeline}/board?ownerId=${one}`,
    })),
    'forecast by month': forecast('month'),
    'forecast by owner': forecast('owner'),
    'forecast by team': forecast('team'),
    agenda: users.map((one) => ({ path: `/v1/activities/agenda?userId=${one}` })),
  };
}
