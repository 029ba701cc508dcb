import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, PASSWORD, signIn, startServer } from '../support/server.js';
import type { TestInstance, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

let server: TestServer;
let another: TestInstance;
let anonymous: Client;
let count = 0;

beforeAll(async () => {
  server = await startServer();
  another = await server.startInstance();
  anonymous = new Client(server.url, null);
});

afterAll(() => server.close());

const newEmail = () => `person-${(count += 1)}@example.com`;
const accept = (token: string, password: string) =>
  anonymous.api('POST', '/v1/auth/accept-invitation', { token, password });

async function invite(of: Client, email: string, roles = ['member']) {
  const { body } = await of.expect(201, 'POST', '/v1/users', { email, name: 'Invited', roles });
  return body;
}

describe('adding a user', () => {
  test('with a password lets them in at once, with their roles', async () => {
    const email = newEmail();
    const input = {
      email: email.toUpperCase(),
      name: 'Grace',
      roles: ['Viewer'],
      password: PASSWORD,
    };
    const { body, headers } = await server.admin.expect(201, 'POST', '/v1/users', input);
    expect(body).toEqual({
      id: expect.any(String),
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      email,
      name: 'Grace',
      roles: ['viewer'],
      status: 'active',
      ...{ language: null, timeZone: null, workingHours: null, holidays: [], outOfOffice: null },
      invitationToken: null,
      invitation: null,
    });
    expect([headers.get('location'), headers.get('etag')]).toEqual([`/v1/users/${body.id}`, '"1"']);
    const user = await signIn(server.url, email, PASSWORD);
    await user.expect(200, 'GET', '/v1/users');
    await user.expect(403, 'POST', '/v1/users', {});
  });

  test('without one gives an invitation, good once', async () => {
    const email = newEmail();
    const { id, status, invitationToken } = await invite(server.admin, email);
    expect(status).toBe('invited');
    expect((await accept(invitationToken, 'short')).status).toBe(422);
    expect((await accept(invitationToken, PASSWORD)).status).toBe(204);
    expect((await accept(invitationToken, PASSWORD)).status).toBe(404);
    const user = await signIn(server.url, email, PASSWORD);
    expect(user.userId).toBe(id);
    const { body } = await user.expect(200, 'GET', `/v1/users/${id}`);
    expect(body.status).toBe('active');
  });

  test('can be taken back or renewed until they have joined, not after', async () => {
    const first = await invite(server.admin, newEmail());
    const path = `/v1/users/${first.id}`;
    const { body: renewed } = await server.admin.expect(201, 'POST', `${path}/invitation`);
    expect((await accept(first.invitationToken, PASSWORD)).status).toBe(404);
    expect((await accept(renewed.invitationToken, PASSWORD)).status).toBe(204);
    await server.admin.expect(409, 'POST', `${path}/invitation`);
    await server.admin.expect(409, 'DELETE', path);
    const second = await invite(server.admin, newEmail());
    await server.admin.expect(204, 'DELETE', `/v1/users/${second.id}`);
    await server.admin.expect(404, 'GET', `/v1/users/${second.id}`);
    expect((await accept(second.invitationToken, PASSWORD)).status).toBe(404);
  });

  test('refuses an address that is a user already, and roles that do not exist', async () => {
    const email = newEmail();
    await invite(server.admin, email);
    const again = { email, name: 'Again', roles: ['viewer'] };
    const { body } = await server.admin.expect(409, 'POST', '/v1/users', again);
    expect(body).toMatchObject({ code: 'duplicate', errors: [{ pointer: '/email' }] });
    const unknown = { email: newEmail(), name: 'X', roles: ['viewer', 'emperor'] };
    const refused = await server.admin.expect(422, 'POST', '/v1/users', unknown);
    expect(refused.body.errors[0].pointer).toBe('/roles/1');
  });
});

describe('a person in two workspaces', () => {
  test('keeps one password, which nobody who invites them can change', async () => {
    const [email, own] = [newEmail(), 'my very own password'];
    const { invitationToken: first } = await invite(server.admin, email);
    expect((await accept(first, own)).status).toBe(204);
    const other = await server.createWorkspace('Other');
    const forced = { email, name: 'Mine', roles: ['viewer'], password: 'of an evil administrator' };
    expect((await other.api('POST', '/v1/users', forced)).status).toBe(409);
    const { invitationToken: second } = await invite(other, email, ['viewer']);
    expect((await accept(second, 'of an evil administrator')).status).toBe(401);
    const { workspaceId } = other;
    const early = { email, password: own, workspaceId };
    expect((await anonymous.api('POST', '/v1/auth/login', early)).status).toBe(403);
    expect((await accept(second, own)).status).toBe(204);
    const there = await signIn(server.url, email, own, workspaceId);
    const here = await signIn(server.url, email, own);
    expect([there.workspaceId, here.workspaceId]).toEqual([workspaceId, server.admin.workspaceId]);
    const { body: me } = await here.expect(200, 'GET', '/v1/auth/me');
    expect(me.workspaces.map(({ id }: { id: string }) => id)).toEqual([
      server.admin.workspaceId,
      workspaceId,
    ]);
    await here.expect(404, 'GET', `/v1/users/${there.userId}`);
  });
});

describe('changing a user', () => {
  test('takes effect at once here, within a second elsewhere', async () => {
    const user = await server.createUser('viewer');
    const there = user.with({ url: another.url });
    await there.expect(403, 'GET', '/v1/api-keys');
    const path = `/v1/users/${user.userId}`;
    await server.admin.expect(200, 'PATCH', path, { roles: ['admin'] });
    await user.expect(200, 'GET', '/v1/api-keys');
    await eventually(
      async () => (await there.api('GET', '/v1/api-keys')).status,
      (status) => status === 200,
      1000,
    );
    await server.admin.expect(200, 'PATCH', path, { status: 'deactivated' });
    await user.expect(401, 'GET', '/v1/auth/me');
    await anonymous.expect(401, 'POST', '/v1/auth/refresh', { refreshToken: user.refreshToken });
    const again = { email: user.me?.user.email, password: PASSWORD };
    await anonymous.expect(403, 'POST', '/v1/auth/login', again);
    await eventually(
      async () => (await there.api('GET', '/v1/auth/me')).status,
      (status) => status === 401,
      1000,
    );
  });

  test('back to active lets them sign in anew; old sessions stay ended', async () => {
    const user = await server.createUser('viewer');
    const path = `/v1/users/${user.userId}`;
    await server.admin.expect(200, 'PATCH', path, { status: 'deactivated' });
    await server.admin.expect(200, 'PATCH', path, { status: 'active' });
    await user.expect(401, 'GET', '/v1/auth/me');
    await signIn(server.url, user.me?.user.email ?? '', PASSWORD);
  });

  test('is refused when the user has changed since they were read', async () => {
    const user = await server.createUser('viewer');
    const path = `/v1/users/${user.userId}`;
    const { headers } = await server.admin.expect(200, 'GET', path);
    const seen = { 'if-match': headers.get('etag') ?? '' };
    const { body } = await server.admin.expect(200, 'PATCH', path, { name: 'First' }, seen);
    expect([body.name, body.version]).toEqual(['First', 2]);
    await server.admin.expect(412, 'PATCH', path, { name: 'Second' }, seen);
    await server.admin.expect(200, 'PATCH', path, { name: 'First' });
    const read = await server.admin.expect(200, 'GET', path);
    expect(read.headers.get('etag')).toBe('"2"');
    await server.admin.expect(304, 'GET', path, undefined, { 'if-none-match': '"2"' });
  });

  test.each([{ name: null }, { email: 'new@example.com' }, { roles: [] }, { status: 'invited' }])(
    'takes no %j',
    async (change) => {
      const user = await server.createUser('viewer');
      await server.admin.expect(422, 'PATCH', `/v1/users/${user.userId}`, change);
    },
  );
});

describe('nobody', () => {
  test('gives more than they may, or acts on someone who may do more', async () => {
    const admin = await server.createUser('admin');
    const beyond = async (method: string, path: string, body: object) => {
      const reply = await admin.expect(403, method, path, body);
      expect(reply.body.missingPermissions).toEqual(['workspace:manage']);
    };
    const person = { email: newEmail(), name: 'X', roles: ['owner'] };
    await beyond('POST', '/v1/users', person);
    await beyond('PATCH', `/v1/users/${admin.userId}`, { roles: ['owner'] });
    const owner = server.admin.userId;
    await beyond('PATCH', `/v1/users/${owner}`, { status: 'deactivated' });
    await beyond('PATCH', `/v1/users/${owner}`, { roles: ['viewer'] });
    await beyond('POST', '/v1/roles', { name: 'Sly', permissions: ['workspace:*'] });
    const { body } = await admin.expect(201, 'POST', '/v1/roles', {
      name: 'Fair',
      permissions: [],
    });
    await beyond('PATCH', `/v1/roles/${body.id}`, { permissions: ['*'] });
    await admin.expect(200, 'PATCH', `/v1/users/${admin.userId}`, { name: 'Still an admin' });
  });

  test('leaves the workspace without an active owner', async () => {
    const owner = await server.createWorkspace();
    const path = `/v1/users/${owner.userId}`;
    await owner.expect(409, 'PATCH', path, { status: 'deactivated' });
    await owner.expect(409, 'PATCH', path, { roles: ['admin'] });
    await owner.expect(200, 'GET', '/v1/workspaces/current');
    await invite(owner, newEmail(), ['owner']);
    await owner.expect(409, 'PATCH', path, { roles: ['admin'] });
    const second = await server.createUser('owner', owner);
    const both = await Promise.all([
      owner.api('PATCH', path, { roles: ['admin'] }),
      second.api('PATCH', `/v1/users/${second.userId}`, { roles: ['admin'] }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('the list of users', () => {
  test('holds those of the workspace, the newest first', async () => {
    const owner = await server.createWorkspace();
    const first = await server.createUser('member', owner);
    const second = await server.createUser('viewer', owner);
    const { body } = await second.expect(200, 'GET', '/v1/users');
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([
      second.userId,
      first.userId,
      owner.userId,
    ]);
    expect(body.page).toEqual({ nextCursor: null, hasMore: false });
  });
});
