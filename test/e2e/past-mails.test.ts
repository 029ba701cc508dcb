import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { figuresOf, makeCampaign, makeContacts, openPurpose } from '../support/campaign-fixture.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Campaigns that another system has sent, with what their receivers did. */
let server: TestServer;
let boss: Client;
let ids: Map<string, string>;

beforeAll(async () => {
  server = await startServer();
  boss = await server.createWorkspace('Moved in');
  await openPurpose(boss);
  ids = await makeContacts(
    boss,
    ['Anders', 'Trujillo', 'Moreno'].map((lastName) => ({
      ...{ lastName, email: `${lastName.toLowerCase()}@x.example` },
    })),
  );
}, 60_000);

afterAll(() => server.close());

const ago = (days: number, minutes = 0): string =>
  new Date(Date.now() - days * 86_400_000 + minutes * 60_000).toISOString();

const tell = async (id: string, mails: object[], status = 200, by = boss) =>
  (await by.expect(status, 'POST', `/v1/campaigns/${id}/past-mails`, { mails })).body;

const pathOf = (id: string) => `/v1/campaigns/${id}`;

describe('mails that another system has sent', () => {
  test('count as those of the campaign, with what followed', async () => {
    const variants = [
      { name: 'A', share: 50, subject: 'New cups' },
      { name: 'B', share: 50, subject: 'Cups in blue' },
    ];
    const { id } = await makeCampaign(boss, 'moved', { variants });
    const campaign = (await boss.expect(200, 'GET', pathOf(id))).body;
    const [first, second] = campaign.variants.map((variant: { id: string }) => variant.id);
    const order = { contactId: ids.get('Anders'), currency: 'EUR' };
    const lines = [{ name: 'Cups', quantity: '2', unitPrice: '10' }];
    const made = await boss.expect(201, 'POST', '/v1/orders', { ...order, lines });
    await boss.expect(200, 'POST', `/v1/orders/${made.body.id}/confirm`, {});

    const mails = [
      {
        ...{ email: 'Anders@X.example', sentAt: ago(3), variantId: first },
        ...{ openedAt: ago(3, 10), opens: 4, clickedAt: ago(3, 11) },
      },
      { email: 'trujillo@x.example', sentAt: ago(2), variantId: second, bounced: true },
      { email: 'nobody@x.example', sentAt: ago(2) },
    ];
    expect(await tell(id, mails)).toEqual({ recorded: 2, known: 0, unknown: ['nobody@x.example'] });
    expect((await boss.expect(200, 'GET', pathOf(id))).body).toMatchObject({
      ...{ status: 'sent', sentElsewhere: true },
      ...{ startedAt: mails[0]?.sentAt, sendAt: mails[0]?.sentAt, finishedAt: mails[1]?.sentAt },
    });

    // More of it, and some of what was told of before.
    const more = { email: 'moreno@x.example', sentAt: ago(5) };
    expect(await tell(id, [...mails.slice(0, 1), more])).toEqual({
      ...{ recorded: 1, known: 1, unknown: [] },
    });
    expect((await boss.expect(200, 'GET', pathOf(id))).body).toMatchObject({
      ...{ startedAt: more.sentAt, finishedAt: mails[1]?.sentAt },
    });
    expect(await figuresOf(boss, id)).toMatchObject({
      ...{ recipients: 3, waiting: 0, sent: 3, bounced: 1, delivered: 2 },
      ...{ opened: 1, opens: 4, clicked: 1, clicks: 1 },
      attribution: { orders: [{ currency: 'EUR', count: 1, amount: '20.00' }] },
    });
    const { rows } = (await boss.expect(200, 'GET', '/v1/reports/campaigns')).body;
    expect(rows).toEqual([expect.objectContaining({ sent: 3, opened: 1 })]);
  });

  test('are not sent, and tell no timeline that they were sent today', async () => {
    const { id } = await makeCampaign(boss, 'quiet');
    await tell(id, [{ email: 'moreno@x.example', sentAt: ago(9) }]);
    const events = (await boss.expect(200, 'GET', '/v1/events?limit=200')).body.data;
    const types = new Set(events.map(({ type }: { type: string }) => type));
    expect(types.has('campaign.pastMailsTold')).toBe(true);
    expect(types.has('contact.campaign_sent')).toBe(false);
    const body = await boss.expect(409, 'POST', `${pathOf(id)}/send`, {});
    expect(body.body).toMatchObject({ code: 'conflict', campaignStatus: 'sent', allowed: [] });
  });

  test('are refused for times that cannot be and variants there are none of', async () => {
    const { id } = await makeCampaign(boss, 'wrong');
    const email = 'moreno@x.example';
    const mails = [
      { email, sentAt: ago(-1) },
      { email, sentAt: ago(1), openedAt: ago(2), clicks: 2 },
    ];
    const { errors } = await tell(id, mails, 422);
    expect(errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])).toEqual([
      ['/mails/0/sentAt', 'future'],
      ['/mails/1/openedAt', 'beforeSent'],
      ['/mails/1/clicks', 'withoutTime'],
    ]);
    const variantId = ids.get('Anders');
    expect(await tell(id, [{ email, sentAt: ago(1), variantId }], 422)).toMatchObject({
      errors: [{ pointer: '/mails/0/variantId', code: 'reference' }],
    });
    expect((await boss.expect(200, 'GET', pathOf(id))).body.status).toBe('draft');
  });

  test('are refused for a campaign of ours, and from those who must not make up a past', async () => {
    const cancelled = await makeCampaign(boss, 'ours');
    await boss.expect(200, 'POST', `${pathOf(cancelled.id)}/cancel`, {});
    const mail = { email: 'moreno@x.example', sentAt: ago(1) };
    expect(await tell(cancelled.id, [mail], 409)).toMatchObject({ campaignStatus: 'cancelled' });
    const scopes = ['campaign:read', 'campaign:send', 'contact:read'];
    const { key } = (await boss.expect(201, 'POST', '/v1/api-keys', { name: 'Sender', scopes }))
      .body;
    const { id } = await makeCampaign(boss, 'theirs');
    expect((await tell(id, [mail], 403, boss.with({ token: key }))).detail).toMatch('role:manage');
    expect((await boss.expect(200, 'GET', pathOf(id))).body.status).toBe('draft');
  });
});
