import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Tickets of a service team, from the complaint to the last word. */
let server: TestServer;
let anna: Client;

beforeAll(async () => {
  server = await startServer();
  anna = await server.createWorkspace('Service');
});

afterAll(() => server.close());

const make = async (path: string, body: object, by = anna) =>
  (await by.expect(201, 'POST', path, body)).body;

const ticketOf = (body: object = {}, by = anna) =>
  make('/v1/tickets', { subject: 'The cup is broken', ...body }, by);

const patch = async (id: string, body: object, status = 200) =>
  (await anna.expect(status, 'PATCH', `/v1/tickets/${id}`, body)).body;

describe('a ticket', () => {
  test('is made with a number, in the first status, as nobody has it yet', async () => {
    const company = await make('/v1/companies', { name: 'Around the Horn' });
    const contact = await make('/v1/contacts', { lastName: 'Hardy', companyId: company.id });
    const first = await ticketOf({ requesterId: contact.id, channel: 'phone' });
    expect(first).toMatchObject({
      ...{ number: 1, status: 'new', statusCategory: 'new', isOpen: true, ownerId: null },
      ...{ companyId: company.id, priority: 'normal', type: 'question', reopenedCount: 0 },
      ...{ firstRespondedAt: null, solvedAt: null, followers: [], links: [] },
    });
    expect((await ticketOf()).number).toBe(2);
  });

  test('goes the way that the flow allows, and 409 names it', async () => {
    const { id } = await ticketOf();
    expect((await patch(id, { status: 'solved' })).solvedAt).not.toBeNull();
    const refused = await patch(id, { status: 'pending' }, 409);
    expect(refused).toMatchObject({ currentStatus: 'solved', allowed: ['open', 'closed'] });
  });
});
