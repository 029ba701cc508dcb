import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SearchFiller } from '../../src/platform/search/search-filler.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { query } from '../support/database.js';

/** Tickets are found by what was said about them. */
let server: TestServer;
let anna: Client;
/** Sees only their own tickets. */
let agent: Client;
let broken: { id: string; number: number };
let owned: { id: string };

beforeAll(async () => {
  server = await startServer();
  anna = await server.createWorkspace('Service');
  const permissions = ['ticket:read:own', 'ticket:reply:own', 'contact:read'];
  await anna.expect(201, 'POST', '/v1/roles', { name: 'agent', permissions });
  agent = await server.createUser('agent', anna);
  broken = await make('/v1/tickets', { subject: 'Kettle broken' });
  owned = await make('/v1/tickets', { subject: 'Late delivery', ownerId: agent.userId });
  await say(broken, { body: 'The thermostat of Frau Müller was replaced.' });
  await say(broken, { kind: 'note', body: 'She is furious: offer a voucher. 温度调节器' });
  await say(owned, { direction: 'inbound', body: 'Where is my thermostat? Order 4711-XYZ.' });
}, 60_000);

afterAll(() => server.close());

const make = async (path: string, body: object, by = anna) =>
  (await by.expect(201, 'POST', path, body)).body;
const say = ({ id }: { id: string }, body: object, by = anna) =>
  make(`/v1/tickets/${id}/messages`, body, by);

const titles = async (q: string, by = anna, rest = '&types=ticket'): Promise<string[]> =>
  (await by.expect(200, 'GET', `/v1/search?q=${encodeURIComponent(q)}${rest}`)).body.data.map(
    ({ title }: { title: string }) => title.replace(/^#\d+ /, ''),
  );

const listed = async (q: string, by = anna, rest = ''): Promise<string[]> =>
  (
    await by.expect(200, 'GET', `/v1/tickets?query=${encodeURIComponent(q)}&sort=number${rest}`)
  ).body.data.map(({ subject }: { subject: string }) => subject);

describe('tickets', () => {
  test.each([
    ['muller', ['Kettle broken']],
    ['voucher furious', ['Kettle broken']],
    ['调节', ['Kettle broken']],
    ['4711-xyz', ['Late delivery']],
    ['thermo', ['Kettle broken', 'Late delivery']],
    ['nothing of the kind', []],
  ])('are found by words of replies and notes: %s', async (q, found) => {
    expect((await titles(q)).sort()).toEqual(found);
    expect(await listed(q)).toEqual(found);
  });

  test('are one hit each, and those with the words in their subject come first', async () => {
    await say(owned, { body: 'The kettle is on its way, the kettle itself.' });
    await say(owned, { body: 'The kettle was sent.' });
    expect(await titles('kettle')).toEqual(['Kettle broken', 'Late delivery']);
    expect((await titles('kettle', anna, '')).filter((title) => title === 'Late delivery')).toEqual(
      ['Late delivery'],
    );
  });

  test('that one may not see are not found by what was said about them either', async () => {
    expect(await titles('thermostat', agent)).toEqual(['Late delivery']);
    expect(await listed('thermostat', agent)).toEqual(['Late delivery']);
    expect(await titles('voucher', agent)).toEqual([]);
    const viewer = await server.createWorkspace('Others');
    await make('/v1/tickets', { subject: 'Theirs' }, viewer);
    expect(await titles('thermostat', viewer)).toEqual([]);
    expect(await listed('thermostat', viewer)).toEqual([]);
    const { body } = await anna.expect(400, 'GET', '/v1/search?q=x&types=ticketMessage');
    expect(body.detail).not.toContain('ticketMessage,');
  });

  test('are found where the message is now: after a split, in the bin, and not once gone', async () => {
    const ticket = await make('/v1/tickets', { subject: 'Two things' });
    const message = await say(ticket, { direction: 'inbound', body: 'Also: xylophone missing' });
    expect(await titles('xylophone')).toEqual(['Two things']);
    const { body: split } = await anna.expect(200, 'POST', `/v1/tickets/${ticket.id}/split`, {
      ...{ subject: 'The other thing', messageIds: [message.id] },
    });
    expect(await titles('xylophone')).toEqual(['The other thing']);
    const path = `/v1/tickets/${split.newTicket.id}`;
    await anna.expect(204, 'DELETE', path);
    expect(await titles('xylophone')).toEqual([]);
    expect(await listed('xylophone')).toEqual([]);
    const filler = server.app.get(SearchFiller, { strict: false });
    while (await filler.fill());
    const documents = () =>
      query(
        server.database.superuserUrl,
        "select hidden from search_documents where body like '%xylophone%'",
      );
    expect(await documents()).toEqual([{ hidden: true }]);
    expect(await listed('xylophone', anna, '&deleted=true')).toEqual(['The other thing']);
    await anna.expect(200, 'POST', `${path}/restore`);
    while (await filler.fill());
    expect(await titles('xylophone')).toEqual(['The other thing']);
    expect(await listed('xylophone')).toEqual(['The other thing']);
    await anna.expect(204, 'DELETE', `${path}?purge=true`);
    expect(await documents()).toEqual([]);
  });

  test('with much said about them do not keep others from being found', async () => {
    const [loud, quiet] = [
      await make('/v1/tickets', { subject: 'Loud' }),
      await make('/v1/tickets', { subject: 'Quiet' }),
    ];
    await say(quiet, { body: 'One zither' });
    for (let n = 0; n < 8; n += 1) await say(loud, { body: `Zither number ${n}` });
    expect((await titles('zither', anna, '&types=ticket&limit=2')).sort()).toEqual([
      ...['Loud', 'Quiet'],
    ]);
  });
});
