import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { SurveyMailer } from '../../src/modules/surveys/index.js';
import { ReplyMailer } from '../../src/modules/ticket-mail/index.js';
import { query } from '../support/database.js';
import { handOver, rawMail, withFiles } from '../support/inbound-mail.js';
import type { TestMail } from '../support/inbound-mail.js';
import { startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { ReceivedMail, SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** A service team that customers write e-mails to. */
let server: TestServer;
let worker: INestApplicationContext;
let receiver: SmtpReceiver;
let anna: Client;
let gateway: Client;

beforeAll(async () => {
  receiver = await startSmtpReceiver({
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('gone') ? Object.assign(new Error('no'), { responseCode: 550 }) : null,
      ),
  });
  server = await startServer({ smtpUrl: receiver.url, mailFrom: 'Keel <keel@example.com>' });
  worker = await startWorker(server.config);
  worker.get(ReplyMailer).start();
  worker.get(SurveyMailer).start();
  anna = await server.createWorkspace('Acme');
  await anna.expect(200, 'PATCH', '/v1/mail-settings', {
    ...{ supportAddress: 'Support@acme.example', senderName: 'Acme Support' },
  });
  gateway = await gatewayOf(anna);
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
  await receiver.stop();
});

async function gatewayOf(owner: Client): Promise<Client> {
  const key = { name: 'Mail gateway', scopes: ['inboundEmail:receive'] };
  const { body } = await owner.expect(201, 'POST', '/v1/api-keys', key);
  return owner.with({ token: body.key });
}

const take = (mail: TestMail | string, headers?: Record<string, string>) =>
  handOver(gateway, mail, headers);

const get = async (path: string, by = anna) => (await by.expect(200, 'GET', path)).body;
const ticketOf = (id: string) => get(`/v1/tickets/${id}?include=requester`);
const messagesOf = async (id: string) => (await get(`/v1/tickets/${id}/messages`)).data;

const say = async (id: string, body: object) =>
  (await anna.expect(201, 'POST', `/v1/tickets/${id}/messages`, body)).body;

const setStatus = (id: string, status: string) =>
  anna.expect(200, 'POST', `/v1/tickets/${id}/status`, { status });

/** The mail that a message of a user became. */
const mailOf = (messageId: string): Promise<ReceivedMail> =>
  eventually(
    () => receiver.mails.find(({ parsed }) => parsed.messageId?.includes(messageId)),
    (mail) => mail !== undefined,
  ) as Promise<ReceivedMail>;

const tokenAddressOf = ({ parsed }: ReceivedMail): string =>
  parsed.replyTo?.value[0]?.address as string;

describe('a customer and a user', () => {
  test('write to each other until the matter is solved, and after', async () => {
    const first = await take({
      from: '"Anders, Maria" <Maria@Customer.example>',
      subject: 'The cup is broken',
      id: '<first@customer.example>',
    });
    expect(first).toMatchObject({ result: 'created', reason: null, messageId: null });
    const ticket = await ticketOf(first.ticketId);
    expect(ticket).toMatchObject({
      ...{ subject: 'The cup is broken', description: 'Can I have another one?', channel: 'email' },
      ...{ status: 'new', ownerId: null, requester: { email: 'maria@customer.example' } },
      ...{ requester: { firstName: 'Maria', lastName: 'Anders', source: 'email' } },
    });
    expect(ticket.lastCustomerMessageAt).toMatch(/Z$/);

    const reply = await say(first.ticketId, { body: 'Which one?', status: 'pending' });
    const mail = await mailOf(reply.id);
    expect(mail).toMatchObject({ from: 'support@acme.example', to: ['maria@customer.example'] });
    expect(mail.parsed).toMatchObject({
      ...{ subject: 'Re: The cup is broken', text: 'Which one?\n' },
      ...{ inReplyTo: '<first@customer.example>', references: '<first@customer.example>' },
      from: { value: [{ address: 'support@acme.example', name: 'Owner (Acme Support)' }] },
    });
    expect(tokenAddressOf(mail)).toMatch(/^support\+[0-9a-f]{32}@acme\.example$/);

    const answer = await take({
      ...{ subject: 'Re: The cup is broken', inReplyTo: mail.parsed.messageId },
      body: 'The blue one.\n\nOn Mon, Jan 5, 2026 at 10:12 AM Support <s@acme.example> wrote:\n> Which one?',
    });
    expect(answer).toMatchObject({ result: 'replied', ticketId: first.ticketId });
    expect(await messagesOf(first.ticketId)).toMatchObject([
      { direction: 'outbound', body: 'Which one?', messageId: mail.parsed.messageId },
      {
        ...{ id: answer.messageId, direction: 'inbound', body: 'The blue one.', channel: 'email' },
        ...{ authorName: 'Maria Anders', inReplyTo: mail.parsed.messageId },
      },
    ]);
    expect((await ticketOf(first.ticketId)).status).toBe('open');

    await setStatus(first.ticketId, 'solved');
    const second = await say(first.ticketId, { body: 'It is on its way.' });
    const thanks = await take({ to: tokenAddressOf(await mailOf(second.id)), body: 'Not yet!' });
    expect(thanks).toMatchObject({ result: 'replied', ticketId: first.ticketId });
    expect(await ticketOf(first.ticketId)).toMatchObject({ status: 'open', reopenedCount: 1 });

    await setStatus(first.ticketId, 'closed');
    const later = await take({ references: `<first@customer.example>`, body: 'It broke again.' });
    expect(later.result).toBe('created');
    expect(later.ticketId).not.toBe(first.ticketId);
    expect((await ticketOf(later.ticketId)).links).toMatchObject([
      { object: 'ticket', recordId: first.ticketId },
    ]);
  });

  test('are told apart from somebody else who answers', async () => {
    const { ticketId } = await take({ from: 'ann@stranger.example', subject: 'Delivery' });
    const { id } = await say(ticketId, { body: 'To which address?' });
    const mail = await mailOf(id);
    const answer = await take({
      ...{ from: 'Bob Boss <bob@stranger.example>', inReplyTo: mail.parsed.messageId },
      body: 'To mine.',
    });
    expect(answer).toMatchObject({ result: 'replied', ticketId });
    expect((await messagesOf(ticketId)).at(-1)).toMatchObject({ authorName: 'Bob Boss' });
    expect((await ticketOf(ticketId)).requester.email).toBe('ann@stranger.example');
    const next = await say(ticketId, { body: 'Done.' });
    expect((await mailOf(next.id)).to).toEqual(['ann@stranger.example']);
  });

  test('find the ticket after it was merged, and make a new one of what is in the bin', async () => {
    const [kept, merged] = [
      await take({ id: '<k@x.example>' }),
      await take({ id: '<l@x.example>' }),
    ];
    await anna.expect(200, 'POST', `/v1/tickets/${kept.ticketId}/merge`, {
      duplicateIds: [merged.ticketId],
    });
    expect(await take({ inReplyTo: '<l@x.example>' })).toMatchObject({
      ...{ result: 'replied', ticketId: kept.ticketId },
    });
    await anna.expect(204, 'DELETE', `/v1/tickets/${kept.ticketId}`);
    const other = await take({ inReplyTo: '<k@x.example>' });
    expect(other.result).toBe('created');
  });

  test('have no ticket in common by a token that was guessed', async () => {
    const guessed = `support+${'0123456789abcdef'.repeat(2)}@acme.example`;
    expect((await take({ to: guessed })).result).toBe('created');
  });
});

describe('a mail', () => {
  test('that comes again, or at once, is one', async () => {
    const raw = rawMail({ from: 'twice@customer.example' });
    const all = await Promise.all(Array.from({ length: 4 }, () => take(raw)));
    const [id] = new Set(all.map(({ ticketId }) => ticketId));
    expect(all.map(({ result }) => result).sort()).toEqual([
      ...['created', 'duplicate', 'duplicate', 'duplicate'],
    ]);
    expect(all.every(({ ticketId }) => ticketId === id)).toBe(true);
    expect(await get(`/v1/contacts?filter[email]=twice@customer.example`)).toMatchObject({
      data: [{ source: 'email' }],
    });
    const nameless = rawMail({ id: null, body: 'No id' });
    expect((await take(nameless)).result).toBe('created');
    expect((await take(nameless)).result).toBe('duplicate');
  });

  test('keeps its files, and says which were left out', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
      'base64',
    );
    const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(400)]);
    const { ticketId } = await take({
      ...withFiles('See the picture.', [
        { name: 'cup ü.png', type: 'image/png', content: png },
        { name: 'setup.exe', type: 'application/pdf', content: program },
      ]),
    });
    const { data } = await get(`/v1/tickets/${ticketId}/attachments`);
    expect(data).toMatchObject([{ name: 'cup ü.png', contentType: 'image/png', size: png.length }]);
    const { description } = await ticketOf(ticketId);
    expect(description).toMatch(/^See the picture\.\n\n\[Left out: setup\.exe \(.+\)\]$/);
    const reply = await take({
      inReplyTo: '<none@x.example>',
      references: '<none@x.example>',
      to: 'support@acme.example',
      ...withFiles('x', []),
    });
    expect(reply.result).toBe('created');
  });

  test('that is too long for a message is kept whole as a file', async () => {
    const body = 'A long story. '.repeat(8000);
    const { ticketId } = await take({ body });
    const { description } = await ticketOf(ticketId);
    expect(description).toMatch(/^A long story\..* \[…\]$/s);
    const { data } = await get(`/v1/tickets/${ticketId}/attachments`);
    expect(data).toMatchObject([{ name: 'message.txt', contentType: 'text/plain' }]);
  });

  test('becomes a ticket also where tickets and contacts must have what no mail can say', async () => {
    const strict = await server.createWorkspace('Strict');
    for (const object of ['contacts', 'tickets']) {
      const property = { name: 'region', label: 'Region', type: 'text', required: true };
      await strict.expect(201, 'POST', `/v1/properties/${object}`, property);
      const name = object === 'tickets' ? 'subject' : 'lastName';
      await strict.expect(422, 'POST', `/v1/${object}`, { [name]: 'x' });
    }
    const brought = await gatewayOf(strict);
    const { result, ticketId } = await handOver(brought, { from: 'new@customer.example' });
    expect(result).toBe('created');
    const path = `/v1/tickets/${ticketId}`;
    const ticket = await get(`${path}?include=requester`, strict);
    expect(ticket).toMatchObject({ custom: {}, requester: { email: 'new@customer.example' } });
    // What it lacks does not keep users from working on it.
    await strict.expect(200, 'POST', `${path}/status`, { status: 'open' });
    await strict.expect(200, 'PATCH', path, { custom: { region: 'north' } });
    await strict.expect(422, 'PATCH', path, { custom: { region: null } });
  });

  test('with nothing in it becomes a ticket all the same', async () => {
    const { ticketId } = await take({ subject: '', body: '' });
    expect(await ticketOf(ticketId)).toMatchObject({
      ...{ subject: '(no subject)', description: '(no text)' },
    });
  });

  test('is refused when it is no raw message, too large, or brought by somebody else', async () => {
    const { body } = await gateway.expect(415, 'POST', '/v1/inbound/email', { from: 'x' });
    expect(body.detail).toBe('Send the body as message/rfc822.');
    const raw = { 'content-type': 'message/rfc822' };
    await anna.expect(415, 'POST', '/v1/contacts', 'x', raw);
    await gateway.expect(413, 'POST', '/v1/inbound/email', 'x'.repeat(36_000_000), raw);
    await gateway.expect(403, 'GET', '/v1/tickets');
    const viewer = await server.createUser('viewer', anna);
    await viewer.expect(403, 'POST', '/v1/inbound/email', rawMail(), raw);
    const bad = await gateway.expect(400, 'POST', '/v1/inbound/email?to=nobody', rawMail(), raw);
    expect(bad.body.detail).toContain('X-Envelope-To');
  });
});

