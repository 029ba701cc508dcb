import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { query } from '../support/database.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/**
 * Reports on tickets and campaigns. Their times, promises, ratings and mails are put where a year of
 * work would have put them: how they come about is tested where that is done.
 */
let server: TestServer;
let desk: Client;

beforeAll(async () => {
  server = await startServer();
  desk = await server.createWorkspace('Help desk');
}, 60_000);

afterAll(() => server.close());

const make = async (path: string, body: object) =>
  (await desk.expect(201, 'POST', path, body)).body;
const report = async (path: string, client = desk) =>
  (await client.expect(200, 'GET', `/v1/reports/${path}`)).body;
const sql = (text: string) => query(server.database.superuserUrl, text);

describe('tickets', () => {
  const ids: string[] = [];
  let agent: Client;

  beforeAll(async () => {
    agent = await server.createUser('member', desk);
    const ticket = async (priority: string, more: object = {}) => {
      const { id } = await make('/v1/tickets', {
        subject: `Something ${priority}`,
        priority,
        ...more,
      });
      ids.push(id);
      return id as string;
    };
    const [fast, slow, late, old] = [
      await ticket('urgent', { ownerId: agent.userId }),
      await ticket('normal', { ownerId: agent.userId }),
      await ticket('normal'),
      await ticket('low'),
    ];
    const made = (id: string, ago: string, set: string) =>
      sql(`update tickets set created_at = now() - interval '${ago}' where id = '${id}';
        update tickets set ${set} where id = '${id}'`);
    const solved = (after: string) => `first_responded_at = created_at + interval '1 hour',
      solved_at = created_at + interval '${after}', is_open = false, status = 'solved',
      status_category = 'solved', sla_state = 'met'`;
    await made(fast, '2 days', solved('4 hours'));
    await made(slow, '5 days', solved('26 hours'));
    await made(
      late,
      '10 days',
      "first_responded_at = created_at + interval '7 hours', sla_state = 'breached'",
    );
    await made(old, '400 days', 'sla_state = null');
    const clock = (id: string, target: string, state: string, isLate: boolean) =>
      sql(`insert into ticket_sla_clocks (workspace_id, ticket_id, target, policy_id, policy_version,
          state, promised_ms, started_at, elapsed_ms, counted_at, paused_ms, breached_at)
        values ('${desk.workspaceId}', '${id}', '${target}', gen_random_uuid(), 1, '${state}', 1000,
          now(), 0, now(), 0, ${isLate ? 'now()' : 'null'})`);
    for (const id of [fast, slow]) {
      await clock(id, 'firstResponse', 'stopped', false);
      await clock(id, 'resolution', 'stopped', id === slow);
    }
    await clock(late, 'firstResponse', 'stopped', true);
    await clock(late, 'resolution', 'running', false);
    const survey = (id: string, score: number | null) =>
      sql(`insert into ticket_surveys (workspace_id, ticket_id, due_at, sent_at, score)
        values ('${desk.workspaceId}', '${id}', now(), now(), ${score})`);
    await survey(fast, 5);
    await survey(slow, 4);
    await survey(late, null);
  });

  test('by priority tell how long customers wait, what was promised and what they say', async () => {
    const { rows } = await report('tickets?by=priority');
    expect(rows).toEqual([
      {
        ...{ key: 'urgent', name: null, tickets: 1, open: 0, solved: 1 },
        ...{ firstResponseHours: '1.0', resolutionHours: '4.0', ratings: 1, averageRating: '5.00' },
        ...{
          firstResponsesMet: 1,
          firstResponsesMissed: 0,
          resolutionsMet: 1,
          resolutionsMissed: 0,
        },
      },
      {
        ...{ key: 'normal', name: null, tickets: 2, open: 1, solved: 1 },
        ...{
          firstResponseHours: '4.0',
          resolutionHours: '26.0',
          ratings: 1,
          averageRating: '4.00',
        },
        ...{
          firstResponsesMet: 1,
          firstResponsesMissed: 1,
          resolutionsMet: 0,
          resolutionsMissed: 1,
        },
      },
    ]);
  });

  test('by other things count the same ones', async () => {
    const keys = async (path: string) =>
      (await report(path)).rows.map(({ key, tickets }: { key: string; tickets: number }) => [
        key,
        tickets,
      ]);
    expect(await keys('tickets?by=sla&from=2020-01-01')).toEqual([
      ['met', 2],
      ['breached', 1],
      [null, 1],
    ]);
    expect(await keys('tickets')).toEqual([
      ['solved', 2],
      ['new', 1],
    ]);
    expect(await keys('tickets?by=age')).toEqual([
      ['7To30Days', 1],
      ['over30Days', 1],
    ]);
    const { rows } = await report('tickets?by=owner');
    expect(rows[0]).toMatchObject({ key: agent.userId, name: 'A member', tickets: 2 });
    expect((await report(`tickets?ownerId=${agent.userId}`)).rows).toHaveLength(1);
    const csv = await desk.expect(200, 'GET', '/v1/reports/tickets?by=age&format=csv');
    expect(csv.text.split('\r\n')[1]).toMatch(/^7To30Days,,1,1,0,7\.0,/);
    const other = await server.createWorkspace('Another desk');
    expect((await report('tickets', other)).rows).toEqual([]);
  });
});

describe('campaigns', () => {
  test('tell how many mails came, were opened and clicked, and what was bought then', async () => {
    const campaign = await make('/v1/campaigns', { name: 'Spring' });
    const contact = await make('/v1/contacts', { lastName: 'Buyer', email: 'buyer@example.com' });
    await sql(`update campaigns set status = 'sent', started_at = now() - interval '2 days'
      where id = '${campaign.id}'`);
    const recipients = (count: number, values: string, who = 'null') =>
      sql(`insert into campaign_recipients (workspace_id, id, campaign_id, address_hash, due_at,
          contact_id, state, sent_at, opened_at, opens, clicked_at, clicks)
        select '${desk.workspaceId}', gen_random_uuid(), '${campaign.id}', gen_random_uuid(), now(),
          ${who}, ${values} from generate_series(1, ${count})`);
    const ago = "now() - interval '1 day'";
    await recipients(1, `'sent', ${ago}, ${ago}, 2, ${ago}, 1`, `'${contact.id}'`);
    await recipients(2, `'sent', ${ago}, ${ago}, 1, null, 0`);
    await recipients(5, `'sent', ${ago}, null, 0, null, 0`);
    await recipients(1, `'bounced', ${ago}, null, 0, null, 0`);
    await recipients(1, `'bounced', null, null, 0, null, 0`);
    await recipients(2, `'skipped', null, null, 0, null, 0`);
    const lines = [{ name: 'Cup', quantity: '2', unitPrice: '12.50' }];
    const order = await make('/v1/orders', { contactId: contact.id, lines });
    await make('/v1/orders', { contactId: contact.id, lines });
    await desk.expect(200, 'POST', `/v1/orders/${order.id}/confirm`, {});
    const { rows, truncated } = await report('campaigns');
    expect(truncated).toBe(false);
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ key: campaign.id, name: 'Spring', status: 'sent', recipients: 12, sent: 9 },
        ...{ delivered: 8, bounced: 2, skipped: 2, opened: 3, clicked: 1, openRate: '37.5' },
        ...{ clickRate: '12.5', bounceRate: '20.0', orders: 1, revenue: '25.00' },
      }),
    ]);
    expect((await report('campaigns?to=2020-01-01')).rows).toEqual([]);
  });
});
