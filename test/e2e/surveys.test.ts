import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { SurveyMailer } from '../../src/modules/surveys/index.js';
import { SignedLinks } from '../../src/platform/links/signed-links.js';
import { query } from '../support/database.js';
import { startWorker } from '../support/imports.js';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** A service team that asks its customers if they are satisfied. */
let server: TestServer;
let worker: INestApplicationContext;
let receiver: SmtpReceiver;
let anna: Client;
let customer: Client;

beforeAll(async () => {
  receiver = await startSmtpReceiver();
  server = await startServer({
    ...{ smtpUrl: receiver.url, mailFrom: 'Keel <keel@example.com>' },
    publicUrl: 'https://crm.example.com',
  });
  worker = await startWorker(server.config);
  worker.get(SurveyMailer).start();
  anna = await server.createWorkspace('Acme');
  customer = new Client(server.url, null);
  await anna.expect(200, 'PATCH', '/v1/mail-settings', { supportAddress: 's@acme.example' });
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
  await receiver.stop();
});

const make = async (path: string, body: object) =>
  (await anna.expect(201, 'POST', path, body)).body;

let count = 0;

async function ticketOf(more: object = {}) {
  count += 1;
  const email = `customer-${count}@x.example`;
  const requester = await make('/v1/contacts', { firstName: 'Maria', email });
  const body = { subject: `Cup ${count}`, requesterId: requester.id, ...more };
  return { email, ...(await make('/v1/tickets', body)) };
}

const setStatus = (id: string, status: string) =>
  anna.expect(200, 'POST', `/v1/tickets/${id}/status`, { status });

const settings = (body: object) => anna.expect(200, 'PATCH', '/v1/survey-settings', body);

const surveysOf = (ticketId: string) =>
  query(
    server.database.superuserUrl,
    `select sent_at, failure from ticket_surveys where ticket_id = '${ticketId}'`,
  );

/** The path of the link in the mail to somebody. */
async function linkTo(email: string): Promise<string> {
  const { parsed } = await receiver.mailTo(email);
  const [, path] =
    /https:\/\/crm\.example\.com(\/v1\/surveys\/[\w-]+)\n/.exec(parsed.text ?? '') ?? [];
  return path as string;
}

