import { query } from './database.js';

const WORKSPACE = '33333333-3333-7333-8333-333333333333';

/**
 * A workspace with companies (one for five contacts, a fifth of them in Germany), three orders for
 * each contact (of 200 to 1,200 EUR, over two years, some buying far more than others) and a
 * ticket for every fourth one, a third of them open, each linked to an order, and three
 * activities for each contact, of which only the links are there; made by the database itself.
 * @returns the workspace's id.
 */
export async function fillCustomers(superuserUrl: string, contacts: number): Promise<string> {
  const w = `'${WORKSPACE}'::uuid`;
  const id = (kind: number, n: string): string =>
    `(lpad(to_hex(1700000000000 + ${n}), 12, '0') || '7${kind}08000' || lpad(to_hex(${n}), 12, '0'))::uuid`;
  const time = "timestamptz '2026-01-01' + n * interval '1 minute'";
  await query(
    superuserUrl,
    `insert into workspaces (id, name) values (${w}, 'Customers');
    insert into companies (workspace_id, id, created_at, name, address_country)
      select ${w}, ${id(10, 'n')}, ${time}, 'Company ' || n,
        (array['DE', 'FR', 'GB', 'US', 'NL'])[n % 5 + 1]
      from generate_series(1, ${contacts / 5}) n;
    insert into contacts (workspace_id, id, created_at, last_name, company_id)
      select ${w}, ${id(11, 'n')}, ${time}, 'Name ' || n % 5000, ${id(10, `(n % ${contacts / 5} + 1)`)}
      from generate_series(1, ${contacts}) n;
    insert into orders (workspace_id, id, created_at, number, contact_id, currency, order_date, total)
      select ${w}, ${id(12, 'n')}, ${time}, n,
        ${id(11, `((n::bigint * n / ${contacts * 3}) % ${contacts} / (1 + n % 3) + 1)`)}, 'EUR',
        date_trunc('year', now())::date + 300 - n % 900, n % 1000 + 200
      from generate_series(1, ${contacts * 3}) n;
    insert into tickets (workspace_id, id, created_at, number, subject, requester_id, status,
        status_category, is_open, channel, type, priority)
      select ${w}, ${id(13, 'n')}, ${time}, n, 'Ticket', ${id(11, `(n * 4)`)},
        case when n % 3 = 0 then 'new' else 'closed' end,
        case when n % 3 = 0 then 'new' else 'closed' end, n % 3 = 0, 'api', 'question', 'normal'
      from generate_series(1, ${contacts / 4}) n;
    insert into record_index (workspace_id, object, record_id, key, value, uniq)
      select ${w}, 'ticket', ${id(13, 'n')}, 'links.recordId', ${id(12, 'n')}, false
      from generate_series(1, ${contacts / 4}) n;
    insert into record_index (workspace_id, object, record_id, key, value, uniq)
      select ${w}, 'activity', ${id(14, 'n')}, 'links.recordId',
        ${id(11, `(n % ${contacts} + 1)`)}, false
      from generate_series(1, ${contacts * 3}) n;
    analyze;`,
  );
  return WORKSPACE;
}
