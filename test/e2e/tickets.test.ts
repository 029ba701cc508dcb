import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Tickets of a service team: how they are made, go their way, and become one or two. */
let server: TestServer;
let anna: Client;
let ben: Client;

beforeAll(async () => {
  server = await startServer();
  anna = await server.createWorkspace('Service');
  ben = await server.createUser('member', anna);
});

afterAll(() => server.close());

const make = async (path: string, body: object, by = anna) =>
  (await by.expect(201, 'POST', path, body)).body;

const get = async (path: string, by = anna) => (await by.expect(200, 'GET', path)).body;

const ticketOf = (body: object = {}, by = anna) =>
  make('/v1/tickets', { subject: 'The cup is broken', ...body }, by);

const patch = async (id: string, body: object, status = 200) =>
  (await anna.expect(status, 'PATCH', `/v1/tickets/${id}`, body)).body;

const deed = async (id: string, name: string, body: object = {}, status = 200, by = anna) =>
  (await by.expect(status, 'POST', `/v1/tickets/${id}/${name}`, body)).body;

const say = (id: string, body: object, by = anna) => deed(id, 'messages', body, 201, by);

const bodiesOf = async (id: string): Promise<string[]> =>
  (await get(`/v1/tickets/${id}/messages`)).data.map(({ body }: { body: string }) => body);

const typesOf = async (id: string): Promise<string[]> =>
  (await get(`/v1/tickets/${id}/timeline`)).data.map(({ type }: { type: string }) => type);

const numbers = async (query: string): Promise<number[]> =>
  (await get(`/v1/tickets?${query}`)).data.map(({ number }: { number: number }) => number);