describe('what no person has sent', () => {
  test.each([
    ['automatic', { head: ['Auto-Submitted: auto-replied'] }],
    ['list', { head: ['List-Id: <news.example>'] }],
    ['bounce', { from: 'MAILER-DAEMON@mx.example' }],
    ['bounce', { head: ['Return-Path: <>'] }],
    ['noSender', { from: 'nobody' }],
    ['unreadable', { head: Array.from({ length: 60_000 }, () => 'a: b') }],
  ])('is stopped as %s', async (reason, mail) => {
    const answer = await take(mail);
    expect(answer).toMatchObject({ result: 'stopped', reason, ticketId: null, messageId: null });
    const { data } = await get('/v1/inbound/emails?result=stopped&limit=1');
    expect(data).toMatchObject([{ id: answer.id, reason }]);
  });

  test('is stopped by the sender of its envelope, when the gateway tells it', async () => {
    expect(await take({}, { 'x-envelope-from': '<>' })).toMatchObject({ reason: 'bounce' });
  });

  test('is stopped when it is our own mail coming back', async () => {
    const { ticketId } = await take({ from: 'loop@customer.example' });
    const { id } = await say(ticketId, { body: 'Hello' });
    const { raw, parsed } = await mailOf(id);
    expect(await take(raw)).toMatchObject({ result: 'stopped', reason: 'loop' });
    const stripped = rawMail({ id: parsed.messageId ?? '', from: 'support@acme.example' });
    const again = await take(stripped);
    expect(again).toMatchObject({ result: 'duplicate', reason: 'loop' });
    expect(await messagesOf(ticketId)).toHaveLength(1);
  });

  test('ends when a program answers each of our mails, whatever it says', async () => {
    const robot = 'robot@customer.example';
    await anna.expect(200, 'PATCH', '/v1/survey-settings', { enabled: true, delayHours: 0 });
    const { ticketId } = await take({ from: robot, subject: 'Robot' });
    let answered = 0;
    /** Answers all that has come, as a person would: with no header of a program. */
    const answerAll = async (): Promise<void> => {
      const mails = receiver.mails.filter(({ to }) => to.includes(robot));
      for (const mail of mails.slice(answered)) {
        answered += 1;
        const to = mail.parsed.replyTo ? tokenAddressOf(mail) : 'support@acme.example';
        const inReplyTo = mail.parsed.messageId;
        await take({ from: robot, to, body: `I am away (${answered}).`, inReplyTo });
      }
    };
    const idle = () =>
      eventually(
        () =>
          query(
            server.database.superuserUrl,
            `select from ticket_mails where sent_at is null and failed_at is null
             union all select from ticket_surveys where sent_at is null and failed_at is null`,
          ),
        (waiting) => waiting.length === 0,
      );
    for (let round = 0; round < 4; round += 1) {
      if (round === 0) await mailOf((await say(ticketId, { body: 'Are you a robot?' })).id);
      else {
        await anna.api('POST', `/v1/tickets/${ticketId}/status`, { status: 'open' });
        await setStatus(ticketId, 'solved');
      }
      await idle();
      await answerAll();
      await idle();
    }
    // A reply of a user and one survey, however often the ticket is solved.
    expect(answered).toBe(2);
    expect(receiver.mails.filter(({ to }) => to.includes(robot))).toHaveLength(2);
    await anna.expect(200, 'PATCH', '/v1/survey-settings', { enabled: false });
  });

  test('is stopped when one sender sends too many', async () => {
    const results: string[] = [];
    for (let at = 0; at < 32; at += 1) {
      const { result, reason } = await take({ from: 'flood@customer.example' });
      results.push(reason ?? result);
    }
    expect(results.slice(0, 30)).toEqual(Array<string>(30).fill('created'));
    expect(results.slice(30)).toEqual(['flood', 'flood']);
  });
});