async function asked(more: object = {}) {
  const ticket = await ticketOf(more);
  await setStatus(ticket.id, 'solved');
  return { ticket, path: await linkTo(ticket.email) };
}

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FORM = { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' };

describe('a survey', () => {
  test('is not sent before the workspace wants it', async () => {
    expect((await anna.expect(200, 'GET', '/v1/survey-settings')).body).toMatchObject({
      ...{ version: 0, enabled: false, afterStatus: 'solved', delayHours: 24, question: null },
    });
    const { id } = await ticketOf();
    await setStatus(id, 'solved');
    expect(await surveysOf(id)).toEqual([]);
    await settings({ enabled: true, delayHours: 0 });
    await anna.expect(412, 'PATCH', '/v1/survey-settings', {}, { 'if-match': '"7"' });
    await anna.expect(422, 'PATCH', '/v1/survey-settings', { delayHours: 721 });
  });

  test('asks the requester once, by a link that needs no sign-in', async () => {
    const { ticket, path } = await asked();
    const mail = await receiver.mailTo(ticket.email);
    expect(mail.from).toBe('s@acme.example');
    expect(mail.parsed.subject).toBe('How satisfied are you with our help?');
    expect(mail.parsed.headers.get('auto-submitted')).toBe('auto-generated');
    const { body, headers } = await customer.expect(200, 'GET', path);
    expect(body).toMatchObject({
      ...{ from: 'Acme', ticketNumber: ticket.number, ticketSubject: ticket.subject },
      ...{ score: null, comment: null, isOpen: true },
    });
    expect(Object.keys(body)).not.toContain('ticketId');
    expect(headers.get('cache-control')).toBe('no-store');

    const answer = { score: 4, comment: ' Fast! ' };
    const { body: answered } = await customer.expect(200, 'POST', path, answer);
    expect(answered).toMatchObject({ score: 4, comment: 'Fast!', isOpen: true });
    const { body: rated } = await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}`);
    expect(rated).toMatchObject({ satisfactionScore: 4, satisfactionComment: 'Fast!' });
    const { body: timeline } = await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}/timeline`);
    expect(timeline.data[0]).toMatchObject({
      ...{ type: 'ticket.rated', actor: { type: 'system', userId: null } },
      changes: { score: 4, comment: 'Fast!' },
    });

    await customer.expect(200, 'POST', path, answer);
    expect((await customer.expect(200, 'POST', path, { score: 2 })).body.isOpen).toBe(false);
    expect((await customer.expect(409, 'POST', path, { score: 5 })).body.code).toBe('conflict');
    await setStatus(ticket.id, 'open');
    await setStatus(ticket.id, 'solved');
    expect(await surveysOf(ticket.id)).toHaveLength(1);
  });

  test('is a page with a form, which looking at does not send', async () => {
    await settings({ question: 'Zufrieden? <b>' });
    const { ticket, path } = await asked({ subject: '<script>alert(1)</script>' });
    const { text, headers } = await customer.expect(200, 'GET', path, undefined, PAGE);
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*form-action 'self'/,
    );
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(text).toContain('Zufrieden? &lt;b&gt;');
    expect(text).not.toContain('<script');
    expect(text.match(/type="radio"/g)).toHaveLength(5);
    const unread = await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}`);
    expect(unread.body.satisfactionScore).toBeNull();

    const none = await customer.expect(422, 'POST', path, 'comment=x', FORM);
    expect(none.text).toContain('This did not work');
    const sent = await customer.expect(200, 'POST', path, 'score=5&comment=%F0%9F%98%80', FORM);
    expect(sent.text).toContain('Acme has your answer: Very satisfied.');
    const { body } = await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}`);
    expect(body).toMatchObject({ satisfactionScore: 5, satisfactionComment: '😀' });
    await settings({ question: null });
  });

  test.each([
    ['nothing', {}, '/score'],
    ['0', { score: 0 }, '/score'],
    ['6', { score: 6 }, '/score'],
    ['a half', { score: '1.5' }, '/score'],
    ['a list', { score: [1] }, '/score'],
    ['a long comment', { score: 1, comment: 'x'.repeat(2001) }, '/comment'],
    ['a comment that is no text', { score: 1, comment: {} }, '/comment'],
    ['a member there is not', { score: 1, ticketId: 'x' }, '/ticketId'],
  ])('refuses %s', async (_, answer, pointer) => {
    const { path } = (shared ??= await asked());
    const { body } = await customer.expect(422, 'POST', path, answer);
    expect(body.errors).toMatchObject([{ pointer }]);
  });

  test('is not found by a link that was made up, and gone when it is over', async () => {
    const { ticket, path } = (shared ??= await asked());
    await customer.expect(404, 'GET', '/v1/surveys/made-up');
    await customer.expect(404, 'GET', `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`);
    const links = server.app.get(SignedLinks);
    const over = await links.sign(anna.workspaceId, 'survey', ticket.id, {
      expiresAt: new Date(Date.now() - 1000),
    });
    const page = await customer.expect(410, 'GET', `/v1/surveys/${over}`, undefined, PAGE);
    expect(page.text).toContain('This link has expired.');
    const other = await links.sign(anna.workspaceId, 'unsubscribe', ticket.id);
    await customer.expect(404, 'GET', `/v1/surveys/${other}`);
    await anna.expect(204, 'DELETE', `/v1/tickets/${ticket.id}`);
    await customer.expect(410, 'POST', path, { score: 1 });
  });

  test('waits, and is taken back when the ticket is opened again', async () => {
    await settings({ delayHours: 2 });
    const { id } = await ticketOf();
    await setStatus(id, 'solved');
    expect(await surveysOf(id)).toMatchObject([{ sent_at: null }]);
    await setStatus(id, 'open');
    expect(await surveysOf(id)).toEqual([]);
    await settings({ delayHours: 0, afterStatus: 'closed' });
    await setStatus(id, 'solved');
    expect(await surveysOf(id)).toEqual([]);
    await setStatus(id, 'closed');
    expect(await surveysOf(id)).toHaveLength(1);
    await settings({ afterStatus: 'solved' });
  });

  test('is not sent to nobody', async () => {
    const robot = await make('/v1/contacts', { email: 'no-reply@shop.example' });
    const { id } = await make('/v1/tickets', { subject: 'x', requesterId: robot.id });
    await setStatus(id, 'solved');
    const [survey] = await eventually(
      () => surveysOf(id),
      (rows) => rows[0]?.['failure'] !== null,
    );
    expect(survey).toMatchObject({
      ...{ sent_at: null, failure: 'Nobody reads what is sent to the requester' },
    });
  });
});

