import { query } from './database.js';

/** Users among whom the activities of {@link fillActivities} are divided. */
export const USERS = 200;

/** Id of the nth of them, from 0. */
export const userId = (n: number): string =>
  `00000000-0000-7000-9000-${n.toString(16).padStart(12, '0')}`;

/**
 * Fills a workspace with activities, made by the database itself: a tenth of them open, spread over
 * a year back and a quarter ahead, a twentieth without a time, some meetings of several.
 * @param url of the superuser.
 */
export async function fillActivities(
  url: string,
  workspaceId: string,
  count: number,
): Promise<void> {
  const user = (n: string) =>
    `('00000000-0000-7000-9000-' || lpad(to_hex((${n}) % ${USERS}), 12, '0'))::uuid`;
  await query(
    url,
    `insert into accounts (id, email, name)
      select ${user('n')}, 'u' || n || '@fixture.example', 'User ' || n
      from generate_series(0, ${USERS - 1}) n;
    insert into users (workspace_id, id, account_id, email, name, status)
      select '${workspaceId}', ${user('n')}, ${user('n')}, 'u' || n || '@fixture.example',
        'User ' || n, 'active' from generate_series(0, ${USERS - 1}) n;
    insert into activities (workspace_id, id, owner_id, type, subject, status, all_day, due_at,
        scheduled_at, participants)
      select '${workspaceId}',
        (lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
        ${user('n')}, (array['task', 'call', 'meeting', 'email'])[n % 4 + 1], 'Activity ' || n,
        case when n / ${USERS} % 10 = 0 then 'open' else 'done' end, n % 7 = 0, s.due, s.due,
        case when n % 40 = 2
          then json_build_array(json_build_object('userId', ${user('n + 1')}))
          else '[]'::json end
      from generate_series(1, ${count}) n
      cross join lateral (select case when n / ${USERS} % 20 > 0 then case when n % 7 = 0
        then date_trunc('day', t.at, 'UTC') else t.at end end as due
        from (select now() + ((n / ${USERS} * 7919 % 455) - 365) * interval '1 day'
          + n % 1440 * interval '1 minute' as at) t) s;
    insert into record_index (workspace_id, object, record_id, key, value)
      select workspace_id, 'activity', id, 'links.recordId', md5((row_number() over () % 5000)::text)
      from activities where workspace_id = '${workspaceId}';
    analyze;`,
  );
}