describe('a reply of a user', () => {
  test('is not sent where the workspace has said nothing, or does not want it', async () => {
    const quiet = await server.createWorkspace('Quiet');
    const { ticketId } = await handOver(await gatewayOf(quiet), { from: 'q@customer.example' });
    const message = { body: 'Nobody hears this' };
    await quiet.expect(201, 'POST', `/v1/tickets/${ticketId}/messages`, message);
    await quiet.expect(200, 'PATCH', '/v1/mail-settings', {
      ...{ supportAddress: 's@quiet.example', sendReplies: false },
    });
    await quiet.expect(201, 'POST', `/v1/tickets/${ticketId}/messages`, message);
    await quiet.expect(200, 'PATCH', '/v1/mail-settings', { sendReplies: true });
    const note = { kind: 'note', body: 'A note' };
    await quiet.expect(201, 'POST', `/v1/tickets/${ticketId}/messages`, note);
    const heard = { body: 'Heard' };
    await quiet.expect(201, 'POST', `/v1/tickets/${ticketId}/messages`, heard);
    await receiver.mailTo('q@customer.example');
    const texts = receiver.mails.filter(({ to }) => to.includes('q@customer.example'));
    expect(texts.map(({ parsed }) => parsed.text)).toEqual(['Heard\n']);
  });

  test('that cannot be delivered shows on the timeline', async () => {
    const { ticketId } = await take({ from: 'gone@customer.example' });
    const { id } = await say(ticketId, { body: 'Are you there?' });
    const seen = await eventually(
      async () => (await get(`/v1/tickets/${ticketId}/timeline`)).data,
      (data) => data.some(({ type }: { type: string }) => type === 'ticket.undelivered'),
    );
    expect(seen[0].changes).toMatchObject({
      messageId: id,
      failure: expect.stringContaining('550'),
    });
  });

  test('is sent when a server was away, once, under the same Message-ID', async () => {
    const { ticketId } = await take({ from: 'wait@customer.example' });
    const [before] = [receiver.mails.length];
    const { id } = await say(ticketId, { body: 'One' });
    const mail = await mailOf(id);
    // A worker that died after the server had the mail, and before it said so.
    await query(
      server.database.superuserUrl,
      `update ticket_mails set sent_at = null, due_at = now() where message_id = '${id}'`,
    );
    await eventually(
      () => receiver.mails.filter(({ to }) => to.includes('wait@customer.example')).length,
      (count) => count === 2,
    );
    const ids = receiver.mails.slice(before).map(({ parsed }) => parsed.messageId);
    expect(new Set(ids)).toEqual(new Set([mail.parsed.messageId]));
  });
});

describe('the settings', () => {
  test('are changed by those who may, with a version', async () => {
    const shown = await anna.expect(200, 'GET', '/v1/mail-settings');
    expect(shown.body).toMatchObject({ supportAddress: 'support@acme.example', sendReplies: true });
    const stale = { 'if-match': '"99"' };
    await anna.expect(412, 'PATCH', '/v1/mail-settings', { senderName: 'X' }, stale);
    for (const supportAddress of ['support+x@acme.example', `${'s'.repeat(32)}@acme.example`]) {
      const { body } = await anna.expect(422, 'PATCH', '/v1/mail-settings', { supportAddress });
      expect(body.errors).toMatchObject([{ pointer: '/supportAddress' }]);
    }
    await anna.expect(422, 'PATCH', '/v1/mail-settings', { supportAddress: 'nobody' });
    const member = await server.createUser('member', anna);
    await member.expect(200, 'GET', '/v1/mail-settings');
    await member.expect(403, 'PATCH', '/v1/mail-settings', { sendReplies: false });
  });
});