/** One that the tests of refused answers share. */
let shared: Awaited<ReturnType<typeof asked>> | undefined;

describe('the figures', () => {
  test('tell by month, assignee and team what was sent and answered', async () => {
    const owner = await server.createWorkspace('Figures');
    const ben = await server.createUser('member', owner);
    const values = [
      `('2026-01-31T23:30:00Z', 5, '${ben.userId}')`, // February in Berlin
      `('2026-02-10T10:00:00Z', 4, '${ben.userId}')`,
      `('2026-02-11T10:00:00Z', 2, null)`,
      `('2026-02-12T10:00:00Z', null, null)`,
    ];
    await owner.expect(200, 'PATCH', '/v1/workspaces/current', { timeZone: 'Europe/Berlin' });
    for (const [index, value] of values.entries()) {
      const { body } = await owner.expect(201, 'POST', '/v1/tickets', { subject: `T ${index}` });
      await query(
        server.database.superuserUrl,
        `insert into ticket_surveys (workspace_id, ticket_id, due_at, sent_at, score, owner_id)
         select '${owner.workspaceId}', '${body.id}', now(), v.at::timestamptz, v.score::smallint,
           v.owner::uuid
         from (values ${value}) v (at, score, owner)`,
      );
    }
    const csat = async (params: string, by = owner) =>
      (await by.expect(200, 'GET', `/v1/tickets/csat?from=2026-01&to=2026-03&${params}`)).body;
    const total = {
      ...{ key: null, name: null, sent: 4, responses: 3, average: '3.67', satisfied: '66.7' },
    };
    expect(await csat('')).toEqual({
      ...{ from: '2026-01', to: '2026-03', by: 'month', total },
      rows: [
        { ...total, key: '2026-01', sent: 0, responses: 0, average: null, satisfied: null },
        { ...total, key: '2026-02' },
        { ...total, key: '2026-03', sent: 0, responses: 0, average: null, satisfied: null },
      ],
    });
    expect((await csat('by=owner')).rows).toEqual([
      {
        key: ben.userId,
        name: 'A member',
        sent: 2,
        responses: 2,
        average: '4.50',
        satisfied: '100.0',
      },
      { key: null, name: null, sent: 2, responses: 1, average: '2.00', satisfied: '0.0' },
    ]);
    expect((await csat('by=team')).rows).toEqual([total]);
    await owner.expect(422, 'GET', '/v1/tickets/csat?from=2026-03&to=2026-01');
    await owner.expect(422, 'GET', '/v1/tickets/csat?from=2020-01&to=2026-01');
    const limited = { name: 'Limited', permissions: ['ticket:read:own'] };
    await owner.expect(201, 'POST', '/v1/roles', limited);
    const own = await server.createUser('Limited', owner);
    expect((await csat('', own)).total).toMatchObject({ sent: 0 });
  });
});
