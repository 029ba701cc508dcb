import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  figuresOf,
  mailsByAddress,
  makeCampaign,
  makeContacts,
  openPurpose,
  startSender,
  startCampaignStage,
  untilStatus,
} from '../support/campaign-fixture.js';
import type { CampaignStage } from '../support/campaign-fixture.js';
import type { Client, TestServer } from '../support/server.js';
import type { SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** Campaigns from the first draft to what they have brought, through a real SMTP server. */
let stage: CampaignStage;
let server: TestServer;
let smtp: SmtpReceiver;
let boss: Client;

beforeAll(async () => {
  stage = await startCampaignStage('Cups and more', {
    onRcptTo: ({ address }, _session, done) => {
      const status = refusals.get(address)?.shift();
      done(status ? Object.assign(new Error('not now'), { responseCode: status }) : null);
    },
  });
  ({ server, smtp, boss } = stage);
}, 60_000);

afterAll(() => stage.close());

/** What the server answers for an address, in turn; then it takes the mail. */
const refusals = new Map<string, number[]>();

const does: CampaignStage['does'] = (...deed) => stage.does(...deed);

const visit = (url: string) => fetch(url, { redirect: 'manual' });

describe('a campaign', () => {
  test('is written, looked at, sent, read, followed and counted', async () => {
    const company = (await boss.expect(201, 'POST', '/v1/companies', { name: 'Alfreds & Co' }))
      .body;
    const ids = await makeContacts(boss, [
      {
        ...{ firstName: 'Maria', lastName: 'Anders', email: 'maria@alfreds.example' },
        ...{ tags: ['spring'], companyId: company.id },
      },
      { firstName: '<b>Ana</b>', lastName: 'Trujillo', email: 'ana@x.example', tags: ['spring'] },
      { lastName: 'Moreno', email: 'moreno@x.example', tags: ['spring'] },
      { lastName: 'Without', email: null, tags: ['spring'] },
      { lastName: 'Gone', email: 'gone@x.example', tags: ['spring'] },
      { lastName: 'Other', email: 'other@x.example', tags: ['autumn'] },
    ]);
    const gone = { channel: 'email', address: 'gone@x.example' };
    await boss.expect(200, 'POST', '/v1/suppressions', { entries: [gone], reason: 'complaint' });
    const campaign = await makeCampaign(boss, 'spring', {
      ...{ fromName: 'Cups', fromAddress: 'news@cups.example', replyTo: 'hello@cups.example' },
      html:
        '<p>Dear {{ contact.firstName | default: "friend" }} of {{ company.name }}</p>' +
        '<p><a href="https://shop.example/new?a=1&amp;b=2">New cups</a></p>',
    });
    expect(campaign).toMatchObject({ status: 'draft', channel: 'email', uncertain: 'skip' });

    // Looked at.
    expect(await does(campaign.id, 'audience')).toEqual({
      ...{ total: 5, recipients: 3, leftOut: { noAddress: 1, notPermitted: 1 } },
    });
    const seen = await does(campaign.id, 'preview', { contactId: ids.get('Trujillo') });
    expect(seen.subject).toBe('Hello <b>Ana</b>');
    expect(seen.html).toContain('Dear &lt;b&gt;Ana&lt;/b&gt; of ');
    expect(seen.text).toContain('Dear <b>Ana</b> of');
    await does(campaign.id, 'test', { to: ['me@cups.example'] }, 202);
    const test = await smtp.mailTo('me@cups.example');
    expect(test.parsed).toMatchObject({ subject: '[Test] Hello' });

    // Sent.
    expect(await does(campaign.id, 'send')).toMatchObject({ status: 'sending' });
    await untilStatus(boss, campaign.id, 'sent');
    const counts = mailsByAddress(smtp);
    expect([...counts].sort()).toEqual([
      ['ana@x.example', 1],
      ['maria@alfreds.example', 1],
      ['me@cups.example', 1],
      ['moreno@x.example', 1],
    ]);
    const { from, raw, parsed } = await smtp.mailTo('maria@alfreds.example');
    expect(from).toBe('news@cups.example');
    expect(parsed).toMatchObject({
      ...{ subject: 'Hello Maria', from: { text: '"Cups" <news@cups.example>' } },
      ...{ replyTo: { text: 'hello@cups.example' } },
    });
    expect(parsed.html).toContain('Dear Maria of Alfreds &amp; Co');
    expect(parsed.text).toContain('Dear Maria of Alfreds & Co');
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect((await smtp.mailTo('moreno@x.example')).parsed.html).toContain('Dear friend of');

    // Read and followed; whoever follows a link has seen the mail.
    const links = [...String(parsed.html).matchAll(/(?:href|src)="([^"]+)"/g)].map(
      (m) => m[1] ?? '',
    );
    const click = links.find((url) => url.includes('campaign-clicks')) ?? '';
    const open = links.find((url) => url.includes('campaign-opens')) ?? '';
    const pixel = await visit(open);
    expect([pixel.status, pixel.headers.get('content-type')]).toEqual([200, 'image/gif']);
    const followed = await visit(click);
    expect([followed.status, followed.headers.get('location')]).toEqual([
      302,
      'https://shop.example/new?a=1&b=2',
    ]);
    await visit(click);
    expect((await visit(`${click.slice(0, -2)}xx`)).status).toBe(404);
    expect((await visit(click.replace('clicks', 'opens'))).status).toBe(404);

    // What came of it.
    const contactId = ids.get('Anders');
    const order = await boss.expect(201, 'POST', '/v1/orders', {
      ...{ contactId, lines: [{ name: 'Cup', quantity: '2', unitPrice: '10.00' }] },
    });
    await boss.expect(200, 'POST', `/v1/orders/${order.body.id}/confirm`, {});
    await boss.expect(201, 'POST', '/v1/deals', {
      ...{ name: 'Cups', contactId, amount: '500', currency: 'EUR' },
    });
    const leave = /^List-Unsubscribe:\s*<(\S+)>/m.exec(raw)?.[1] ?? '';
    const unsubscribed = await fetch(leave, {
      ...{ method: 'POST', body: 'List-Unsubscribe=One-Click' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(unsubscribed.status).toBe(200);
    expect(await figuresOf(boss, campaign.id)).toMatchObject({
      ...{ recipients: 4, sent: 3, delivered: 3, skipped: 1, waiting: 0, uncertain: 0 },
      ...{ opened: 1, opens: 1, clicked: 1, clicks: 2, unsubscribed: 1, bounced: 0 },
      skippedBy: [{ reason: 'notPermitted', count: 1 }],
      links: [{ url: 'https://shop.example/new?a=1&b=2', clicked: 1, clicks: 2 }],
      attribution: {
        days: 14,
        orders: [{ currency: 'EUR', count: 1, amount: '20.00' }],
        deals: [{ currency: 'EUR', count: 1, amount: '500.00', won: 0, wonAmount: '0' }],
      },
    });

    // Told to whoever follows the changes, and on the contact's timeline.
    const { data } = (await boss.expect(200, 'GET', '/v1/events?types=campaign.*&limit=500')).body;
    const types = data.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['campaign.created', 'campaign.started', 'campaign.sent']);
    const timeline = await boss.expect(200, 'GET', `/v1/contacts/${contactId}/timeline`);
    const entry = timeline.body.data.find(
      ({ type }: { type: string }) => type === 'contact.campaign_sent',
    );
    expect(entry.changes).toEqual({ campaignId: campaign.id, campaign: 'Campaign spring' });
  }, 90_000);
});

describe('what a campaign says', () => {
  test('is refused by the name of each placeholder that there is not', async () => {
    const { body } = await boss.expect(422, 'POST', '/v1/campaigns', {
      ...{ name: 'Wrong', subject: '{{ contact.firstname }}', html: '{% include "x" %}' },
      variants: [
        { name: 'A', share: 1, html: '{{ nobody }}' },
        { name: 'A', share: 1 },
      ],
      audienceWhere: { field: 'shoeSize', op: 'eq', value: 44 },
    });
    expect(body.errors).toMatchObject([
      { pointer: '/subject', code: 'unknownPlaceholder' },
      { pointer: '/html', code: 'template' },
      { pointer: '/variants/0/html', code: 'unknownPlaceholder' },
      { pointer: '/variants/1/name', code: 'duplicate' },
      { pointer: '/audienceWhere', code: 'unknownField' },
    ]);
    expect(body.errors[0].detail).toContain('did you mean contact.firstName?');
    const { body: purpose } = await boss.expect(422, 'POST', '/v1/campaigns', {
      ...{ name: 'Wrong', purpose: 'nothing' },
    });
    expect(purpose.errors).toMatchObject([{ pointer: '/purpose', code: 'reference' }]);
  });

  test('may name the properties of the workspace, and is fixed once it is sent', async () => {
    const property = { name: 'tier', label: 'Tier', type: 'text' };
    await boss.expect(201, 'POST', '/v1/properties/contacts', property);
    const campaign = await makeCampaign(boss, 'nobody', { text: '{{ contact.custom.tier }}' });
    expect(await does(campaign.id, 'audience')).toMatchObject({ total: 0, recipients: 0 });
    await does(campaign.id, 'send');
    const sent = await untilStatus(boss, campaign.id, 'sent');
    expect(sent.finishedAt).not.toBeNull();
    const path = `/v1/campaigns/${campaign.id}`;
    const { body } = await boss.expect(409, 'PATCH', path, { html: 'Another' });
    expect(body.detail).toContain('html cannot change any more');
    await boss.expect(200, 'PATCH', path, { name: 'Another name' });
  });

  test('has to be all there before it is sent', async () => {
    const { body: empty } = await boss.expect(201, 'POST', '/v1/campaigns', { name: 'Empty' });
    const { errors } = await does(empty.id, 'send', {}, 422);
    expect(errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      ...['/subject', '/html', '/audienceWhere'],
    ]);
  });
});

describe('the moves of a campaign', () => {
  test('are refused where they do not belong, and the refusal names those that do', async () => {
    const { id } = await makeCampaign(boss, 'moves');
    const refused = async (deed: string, allowed: string[]) => {
      expect(await does(id, deed, {}, 409)).toMatchObject({ code: 'conflict', allowed });
    };
    await refused('pause', ['schedule', 'send', 'cancel', 'past-mails']);
    const past = { sendAt: '2020-01-01T00:00:00.000Z' };
    expect((await does(id, 'schedule', past, 422)).errors[0].pointer).toBe('/sendAt');
    const scheduled = await does(id, 'schedule', { sendAt: '2031-04-01T07:00:00.000Z' });
    expect(scheduled).toMatchObject({ status: 'scheduled', sendAt: '2031-04-01T07:00:00.000Z' });
    await refused('resume', ['schedule', 'send', 'pause', 'cancel']);
    await boss.expect(409, 'DELETE', `/v1/campaigns/${id}`);
    expect(await does(id, 'pause')).toMatchObject({ status: 'paused' });
    expect(await does(id, 'resume')).toMatchObject({ status: 'scheduled' });
    expect(await does(id, 'cancel', { reason: 'No' })).toMatchObject({ status: 'cancelled' });
    await refused('send', []);
    await boss.expect(204, 'DELETE', `/v1/campaigns/${id}`);
  });

  test('belong to those who may send, to contacts that they may all see', async () => {
    const { id } = await makeCampaign(boss, 'moves');
    const member = await server.createUser('member', boss);
    await member.expect(403, 'POST', `/v1/campaigns/${id}/send`, {});
    await boss.expect(201, 'POST', '/v1/roles', {
      ...{ name: 'narrow', permissions: ['campaign:*', 'contact:read:own'] },
    });
    const narrow = await server.createUser('narrow', boss);
    await narrow.expect(403, 'POST', `/v1/campaigns/${id}/send`, {});
    await narrow.expect(403, 'POST', `/v1/campaigns/${id}/audience`, {});
  });
});

describe('sending', () => {
  const many = (tag: string, count: number) =>
    makeContacts(
      boss,
      Array.from({ length: count }, (_, n) => ({
        ...{ firstName: `N${n}`, lastName: `${tag} ${n}`, email: `${tag}${n}@many.example` },
        tags: [tag],
      })),
    );
  const got = (tag: string) => smtp.mails.filter(({ to }) => to[0]?.startsWith(tag)).length;

  test('keeps to its rate, stops within a second and goes on where it stopped', async () => {
    await many('rate', 60);
    const { id } = await makeCampaign(boss, 'rate', { ratePerMinute: 600 });
    const begun = Date.now();
    await does(id, 'send');
    await eventually(
      () => got('rate'),
      (count) => count >= 15,
      30_000,
    );
    await does(id, 'pause');
    const seconds = (Date.now() - begun) / 1000;
    // Ten a second, and those of one second at once.
    expect(got('rate')).toBeLessThanOrEqual(10 + seconds * 10);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const paused = got('rate');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(got('rate')).toBe(paused);
    expect(paused).toBeLessThan(60);
    expect(await figuresOf(boss, id)).toMatchObject({ sent: paused, waiting: 60 - paused });
    await does(id, 'resume');
    await untilStatus(boss, id, 'sent');
    expect(got('rate')).toBe(60);
    expect([...mailsByAddress(smtp).values()].every((count) => count === 1)).toBe(true);
  }, 90_000);

  test('suppresses whom the server refuses for good, and tries again whom it puts off', async () => {
    await makeContacts(boss, [
      { lastName: 'Hard', email: 'hard@b.example', tags: ['bounce'] },
      { lastName: 'Grey', email: 'grey@b.example', tags: ['bounce'] },
      { lastName: 'Never', email: 'never@b.example', tags: ['bounce'] },
    ]);
    refusals.set('hard@b.example', [550]);
    refusals.set('grey@b.example', [451, 451]);
    refusals.set('never@b.example', [451, 451, 451, 451]);
    const { id } = await makeCampaign(boss, 'bounce');
    await does(id, 'send');
    await untilStatus(boss, id, 'sent');
    expect(await figuresOf(boss, id)).toMatchObject({ sent: 1, bounced: 1, failed: 1 });
    expect(got('grey@')).toBe(1);
    const { body } = await boss.expect(200, 'POST', '/v1/suppressions/check', {
      entries: [
        { channel: 'email', address: 'hard@b.example' },
        { channel: 'email', address: 'never@b.example' },
      ],
    });
    expect(body.data).toMatchObject([
      { suppressed: true, reason: 'bounced' },
      { suppressed: false },
    ]);
  }, 60_000);

  test('records bounces and complaints that come later, each once', async () => {
    await many('late', 3);
    const { id } = await makeCampaign(boss, 'late');
    await does(id, 'send');
    await untilStatus(boss, id, 'sent');
    const messageId = async (n: number) =>
      (await smtp.mailTo(`late${n}@many.example`)).parsed.messageId;
    const bounces = [
      { messageId: await messageId(0), type: 'permanent', reason: '550 5.1.1 unknown' },
      { messageId: await messageId(1), type: 'complaint' },
      { messageId: '<nothing@of.ours>', type: 'permanent' },
    ];
    const tell = async () =>
      (await boss.expect(200, 'POST', '/v1/campaigns/bounces', { bounces })).body;
    expect(await tell()).toEqual({ recorded: 2, unknown: 1 });
    expect(await tell()).toEqual({ recorded: 0, unknown: 3 });
    expect(await figuresOf(boss, id)).toMatchObject({ sent: 3, delivered: 2, bounced: 1 });
    const again = await makeCampaign(boss, 'late');
    expect(await does(again.id, 'audience')).toMatchObject({ leftOut: { notPermitted: 2 } });
  }, 60_000);

  test('is by the clock of each receiver where the campaign says so', async () => {
    await makeContacts(boss, [
      { lastName: 'East', email: 'east@z.example', timeZone: 'Asia/Tokyo', tags: ['zone'] },
      { lastName: 'West', email: 'west@z.example', timeZone: 'Pacific/Honolulu', tags: ['zone'] },
    ]);
    const { id } = await makeCampaign(boss, 'zone');
    // The workspace is in UTC: in Tokyo this time of the day has passed, on Hawaii it is to come.
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    await does(id, 'schedule', { sendAt, inReceiverTimeZone: true });
    await untilStatus(boss, id, 'sending');
    await smtp.mailTo('east@z.example');
    const waiting = await eventually(
      () => figuresOf(boss, id),
      ({ sent }) => sent === 1,
    );
    expect(waiting).toMatchObject({ recipients: 2, sent: 1, waiting: 1 });
    expect(got('west@')).toBe(0);
    await does(id, 'cancel');
  }, 60_000);

  test('waits for a server that cannot be reached, and says so', async () => {
    await many('down', 2);
    const { id } = await makeCampaign(boss, 'down');
    const url = smtp.url;
    await stage.worker.close();
    stage.worker = await startSender(server.config, {
      ...{ smtpUrl: 'smtp://127.0.0.1:1', publicUrl: server.url },
    });
    await does(id, 'send');
    const figures = await eventually(
      () => figuresOf(boss, id),
      ({ trouble }) => trouble !== null,
      30_000,
    );
    expect(figures).toMatchObject({ sent: 0, waiting: 2, failed: 0 });
    await stage.worker.close();
    stage.worker = await startSender(server.config, { smtpUrl: url, publicUrl: server.url });
    await untilStatus(boss, id, 'sent');
    expect(await figuresOf(boss, id)).toMatchObject({ sent: 2, trouble: null });
  }, 90_000);
});

describe('a workspace that does not want to know who reads', () => {
  test('sends its links as they are, and counts nothing', async () => {
    const shy = await server.createWorkspace('Shy');
    await openPurpose(shy);
    await shy.expect(200, 'PATCH', '/v1/workspaces/current', { emailTracking: false });
    await makeContacts(shy, [{ lastName: 'Quiet', email: 'quiet@s.example', tags: ['shy'] }]);
    const html = '<p><a href="https://shop.example/x">Look</a></p>';
    const { id } = await makeCampaign(shy, 'shy', { html });
    await shy.expect(200, 'POST', `/v1/campaigns/${id}/send`, {});
    await untilStatus(shy, id, 'sent');
    const { parsed } = await smtp.mailTo('quiet@s.example');
    expect(parsed.html).toContain('href="https://shop.example/x"');
    expect(parsed.html).not.toContain('<img');
    expect(parsed.html).not.toContain('campaign-');
  }, 60_000);
});
