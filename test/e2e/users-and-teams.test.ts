import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openEventSource } from '../support/event-source.js';
import { Client, PASSWORD, signIn, startServer } from '../support/server.js';
import type { Reply } from '../support/client.js';
import type { TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** The life of users and teams, as the administrator of a growing company leads it. */
let server: TestServer;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  admin = await server.createWorkspace('Growing');
});

afterAll(async () => {
  // A client whose stream has ended may have opened a connection that it never used: that is not
  // idle, and the server would wait for a request on it.
  server.app.getHttpServer().closeAllConnections();
  await server.close();
});

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

describe('a new colleague', () => {
  const person = async (name: string, roles = ['member']) => {
    const email = `${name.toLowerCase().replace(/\W+/g, '.')}.${(count += 1)}@people.example`;
    await make('/v1/users', { name, email, roles, password: PASSWORD });
    return signIn(server.url, email, PASSWORD);
  };
  let count = 0;

  test('is invited, accepts, and tells when and where they work', async () => {
    const invited = await make('/v1/users', {
      ...{ name: 'Zoë', email: 'zoe@people.example', roles: ['member'] },
    });
    const acceptance = { token: invited.invitationToken, password: PASSWORD };
    await new Client(server.url, null).expect(
      204,
      'POST',
      '/v1/auth/accept-invitation',
      acceptance,
    );
    const zoe = await signIn(server.url, 'zoe@people.example', PASSWORD);
    const path = `/v1/users/${zoe.userId}`;
    const profile = {
      language: 'EN-gb',
      timeZone: 'europe/london',
      workingHours: {
        monday: [
          { from: '13:00', to: '17:00' },
          { from: '09:00', to: '12:00' },
        ],
      },
      holidays: ['2026-12-25', '2026-12-25', '2026-01-01'],
    };
    const { body } = await zoe.expect(200, 'PATCH', path, profile);
    expect(body).toMatchObject({
      language: 'en-GB',
      timeZone: 'Europe/London',
      workingHours: {
        monday: [
          { from: '09:00', to: '12:00' },
          { from: '13:00', to: '17:00' },
        ],
      },
      holidays: ['2026-01-01', '2026-12-25'],
    });
    await zoe.expect(200, 'PATCH', path, { name: 'Zoë Müller' });
    await zoe.expect(403, 'PATCH', path, { roles: ['viewer'] });
    await zoe.expect(403, 'PATCH', path, { status: 'deactivated' });
    await zoe.expect(403, 'PATCH', `/v1/users/${admin.userId}`, { name: 'Boss' });
    const faults = { timeZone: 'Mars', workingHours: { monday: [{ from: '9', to: '17' }] } };
    const refused = await zoe.expect(422, 'PATCH', path, { ...faults, holidays: ['Easter'] });
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/timeZone',
      '/workingHours/monday/0',
      '/holidays/0',
    ]);
    const cleared = await zoe.expect(200, 'PATCH', path, { workingHours: null, holidays: [] });
    expect([cleared.body.workingHours, cleared.body.holidays]).toEqual([null, []]);
  });

  test('is found in the list by state, team, role and name, page by page', async () => {
    const [ann, bea] = [await person('Ann Ärmel'), await person('Bea Straße', ['viewer'])];
    const team = await make('/v1/teams', { name: 'Found' });
    await admin.expect(201, 'PUT', `/v1/teams/${team.id}/members/${ann.userId}`, {
      role: 'member',
    });
    const list = async (query: string) =>
      namesOf(await admin.expect(200, 'GET', `/v1/users?${query}`));
    expect(await list(`filter[teamId]=${team.id}`)).toEqual(['Ann Ärmel']);
    expect(await list('query=armel')).toEqual(['Ann Ärmel']);
    expect(await list('query=STRASSE')).toEqual(['Bea Straße']);
    expect(await list('query=people.example%20bea')).toEqual(['Bea Straße']);
    expect(await list('filter[role]=Viewer&filter[status]=active')).toContain('Bea Straße');
    expect(await list('filter[role][neq]=viewer')).not.toContain('Bea Straße');
    expect(await list('filter[teamId][isNull]=true')).not.toContain('Ann Ärmel');
    const all = await admin.expect(200, 'GET', '/v1/users?limit=500&sort=name&count=exact');
    expect(all.body.page.total).toBe(all.body.data.length);
    const paged: string[] = [];
    let url: string | null = '/v1/users?limit=3&sort=name';
    while (url !== null) {
      const reply: Reply = await admin.expect(200, 'GET', url);
      paged.push(...namesOf(reply));
      url = /<(.*)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(paged).toEqual(namesOf(all));
    await admin.expect(204, 'DELETE', `/v1/teams/${team.id}`);
    expect(await list(`filter[teamId]=${team.id}`)).toEqual([]);
    for (const odd of ['filter[wages]=1', 'filter[teamId][gt]=1', 'include=team', 'sort=status']) {
      await admin.expect(400, 'GET', `/v1/users?${odd}`);
    }
    await bea.expect(200, 'GET', '/v1/users?filter[status]=active');
  });

  test('works, rests or is away, and somebody who is there stands in', async () => {
    const [kim, lee, max] = [await person('Kim'), await person('Lee'), await person('Max')];
    const office = [{ from: '09:00', to: '17:00' }];
    const hours = { workingHours: { monday: office, tuesday: office } };
    const zone = { timeZone: 'America/New_York' };
    await kim.expect(200, 'PATCH', `/v1/users/${kim.userId}`, { ...hours, ...zone });
    const availability = async (of: Client, at: string) =>
      (await lee.expect(200, 'GET', `/v1/users/${of.userId}/availability?at=${at}`)).body;
    expect(await availability(kim, '2098-12-01T15:00:00.000Z')).toEqual({
      ...{ userId: kim.userId, at: '2098-12-01T15:00:00.000Z', status: 'working' },
      ...{ until: '2098-12-01T22:00:00.000Z', nextWorkingAt: '2098-12-01T15:00:00.000Z' },
      ...{ timeZone: 'America/New_York', localTime: '2098-12-01T10:00:00' },
      ...{ outOfOffice: null, standIn: null },
    });
    expect(await availability(kim, '2098-12-01T23:00:00.000Z')).toMatchObject({
      ...{ status: 'offHours', until: '2098-12-02T14:00:00.000Z' },
    });
    const away = { from: '2098-12-01T00:00:00.000Z', until: '2098-12-03T00:00:00.000Z' };
    const out = (of: Client, standIn: Client | null) =>
      of.api('PUT', `/v1/users/${of.userId}/out-of-office`, {
        ...{ ...away, standInId: standIn?.userId ?? null, message: 'Hiking' },
      });
    expect((await out(kim, lee)).status).toBe(200);
    expect((await out(lee, max)).status).toBe(200);
    expect(await availability(kim, '2098-12-01T15:00:00.000Z')).toMatchObject({
      ...{ status: 'outOfOffice', until: away.until, nextWorkingAt: '2098-12-08T14:00:00.000Z' },
      standIn: { id: max.userId, name: 'Max', status: 'working' },
      outOfOffice: { message: 'Hiking', standInId: lee.userId },
    });
    const circle = await out(max, kim);
    expect([circle.status, circle.body.errors[0]]).toEqual([
      422,
      expect.objectContaining({ pointer: '/standInId', code: 'cycle' }),
    ]);
    expect((await out(max, max)).status).toBe(422);
    await max.expect(403, 'PUT', `/v1/users/${lee.userId}/out-of-office`, away);
    await max.expect(422, 'PUT', `/v1/users/${max.userId}/out-of-office`, {
      ...{ from: away.until, until: away.from },
    });
    await admin.expect(200, 'DELETE', `/v1/users/${lee.userId}/out-of-office`);
    const { standIn } = await availability(kim, '2098-12-01T15:00:00.000Z');
    expect(standIn.id).toBe(lee.userId);
    await admin.expect(200, 'POST', `/v1/users/${lee.userId}/deactivate`);
    const alone = await availability(kim, '2098-12-01T15:00:00.000Z').catch(() => null);
    expect(alone).toBeNull();
    const seen = await admin.expect(
      200,
      'GET',
      `/v1/users/${kim.userId}/availability?at=2098-12-01T15:00:00Z`,
    );
    expect(seen.body.standIn).toBeNull();
    expect((await out(max, lee)).status).toBe(422);
    await admin.expect(400, 'GET', `/v1/users/${kim.userId}/availability?at=tomorrow`);
  });

  test('who leaves is out everywhere within a second, keys and all, until let in again', async () => {
    const another = await server.startInstance();
    const leaver = await person('Leaver', ['admin']);
    const scopes = ['user:read', 'event:read'];
    const { body: made } = await leaver.expect(201, 'POST', '/v1/api-keys', { name: 'k', scopes });
    const key = leaver.with({ token: made.key });
    const everywhere = [leaver, key].flatMap((of) => [of, of.with({ url: another.url })]);
    const path = `/v1/users/${leaver.userId}`;
    for (const of of everywhere) await of.expect(200, 'GET', path);
    const streams = await Promise.all(
      everywhere.map((of) => openEventSource(of, '/v1/events/stream')),
    );
    expect(streams.map(({ status, isEnded }) => [status, isEnded])).toEqual(
      streams.map(() => [200, false]),
    );
    const stays = await openEventSource(admin, '/v1/events/stream');
    const { body } = await admin.expect(200, 'POST', `${path}/deactivate`);
    expect(body.status).toBe('deactivated');
    await eventually(
      () => Promise.all(everywhere.map(async (of) => (await of.api('GET', path)).status)),
      (statuses) => statuses.every((status) => status === 401),
      1000,
    );
    // Streams that were open end as well; those of others go on.
    await eventually(
      () => streams.map(({ isEnded }) => isEnded),
      (ended) => ended.every(Boolean),
      2000,
    );
    expect(stays.isEnded).toBe(false);
    stays.close();
    await admin.expect(200, 'POST', `${path}/deactivate`);
    await admin.expect(200, 'POST', `${path}/activate`);
    await key.expect(200, 'GET', path);
    await leaver.expect(401, 'GET', path);
    await signIn(server.url, leaver.me?.user.email ?? '', PASSWORD);
    const last = await admin.expect(409, 'POST', `/v1/users/${admin.userId}/deactivate`);
    expect(last.body.detail).toContain('owner');
    await admin.expect(200, 'GET', path);
    await another.close();
  });
});
