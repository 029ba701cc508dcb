import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** A complaint from the first call to the last word, the macros it is answered with, old tickets. */
let server: TestServer;
let worker: INestApplicationContext;
let anna: Client;
let ben: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  anna = await server.createWorkspace('Around the Horn');
  ben = await server.createUser('member', anna);
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const post = async (path: string, body: object = {}, by = anna, status = 201) =>
  (await by.expect(status, 'POST', path, body)).body;

const get = async (path: string, by = anna) => (await by.expect(200, 'GET', path)).body;

const REPLY =
  'Dear {{ requester.firstName | default: "customer" }}, a new one for #{{ ticket.number }} is on ' +
  'its way.{% if company.name %} Regards to {{ company.name }}!{% endif %} {{ agent.name }}';

test('a complaint is taken, talked over, answered, waited for, merged, split, solved and reopened', async () => {
  const company = await post('/v1/companies', { name: 'Bólido' });
  const hardy = await post('/v1/contacts', { firstName: 'Thomas', companyId: company.id });
  const order = await post('/v1/orders', { contactId: hardy.id, lines: [] });
  const team = await post('/v1/teams', { name: 'Breakages' });
  const macro = await post('/v1/macros', {
    ...{ name: 'New one', reply: REPLY, setStatus: 'Waiting for the customer', addTags: ['sent'] },
    ...{ setPriority: 'high', removeTags: ['unread'] },
  });
  // He calls; whoever is on the telephone writes it down for the team.
  const ticket = await post('/v1/tickets', {
    ...{ subject: 'The cup is broken', requesterId: hardy.id, channel: 'phone', teamId: team.id },
    ...{ type: 'complaint', links: [{ object: 'order', recordId: order.id }], tags: ['unread'] },
  });
  const path = `/v1/tickets/${ticket.id}`;
  expect(ticket).toMatchObject({ number: 1, companyId: company.id, status: 'new', ownerId: null });
  await post(`${path}/take`, {}, ben, 200);
  // Ben asks Anna, who follows it from then on.
  await post(`${path}/messages`, { kind: 'note', body: 'May I?', mentions: [anna.userId] }, ben);
  await post(`${path}/follow`, {}, anna, 200);
  // He answers with the macro.
  const preview = await post(`/v1/macros/${macro.id}/preview`, { ticketId: ticket.id }, ben, 200);
  expect(preview).toMatchObject({
    reply: `Dear Thomas, a new one for #1 is on its way. Regards to Bólido! ${preview.reply.split('! ')[1]}`,
    changes: {
      status: ['open', 'pending'],
      priority: ['normal', 'high'],
      tags: [['unread'], ['sent']],
    },
  });
  const applied = await post(`${path}/apply-macro`, { macroId: macro.id }, ben, 200);
  expect(applied).toMatchObject({
    ticket: {
      status: 'pending',
      priority: 'high',
      tags: ['sent'],
      firstRespondedAt: expect.any(String),
    },
    message: { body: preview.reply, kind: 'reply', authorUserId: ben.userId },
  });
  // The customer answers twice: here, and in a ticket of its own, which is the same.
  const answered = await post(`${path}/messages`, {
    direction: 'inbound',
    body: 'And the saucer?',
  });
  expect(answered.ticket.status).toBe('open');
  const again = await post('/v1/tickets', { subject: ticket.subject, requesterId: hardy.id });
  await post(`/v1/tickets/${again.id}/messages`, { direction: 'inbound', body: 'Hello?' });
  const { data: alike } = await get(`${path}/duplicates`);
  expect(alike.map(({ id }: { id: string }) => id)).toContain(again.id);
  await post(`${path}/merge`, { duplicateIds: [again.id] }, anna, 200);
  // The saucer is another matter.
  const { newTicket } = await post(
    `${path}/split`,
    { messageIds: [answered.id], subject: 'The saucer' },
    ben,
    200,
  );
  expect(newTicket).toMatchObject({ requesterId: hardy.id, ownerId: ben.userId, number: 3 });
  // It is solved, until the new cup breaks as well.
  await post(`${path}/status`, { status: 'solved', reason: 'It has come' }, ben, 200);
  const back = await post(`${path}/messages`, { direction: 'inbound', body: 'Broken again!' });
  expect(back.ticket).toMatchObject({ status: 'open', reopenedCount: 1, solvedAt: null });
  const { data } = await get(`${path}/timeline?limit=100`);
  expect(data.map(({ type }: { type: string }) => type.replace('ticket.', '')).reverse()).toEqual([
    ...['created', 'assigned', 'noted', 'mentioned', 'followed', 'macroApplied', 'updated'],
    ...['replied', 'replied', 'merged', 'created', 'split', 'statusChanged', 'replied'],
  ]);
  const { data: said } = await get(`${path}/messages`);
  expect(said.map(({ body }: { body: string }) => body)).toEqual([
    ...['May I?', preview.reply, 'Hello?', 'Broken again!'],
  ]);
  // Whoever keeps an eye on the feed sees it all, and the order knows of it.
  const { data: feed } = await get('/v1/events?types=ticket.mentioned,ticket.replied&limit=100');
  expect(feed.length).toBeGreaterThanOrEqual(5);
  const { data: ofOrder } = await get(`/v1/orders/${order.id}/timeline`);
  expect(ofOrder[0].type).toBe('ticket.replied');
});