describe('a ticket', () => {
  test('is made with a number, in the first status, and is nobody’s yet', async () => {
    const company = await make('/v1/companies', { name: 'Around the Horn' });
    const contact = await make('/v1/contacts', { lastName: 'Hardy', companyId: company.id });
    const first = await ticketOf({ requesterId: contact.id, channel: 'phone' });
    expect(first).toMatchObject({
      ...{ number: 1, status: 'new', statusCategory: 'new', isOpen: true, ownerId: null },
      ...{ companyId: company.id, priority: 'normal', type: 'question', reopenedCount: 0 },
      ...{ firstRespondedAt: null, solvedAt: null, followers: [], links: [] },
    });
    expect((await ticketOf()).number).toBe(2);
    expect(await numbers(`filter[requesterId]=${contact.id}`)).toEqual([1]);
    const { data } = await get('/v1/search?q=broken&types=ticket');
    expect(data.map(({ title }: { title: string }) => title)).toContain('#1 The cup is broken');
  });

  test('has a number without a gap, however many are made at once and some refused', async () => {
    const at = await server.createWorkspace('At once');
    const wanted = Array.from({ length: 20 }, (_, index) =>
      index % 5 === 4
        ? at.api('POST', '/v1/tickets', { subject: 'No', status: 'nowhere' })
        : at.api('POST', '/v1/tickets', { subject: `Number ${index}` }),
    );
    const answers = await Promise.all(wanted);
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.number);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(4);
    expect(made.sort((left, right) => left - right)).toEqual(made.map((_, index) => index + 1));
    const records = [{ subject: 'One' }, { subject: '' }, { subject: 'Two' }];
    const { body } = await at.expect(207, 'POST', '/v1/tickets/batch', {
      ...{ operation: 'create', records },
    });
    expect(
      body.results.map((item: { record?: { number: number } }) => item.record?.number),
    ).toEqual([17, undefined, 18]);
  });

  test('is taken, assigned to people and teams, and found in their queues', async () => {
    const team = await make('/v1/teams', { name: 'Second line' });
    const ticket = await ticketOf({ teamId: team.id });
    const queue = `filter[teamId]=${team.id}&filter[isOpen]=true`;
    expect(await numbers(`${queue}&filter[ownerId][isNull]=true`)).toEqual([ticket.number]);
    expect(await deed(ticket.id, 'take', {}, 200, ben)).toMatchObject({
      ...{ ownerId: ben.userId, status: 'open' },
    });
    expect(await numbers(`${queue}&filter[ownerId][isNull]=true`)).toEqual([]);
    expect((await deed(ticket.id, 'take', {}, 409)).ownerId).toBe(ben.userId);
    await deed(ticket.id, 'assign', { ownerId: anna.userId }, 403, ben);
    const assigned = await deed(ticket.id, 'assign', {
      ...{ ownerId: anna.userId, teamId: null, reason: 'Knows the customer' },
    });
    expect(assigned).toMatchObject({ ownerId: anna.userId, teamId: null, status: 'open' });
    expect((await deed(ticket.id, 'assign', {}, 422)).errors[0].pointer).toBe('/ownerId');
    for (const [field, id] of [
      ['ownerId', team.id],
      ['teamId', ben.userId],
    ]) {
      const { errors } = await deed(ticket.id, 'assign', { [field as string]: id }, 422);
      expect(errors[0]).toMatchObject({ pointer: `/${field}`, code: 'reference' });
    }
    expect(await typesOf(ticket.id)).toEqual([
      ...['ticket.assigned', 'ticket.assigned', 'ticket.created'],
    ]);
  });

  test('is followed, once by each, and found by it', async () => {
    const { id, number } = await ticketOf();
    await deed(id, 'follow', {}, 200, ben);
    await deed(id, 'follow', {}, 200, ben);
    const followers = [{ userId: ben.userId }, { userId: anna.userId }, { userId: ben.userId }];
    const { followers: kept } = await patch(id, { followers });
    expect(kept.map(({ userId }: { userId: string }) => userId)).toEqual([ben.userId, anna.userId]);
    expect(await numbers(`filter[followers.userId]=${ben.userId}`)).toEqual([number]);
    expect((await deed(id, 'unfollow', {}, 200, ben)).followers).toHaveLength(1);
  });

  test('is linked to orders and tickets, which show it on their timelines', async () => {
    const order = await make('/v1/orders', { lines: [] });
    const other = await ticketOf({ subject: 'Cause' });
    const links = [
      { object: 'order', recordId: order.id },
      { object: 'ticket', recordId: other.id },
      { object: 'order', recordId: order.id },
    ];
    const ticket = await ticketOf({ links });
    expect(ticket.links).toHaveLength(2);
    expect(await numbers(`filter[links.recordId]=${order.id}`)).toEqual([ticket.number]);
    const { data } = await get(`/v1/orders/${order.id}/timeline`);
    expect(data[0]).toMatchObject({ type: 'ticket.created', about: { id: ticket.id } });
    const itself = { links: [{ object: 'ticket', recordId: ticket.id }] };
    expect((await patch(ticket.id, itself, 422)).errors[0]).toMatchObject({
      ...{ pointer: '/links/0/recordId', code: 'self' },
    });
    const missing = { links: [{ object: 'ticket', recordId: order.id }] };
    expect((await patch(ticket.id, missing, 422)).errors[0].code).toBe('reference');
  });

  test('counts as work of its assignee, overdue once its time has passed', async () => {
    const carl = await server.createUser('member', anna);
    const past = '2026-01-01T00:00:00.000Z';
    await ticketOf({ ownerId: carl.userId, dueAt: past });
    await ticketOf({ ownerId: carl.userId });
    await ticketOf({ ownerId: carl.userId, dueAt: past, status: 'solved' });
    const { work } = await get(`/v1/users/${carl.userId}/workload`);
    expect(work.tickets).toMatchObject({ open: 2, overdue: 1 });
  });
});

