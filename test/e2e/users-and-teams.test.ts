import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** The life of users and teams, as the administrator of a growing company leads it. */
let server: TestServer;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  admin = await server.createWorkspace('Growing');
});

afterAll(() => server.close());

const make = async (path: string, body: object) =>
  (await admin.expect(201, 'POST', path, body)).body;

const namesOf = ({ body }: { body: { data: { name: string }[] } }) =>
  body.data.map(({ name }) => name);

describe('teams', () => {
  test('are records: made, found, changed, put into the bin and brought back', async () => {
    const lead = await server.createUser('manager', admin);
    const sales = await make('/v1/teams', { name: 'Sales', managerId: lead.userId });
    const north = await make('/v1/teams', { name: 'Sales North', parentTeamId: sales.id });
    const include = `/v1/teams/${north.id}?include=parentTeam`;
    expect((await admin.expect(200, 'GET', include)).body.parentTeam.name).toBe('Sales');
    const { body: withLead } = await admin.expect(
      200,
      'GET',
      `/v1/teams/${sales.id}?include=manager`,
    );
    expect(withLead.manager.email).toBe(lead.me?.user.email);
    const { body: taken } = await admin.expect(409, 'POST', '/v1/teams', { name: 'Sales' });
    expect([taken.code, taken.existingId]).toEqual(['duplicate', sales.id]);
    const upsert = '/v1/teams/by/name/Sales%20North';
    const changed = await admin.expect(200, 'PUT', upsert, { description: 'Hamburg and Kiel' });
    expect(changed.body).toMatchObject({ id: north.id, version: 2 });
    const found = await admin.expect(200, 'GET', '/v1/search?q=hamburg&types=team');
    expect(found.body.data[0]).toMatchObject({ type: 'team', id: north.id, title: 'Sales North' });
    const ofSales = `/v1/teams?filter[parentTeamId]=${sales.id}&sort=name`;
    expect(namesOf(await admin.expect(200, 'GET', ofSales))).toEqual(['Sales North']);
    await admin.expect(204, 'DELETE', `/v1/teams/${north.id}`);
    expect(namesOf(await admin.expect(200, 'GET', '/v1/teams?deleted=true'))).toEqual([
      'Sales North',
    ]);
    await admin.expect(200, 'POST', `/v1/teams/${north.id}/restore`);
    const timeline = await admin.expect(200, 'GET', `/v1/teams/${north.id}/timeline`);
    expect(timeline.body.data.map(({ type }: { type: string }) => type)).toEqual([
      ...['team.restored', 'team.deleted', 'team.updated', 'team.created'],
    ]);
    const { text } = await admin.expect(200, 'GET', '/v1/teams/export?fields=name,managerId');
    expect(text).toContain(`Sales,${lead.userId}`);
    await admin.expect(422, 'POST', '/v1/teams', { name: 'Lost', managerId: sales.id });
  });

  test('are never above themselves, one by one, in a batch or at once', async () => {
    const [a, b, c] = [
      await make('/v1/teams', { name: 'A' }),
      await make('/v1/teams', { name: 'B' }),
      await make('/v1/teams', { name: 'C' }),
    ];
    const under = (team: { id: string }, parent: { id: string }) =>
      admin.api('PATCH', `/v1/teams/${team.id}`, { parentTeamId: parent.id });
    expect((await under(b, a)).status).toBe(200);
    expect((await under(c, b)).status).toBe(200);
    for (const [team, parent] of [
      [a, c],
      [a, b],
      [a, a],
    ]) {
      const { status, body } = await under(team, parent);
      expect([status, body.errors?.[0]]).toEqual([
        422,
        expect.objectContaining({ pointer: '/parentTeamId', code: 'cycle' }),
      ]);
    }
    const records = [
      { id: a.id, parentTeamId: c.id },
      { id: c.id, description: 'The smallest' },
    ];
    const batch = { operation: 'update', records };
    const { body } = await admin.expect(207, 'POST', '/v1/teams/batch', batch);
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([422, 200]);
    expect(body.results[0].error.errors[0].pointer).toBe('/records/0/parentTeamId');
    await admin.expect(422, 'POST', '/v1/teams/batch', { ...batch, atomic: true });
    const [x, y] = [await make('/v1/teams', { name: 'X' }), await make('/v1/teams', { name: 'Y' })];
    const both = await Promise.all([under(x, y), under(y, x)]);
    // Whoever is late is told of the circle, or to try again where both waited for each other.
    const [first, second] = both.map(({ status }) => status).sort() as [number, number];
    expect([first, [422, 503].includes(second)]).toEqual([200, true]);
  });

  test('have members, some of them managers, listed by name page by page', async () => {
    const team = await make('/v1/teams', { name: 'Support' });
    const path = `/v1/teams/${team.id}/members`;
    for (const name of ['Carol', 'Alice', 'Bob']) {
      const roles = ['member'];
      const user = await make('/v1/users', { name, email: `${name}@team.example`, roles });
      const role = name === 'Bob' ? 'manager' : 'member';
      const { body } = await admin.expect(201, 'PUT', `${path}/${user.id}`, { role });
      expect(body).toMatchObject({ userId: user.id, name, role, status: 'invited' });
    }
    const first = await admin.expect(200, 'GET', `${path}?limit=2`);
    expect(namesOf(first)).toEqual(['Alice', 'Bob']);
    expect(first.headers.get('link')).toContain('rel="next"');
    const next = `${path}?limit=2&cursor=${first.body.page.nextCursor}`;
    const second = await admin.expect(200, 'GET', next);
    expect([namesOf(second), second.body.page]).toEqual([
      ['Carol'],
      { nextCursor: null, hasMore: false },
    ]);
    const bob = `${path}/${first.body.data[1].userId}`;
    await admin.expect(200, 'PUT', bob, { role: 'member' });
    await admin.expect(200, 'PUT', bob, { role: 'member' });
    await admin.expect(422, 'PUT', bob, { role: 'king' });
    await admin.expect(404, 'PUT', `${path}/${team.id}`, { role: 'member' });
    await admin.expect(204, 'DELETE', bob);
    await admin.expect(404, 'DELETE', bob);
    expect(namesOf(await admin.expect(200, 'GET', path))).toEqual(['Alice', 'Carol']);
    const { body } = await admin.expect(200, 'GET', `/v1/teams/${team.id}`);
    // Three came, one changed role and left: each is a version, sending the same again is not.
    expect(body.version).toBe(6);
    const timeline = await admin.expect(200, 'GET', `/v1/teams/${team.id}/timeline`);
    const [left] = timeline.body.data;
    expect(Object.values(left.changes)).toEqual([['member', null]]);
  });

  test('are set up by administrators; others see them', async () => {
    const member = await server.createUser('manager', admin);
    await member.expect(200, 'GET', '/v1/teams');
    await member.expect(403, 'POST', '/v1/teams', { name: 'Mine' });
    const team = await make('/v1/teams', { name: 'Closed' });
    const path = `/v1/teams/${team.id}/members/${member.userId}`;
    await member.expect(403, 'PUT', path, { role: 'manager' });
    await (await server.createUser('admin', admin)).expect(201, 'PUT', path, { role: 'member' });
  });
});
