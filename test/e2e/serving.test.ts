import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { ReplyMailer } from '../../src/modules/ticket-mail/index.js';
import { figuresOf, startSender, untilStatus } from '../support/campaign-fixture.js';
import { handOver } from '../support/inbound-mail.js';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** One customer from the first word to the last, by all who have to do with her. */
let smtp: SmtpReceiver;
let server: TestServer;
let worker: INestApplicationContext;
let boss: Client;
let agent: Client;
let gateway: Client;
let maria: Client;

const ADDRESS = 'maria@alfreds.example';

beforeAll(async () => {
  smtp = await startSmtpReceiver();
  server = await startServer();
  worker = await startSender(server.config, { smtpUrl: smtp.url, publicUrl: server.url });
  worker.get(ReplyMailer).start();
  boss = await server.createWorkspace('Cups and more');
  agent = await server.createUser('member', boss);
  const key = { name: 'Mail gateway', scopes: ['inboundEmail:receive'] };
  gateway = boss.with({ token: (await make('/v1/api-keys', key)).key });
  maria = new Client(server.url, null);
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
  await smtp.stop();
});

const make = async (path: string, body: object, client = boss) =>
  (await client.expect(201, 'POST', path, body)).body;

const does = async (path: string, body: object = {}, client = boss) =>
  (await client.expect(200, 'POST', path, body)).body;

const get = async (path: string) => (await boss.expect(200, 'GET', path)).body;

/** The address of a link, without the server. */
const pathOf = (text: string, link: RegExp): string => new URL(link.exec(text)?.[1] ?? '').pathname;

describe('a lead', () => {
  test('becomes a customer, orders, complains, is answered in time, gets a campaign, unsubscribes', async () => {
    // She asks for cups and becomes a customer.
    const cup = await make('/v1/products', {
      ...{ sku: 'CUP-1', name: 'Cup', prices: [{ currency: 'EUR', amount: '10.00' }] },
    });
    const lead = await make('/v1/leads', {
      ...{ firstName: 'Maria', lastName: 'Anders', email: ADDRESS, companyName: 'Alfreds' },
    });
    const { contact, deal } = await does(`/v1/leads/${lead.id}/convert`, {
      deal: {
        ...{ name: 'Cups' },
        lines: [{ productId: cup.id, name: 'Cup', quantity: '20', unitPrice: '10' }],
      },
    });

    // She orders, and her cups are sent.
    const { orderId } = await does(`/v1/deals/${deal.id}/win`, { createOrder: true });
    const { total } = await does(`/v1/orders/${orderId}/confirm`);
    await does(`/v1/orders/${orderId}/fulfil`);
    await make(`/v1/orders/${orderId}/payments`, { amount: total });

    // She complains by e-mail, of which an hour and a day are promised.
    await boss.expect(200, 'PATCH', '/v1/mail-settings', { supportAddress: 'help@cups.example' });
    await make('/v1/sla-policies', {
      name: 'Everybody',
      targets: { normal: { firstResponseMinutes: 60, resolutionMinutes: 1440 } },
    });
    const first = await handOver(gateway, {
      ...{ from: `Maria Anders <${ADDRESS}>`, to: 'help@cups.example', subject: 'A cup is broken' },
    });
    const ticketPath = `/v1/tickets/${first.ticketId}`;
    expect(await get(ticketPath)).toMatchObject({
      ...{ number: 1, requesterId: contact.id, channel: 'email', slaState: 'running' },
    });

    // Somebody takes it and answers in time; she reads it in her mail and writes back.
    await does(`${ticketPath}/take`, {}, agent);
    await make(
      `${ticketPath}/messages`,
      { body: 'A new one is on its way.', status: 'pending' },
      agent,
    );
    const reply = await smtp.mailTo(ADDRESS, /A cup is broken/);
    const thanks = await handOver(gateway, {
      ...{ from: ADDRESS, subject: 'Re: A cup is broken', body: 'Thank you!' },
      ...{ to: 'help@cups.example', inReplyTo: reply.parsed.messageId },
    });
    expect(thanks).toMatchObject({ result: 'replied', ticketId: first.ticketId });
    await does(`${ticketPath}/status`, { status: 'solved' }, agent);
    const { clocks } = await get(`${ticketPath}/sla`);
    expect(clocks.map((clock: { target: string; state: string }) => [clock.target, clock.state]))
      .toEqual(expect.arrayContaining([['firstResponse', 'met'], ['resolution', 'met']])); // prettier-ignore

    // She agreed to hear of news, and gets a campaign to all who have bought.
    await does(`/v1/contacts/${contact.id}/consents`, {
      ...{ purpose: 'marketing', channel: 'email', status: 'granted' },
      ...{ confirmed: true, proof: { note: 'Signed at the fair' } },
    });
    const segment = await make('/v1/segments', {
      ...{ name: 'Buyers', object: 'contacts', kind: 'static' },
    });
    await does(`/v1/segments/${segment.id}/members`, { operation: 'add', ids: [contact.id] });
    const campaign = await make('/v1/campaigns', {
      ...{ name: 'Spring', purpose: 'marketing', subject: 'New cups, {{ contact.firstName }}' },
      ...{ html: '<p>For {{ company.name }}</p>', segmentIds: [segment.id] },
    });
    await does(`/v1/campaigns/${campaign.id}/send`);
    await untilStatus(boss, campaign.id, 'sent');
    const news = await smtp.mailTo(ADDRESS, /^New cups, Maria$/);
    expect(news.parsed.html).toContain('For Alfreds');

    // She has enough of it: one click, and nothing more is sent to her.
    const leave = pathOf(news.raw.replace(/\r\n[ \t]+/g, ' '), /^List-Unsubscribe: <(http[^>]+)>/m);
    await maria.expect(200, 'POST', leave, 'List-Unsubscribe=One-Click', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const second = await make('/v1/campaigns', {
      ...{ name: 'Summer', purpose: 'marketing', subject: 'More cups', text: 'Cups' },
      segmentIds: [segment.id],
    });
    expect(await does(`/v1/campaigns/${second.id}/audience`)).toMatchObject({
      ...{ total: 1, recipients: 0 },
    });
    expect(await figuresOf(boss, campaign.id)).toMatchObject({ sent: 1, unsubscribed: 1 });

    // All of it stands on her timeline and in the log, in order.
    const chapters = [
      ...['lead.converted', 'deal.won', 'order.confirmed', 'order.paid', 'ticket.created'],
      ...['ticket.replied', 'ticket.sla_met', 'contact.consent_granted', 'contact.segment_entered'],
      ...['campaign.sent', 'contact.consent_withdrawn'],
    ];
    const told = await eventually(
      async () =>
        (await get('/v1/events?limit=500')).data.map((event: { type: string }) => event.type),
      (types: string[]) => types.includes('contact.consent_withdrawn'),
    );
    expect(chapters.filter((type) => !told.includes(type))).toEqual([]);
    const { data: timeline } = await get(`/v1/contacts/${contact.id}/timeline`);
    expect(timeline.map((entry: { type: string }) => entry.type)).toEqual(
      expect.arrayContaining(['contact.created', 'contact.consent_withdrawn']),
    );
  }, 60_000);
});