describe('the flow of statuses', () => {
  test('lets through what it allows, and 409 names what it does', async () => {
    const { id } = await ticketOf();
    expect((await patch(id, { status: 'solved' })).solvedAt).not.toBeNull();
    const refused = await patch(id, { status: 'pending' }, 409);
    expect(refused).toMatchObject({ currentStatus: 'solved', allowed: ['open', 'closed'] });
    const again = await deed(id, 'status', { status: 'open', reason: 'Broken again' });
    expect(again).toMatchObject({ ...{ status: 'open', reopenedCount: 1, solvedAt: null } });
    const closed = await deed(id, 'status', { status: 'closed' });
    expect(closed).toMatchObject({ isOpen: false, statusCategory: 'closed' });
    expect([closed.solvedAt, closed.closedAt]).not.toContain(null);
    expect((await deed(id, 'status', { status: 'open' }, 409)).allowed).toEqual([]);
    const [{ changes }] = (await get(`/v1/tickets/${id}/timeline`)).data.slice(1);
    expect(changes).toMatchObject({ reason: 'Broken again', status: ['solved', 'open'] });
    const { errors } = await patch(id, { status: 'gone' }, 422);
    expect(errors[0].detail).toContain('new, open, pending, onHold, solved, closed');
  });

  test('is the workspace’s own, and statuses that tickets have stay', async () => {
    const own = await server.createWorkspace('Own flow');
    const usual = await get('/v1/ticket-statuses', own);
    expect([usual.isUsual, usual.data.length]).toEqual([true, 6]);
    const statuses = [
      { key: 'fresh', name: 'Fresh', category: 'new', next: ['work'] },
      { key: 'work', name: 'In work', category: 'open' },
      { key: 'done', name: 'Done', category: 'solved', next: [] },
    ];
    const put = (body: object[], status = 200) =>
      own.expect(status, 'PUT', '/v1/ticket-statuses', { statuses: body });
    expect((await put(statuses)).body).toMatchObject({ isUsual: false });
    const ticket = await ticketOf({}, own);
    expect(ticket).toMatchObject({ status: 'fresh', statusCategory: 'new' });
    const path = `/v1/tickets/${ticket.id}`;
    const { body: refused } = await own.expect(409, 'PATCH', path, { status: 'done' });
    expect(refused.allowed).toEqual(['work']);
    expect((await own.expect(200, 'PATCH', path, { status: 'In work' })).body.status).toBe('work');
    const without = [...statuses.slice(0, 1), { ...statuses[1], key: 'other' }, statuses[2]];
    const { body: used } = await put(
      without.map((status) => ({ ...status, next: null })),
      409,
    );
    expect(used.inUse).toEqual(['work']);
    const { body: unsound } = await put(
      [
        { key: 'a', name: 'A', category: 'new', next: ['b'] },
        { key: 'A', name: 'a', category: 'open' },
      ],
      422,
    );
    expect(
      unsound.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
    ).toEqual([
      ['/statuses/0/next/0', 'reference'],
      ['/statuses/1/key', 'duplicate'],
      ['/statuses/1/name', 'duplicate'],
      ['/statuses', 'statusMissing'],
    ]);
    const member = await server.createUser('member', own);
    await member.expect(403, 'PUT', '/v1/ticket-statuses', { statuses });
  });
});