describe('a macro', () => {
  test('names each placeholder that there is not, and reads nothing but them', async () => {
    const faults = async (reply: string) => {
      const { errors } = await post('/v1/macros', { name: 'x', reply }, anna, 422);
      return errors.map(
        ({ code, detail }: { code: string; detail: string }) => `${code} ${detail}`,
      );
    };
    const [one, two] = await faults('{{ requester.nam }} {{ ticket.number }} {{ secret }}');
    expect(one).toMatch(/^placeholder names requester\.nam, .*requester\.name/);
    expect(two).toMatch(/^placeholder names secret/);
    for (const reply of [
      ...['{{ requester.name', '{% for x in (1..9) %}{% endfor %}', '{% include "x" %}'],
      ...['{{ ticket.subject | nothing }}', '{% if %}', '{% assign a = 1 %}'],
    ]) {
      expect((await faults(reply))[0]).toMatch(/^template cannot be read: /);
    }
    expect((await faults('{{ ticket.constructor }}'))[0]).toMatch(/^placeholder/);
  });

  test('does something, to a status that there is, and to one assignee', async () => {
    await post('/v1/macros', { name: 'Idle' }, anna, 422);
    const status = await post('/v1/macros', { name: 'x', setStatus: 'gone' }, anna, 422);
    expect(status.errors[0]).toMatchObject({ pointer: '/setStatus', code: 'isIn' });
    const two = { name: 'x', setOwnerId: ben.userId, assignToSelf: true };
    expect((await post('/v1/macros', two, anna, 422)).errors[0].pointer).toBe('/assignToSelf');
    await post('/v1/macros', { name: 'x', reply: 'x' }, ben, 403);
  });

  test('does no more than its user may, and all of it or nothing', async () => {
    const macro = await post('/v1/macros', { name: 'Close', reply: 'Bye', setStatus: 'closed' });
    const ticket = await post('/v1/tickets', { subject: 'Of nobody' });
    const path = `/v1/tickets/${ticket.id}`;
    await post(`${path}/apply-macro`, { macroId: macro.id }, ben, 403);
    expect((await get(path)).version).toBe(ticket.version);
    const closed = await post(
      `${path}/apply-macro`,
      { macroId: macro.id, reply: 'Edited' },
      anna,
      200,
    );
    expect(closed).toMatchObject({ ticket: { status: 'closed' }, message: { body: 'Edited' } });
    const open = await post('/v1/macros', { name: 'Open', setStatus: 'open', addTags: ['x'] });
    const refused = await post(`${path}/apply-macro`, { macroId: open.id }, anna, 409);
    expect(refused).toMatchObject({ currentStatus: 'closed', allowed: [] });
    expect((await get(path)).tags).toEqual([]);
    await anna.expect(200, 'PATCH', `/v1/macros/${open.id}`, { active: false });
    await post(`${path}/apply-macro`, { macroId: open.id }, anna, 409);
    const none = await post(`${path}/apply-macro`, { macroId: ticket.id }, anna, 422);
    expect(none.errors[0].pointer).toBe('/macroId');
    const preview = `/v1/macros/${macro.id}/preview`;
    expect((await post(preview, { ticketId: macro.id }, anna, 422)).errors[0].pointer).toBe(
      '/ticketId',
    );
  });

  test('takes a ticket that nobody has for its user', async () => {
    const macro = await post('/v1/macros', { name: 'Mine', assignToSelf: true, setType: 'task' });
    const ticket = await post('/v1/tickets', { subject: 'Of nobody' });
    const { ticket: taken } = await post(
      `/v1/tickets/${ticket.id}/apply-macro`,
      { macroId: macro.id },
      ben,
      200,
    );
    expect(taken).toMatchObject({ ownerId: ben.userId, type: 'task', status: 'open' });
  });
});

test('old tickets come from a file, with their statuses, times and numbers of ours', async () => {
  const old = await server.createWorkspace('Old desk');
  await post('/v1/contacts', { lastName: 'Hardy', email: 'hardy@horn.example' }, old);
  const file = [
    'Ticket,Subject,Requester email,Status,Priority,Channel,Solved at',
    'Z-1,Broken cup,hardy@horn.example,Solved,high,email,2025-03-01T10:00:00.000Z',
    'Z-2,Late cup,hardy@horn.example,Waiting for the customer,normal,phone,',
    'Z-3,Lost cup,nobody@horn.example,open,normal,email,',
    'Z-4,Wrong cup,hardy@horn.example,Limbo,normal,email,',
    'Z-5,Blue cup,,,low,web,',
  ].join('\n');
  const options = {
    ...{ object: 'tickets', mode: 'upsert', matchOn: 'externalIds.desk' },
    mapping: {
      ...{ Ticket: 'externalIds.desk', Subject: 'subject', 'Requester email': 'requester.email' },
      ...{ Status: 'status', Priority: 'priority', Channel: 'channel', 'Solved at': 'solvedAt' },
    },
  };
  const done = await runImport(old, { options, file });
  expect(done.totals).toMatchObject({ read: 5, created: 3, failed: 2 });
  const { data: errors } = await get(`/v1/imports/${done.id}/errors`, old);
  expect(JSON.stringify(errors)).toContain('must be one of new, open, pending');
  const { data } = await get('/v1/tickets?sort=number', old);
  expect(data).toMatchObject([
    {
      ...{ number: 1, status: 'solved', isOpen: false, priority: 'high', ownerId: null },
      solvedAt: '2025-03-01T10:00:00.000Z',
    },
    { number: 2, status: 'pending', statusCategory: 'pending', solvedAt: null },
    { number: 3, status: 'new', channel: 'web' },
  ]);
  const again = await runImport(old, { options, file });
  expect(again.totals).toMatchObject({ created: 0, updated: 0, unchanged: 3, failed: 2 });
  expect((await post('/v1/tickets', { subject: 'Next' }, old)).number).toBe(4);
});