describe('a conversation', () => {
  test('has replies and notes; only a public reply is a response', async () => {
    const contact = await make('/v1/contacts', { firstName: 'Thomas', lastName: 'Hardy' });
    const { id } = await ticketOf({ requesterId: contact.id });
    const asked = await say(id, { direction: 'inbound', body: 'Where is it?', channel: 'phone' });
    expect(asked).toMatchObject({ authorContactId: contact.id, authorName: 'Thomas Hardy' });
    expect(asked.ticket.lastCustomerMessageAt).toBe(asked.createdAt);
    const note = await say(id, { kind: 'note', body: 'Ask Ben', mentions: [ben.userId] }, ben);
    expect(note).toMatchObject({ direction: null, mentions: [ben.userId] });
    expect(note.ticket).toMatchObject({ firstRespondedAt: null, lastAgentMessageAt: null });
    const reply = await say(id, { body: 'On its way', status: 'pending' });
    expect(reply.ticket).toMatchObject({
      ...{ status: 'pending', firstRespondedAt: reply.createdAt },
    });
    const second = await say(id, { body: 'Has it come?' });
    expect(second.ticket).toMatchObject({
      ...{ firstRespondedAt: reply.createdAt, lastAgentMessageAt: second.createdAt },
    });
    const answer = await say(id, { direction: 'inbound', body: 'Yes!' });
    expect(answer.ticket.status).toBe('open');
    expect(await typesOf(id)).toEqual([
      ...['ticket.replied', 'ticket.replied', 'ticket.replied', 'ticket.mentioned'],
      ...['ticket.noted', 'ticket.replied', 'ticket.created'],
    ]);
    const page = await get(`/v1/tickets/${id}/messages?limit=2`);
    expect(page.data.map(({ body }: { body: string }) => body)).toEqual([
      'Where is it?',
      'Ask Ben',
    ]);
    const next = `/v1/tickets/${id}/messages?limit=2&cursor=${page.page.nextCursor}`;
    expect((await get(next)).data[0].body).toBe('On its way');
  });

  test('names what is wrong with a message, and writes nothing of it', async () => {
    const { id, version } = await ticketOf();
    const cases: [object, string, number][] = [
      [{ body: 'x', mentions: [id] }, '/mentions/0', 422],
      [{ body: 'x', attachmentIds: [id] }, '/attachmentIds/0', 422],
      [{ body: 'x', kind: 'note', direction: 'inbound' }, '/direction', 422],
      [{ body: 'x', authorContactId: id }, '/authorContactId', 422],
      [{ body: 'x', direction: 'inbound', authorContactId: id }, '/authorContactId', 422],
      [{ body: 'x', status: 'gone' }, '/status', 422],
      [{ body: '' }, '/body', 422],
    ];
    for (const [body, pointer, status] of cases) {
      const { errors } = await deed(id, 'messages', body, status);
      expect(errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
    }
    const { id: closed } = await ticketOf({ status: 'closed' });
    expect(await deed(closed, 'messages', { body: 'x', status: 'open' }, 409)).toMatchObject({
      ...{ currentStatus: 'closed', allowed: [] },
    });
    const viewer = await server.createUser('viewer', anna);
    await deed(id, 'messages', { body: 'x' }, 403, viewer);
    // A member may answer every ticket, but change only their own.
    await deed(id, 'messages', { body: 'x', status: 'open' }, 403, ben);
    expect(await bodiesOf(id)).toEqual([]);
    expect((await get(`/v1/tickets/${id}`)).version).toBe(version);
  });

  test('is one after a merge, with everybody’s followers and links', async () => {
    const order = await make('/v1/orders', { lines: [] });
    const [kept, lost] = [await ticketOf(), await ticketOf({ status: 'solved' })];
    await say(kept.id, { direction: 'inbound', body: 'First' });
    await say(lost.id, { body: 'Second' });
    await patch(kept.id, { followers: [{ userId: anna.userId }] });
    await patch(lost.id, {
      followers: [{ userId: anna.userId }, { userId: ben.userId }],
      links: [
        { object: 'order', recordId: order.id },
        { object: 'ticket', recordId: kept.id },
      ],
    });
    const merge = { duplicateIds: [lost.id] };
    await deed(kept.id, 'merge', { ...merge, dryRun: true });
    expect(await bodiesOf(kept.id)).toEqual(['First']);
    const { record } = await deed(kept.id, 'merge', merge);
    expect(record).toMatchObject({
      ...{ status: 'new', isOpen: true, solvedAt: null, number: kept.number },
      ...{ followers: [{ userId: anna.userId }, { userId: ben.userId }] },
      ...{ links: [{ object: 'order', recordId: order.id }] },
    });
    expect(record.firstRespondedAt).not.toBeNull();
    expect(await bodiesOf(kept.id)).toEqual(['First', 'Second']);
    const { headers } = await anna.expect(301, 'GET', `/v1/tickets/${lost.id}`);
    expect(headers.get('location')).toBe(`/v1/tickets/${kept.id}`);
    expect(await numbers(`filter[links.recordId]=${order.id}`)).toEqual([kept.number]);
  });

  test('is split in two, each linked to the other', async () => {
    const contact = await make('/v1/contacts', { lastName: 'Berglund' });
    const ticket = await ticketOf({ requesterId: contact.id, ownerId: ben.userId, tags: ['cup'] });
    await say(ticket.id, { direction: 'inbound', body: 'The cup' });
    const saucer = await say(ticket.id, { direction: 'inbound', body: 'The saucer' });
    const wrong = { messageIds: [saucer.id, ticket.id], subject: 'Saucer' };
    expect((await deed(ticket.id, 'split', wrong, 422)).errors[0].pointer).toBe('/messageIds/1');
    const { ticket: left, newTicket } = await deed(ticket.id, 'split', {
      ...{ messageIds: [saucer.id], subject: 'The saucer is missing', priority: 'high' },
    });
    expect(newTicket).toMatchObject({
      ...{ requesterId: contact.id, ownerId: ben.userId, tags: ['cup'], priority: 'high' },
      ...{ links: [{ object: 'ticket', recordId: ticket.id }] },
      ...{ lastCustomerMessageAt: saucer.createdAt, status: 'new' },
    });
    expect(left.links).toMatchObject([{ object: 'ticket', recordId: newTicket.id }]);
    expect(left.lastCustomerMessageAt < saucer.createdAt).toBe(true);
    expect(await bodiesOf(ticket.id)).toEqual(['The cup']);
    expect(await bodiesOf(newTicket.id)).toEqual(['The saucer']);
  });
});
