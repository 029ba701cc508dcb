import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

const makeRole = async (name: string, permissions: string[]) =>
  (await server.admin.expect(201, 'POST', '/v1/roles', { name, permissions })).body;

describe('a role of one’s own', () => {
  test('is made, given, changed and removed', async () => {
    const role = await makeRole('Support', ['contact:read']);
    expect(role).toMatchObject({ version: 1, builtIn: false, permissions: ['contact:read'] });
    const path = `/v1/roles/${role.id}`;
    const user = await server.createUser('support');
    await user.expect(200, 'GET', '/v1/contacts');
    await user.expect(403, 'POST', '/v1/contacts', { lastName: 'X' });
    const wider = { permissions: ['contact:read', 'contact:create'] };
    await server.admin.expect(200, 'PATCH', path, wider, { 'if-match': '"1"' });
    await user.expect(201, 'POST', '/v1/contacts', { lastName: 'X' });
    await server.admin.expect(412, 'PATCH', path, { name: 'Y' }, { 'if-match': '"1"' });
    await server.admin.expect(409, 'DELETE', path);
    await server.admin.expect(200, 'PATCH', `/v1/users/${user.userId}`, { roles: ['viewer'] });
    await server.admin.expect(204, 'DELETE', path);
    await server.admin.expect(404, 'GET', path);
  });

  test('that reaches own records shows and changes no others', async () => {
    await makeRole('Seller', ['contact:*:own']);
    const [one, two] = [await server.createUser('Seller'), await server.createUser('Seller')];
    const contact = { lastName: 'Mine', ownerId: one.userId };
    const { body } = await one.expect(201, 'POST', '/v1/contacts', contact);
    await one.expect(200, 'PATCH', `/v1/contacts/${body.id}`, { lastName: 'Still mine' });
    await two.expect(404, 'GET', `/v1/contacts/${body.id}`);
    await two.expect(404, 'PATCH', `/v1/contacts/${body.id}`, { lastName: 'Yours' });
    expect((await two.expect(200, 'GET', '/v1/contacts')).body.data).toEqual([]);
    expect((await one.expect(200, 'GET', '/v1/contacts')).body.data).toHaveLength(1);
    await server.admin.expect(200, 'GET', `/v1/contacts/${body.id}`);
  });

  test('with a new name gives its users a new version', async () => {
    const role = await makeRole('Before', ['contact:read']);
    const user = await server.createUser('Before');
    await server.admin.expect(200, 'PATCH', `/v1/roles/${role.id}`, { name: 'After' });
    const { body } = await server.admin.expect(200, 'GET', `/v1/users/${user.userId}`);
    expect([body.roles, body.version]).toEqual([['After'], 2]);
  });

  test('has a name of its own, whatever the case', async () => {
    await makeRole('Clerk', []);
    const twice = { name: 'CLERK', permissions: [] };
    const { body } = await server.admin.expect(409, 'POST', '/v1/roles', twice);
    expect(body.code).toBe('duplicate');
    await server.admin.expect(409, 'POST', '/v1/roles', { ...twice, name: 'Owner' });
  });

  test.each(['contact:fly', 'fly:*', 'admin:workspaces', 'user:manage:own', ''])(
    'grants nothing by %j, which is refused',
    async (permission) => {
      const role = { name: `Odd ${permission}`, permissions: ['*:read', permission] };
      const { body } = await server.admin.expect(422, 'POST', '/v1/roles', role);
      expect(body.errors[0].pointer).toBe('/permissions/1');
    },
  );
});

describe('a built-in role', () => {
  test('cannot be changed or removed', async () => {
    const { body } = await server.admin.expect(200, 'GET', '/v1/roles');
    const builtIn = body.data.filter((role: { builtIn: boolean }) => role.builtIn);
    expect(builtIn.map(({ name }: { name: string }) => name).sort()).toEqual([
      'admin',
      'manager',
      'member',
      'owner',
      'viewer',
    ]);
    for (const { id } of builtIn) {
      await server.admin.expect(409, 'PATCH', `/v1/roles/${id}`, { permissions: [] });
      await server.admin.expect(409, 'DELETE', `/v1/roles/${id}`);
    }
  });

  test.each([
    ['viewer', 'GET', '/v1/contacts', 200],
    ['viewer', 'POST', '/v1/contacts', 403],
    ['member', 'POST', '/v1/contacts', 422],
    ['member', 'POST', '/v1/users', 403],
    ['manager', 'POST', '/v1/users', 403],
    ['admin', 'POST', '/v1/api-keys', 422],
    ['admin', 'PATCH', '/v1/workspaces/current', 403],
    ['owner', 'PATCH', '/v1/workspaces/current', 200],
    ['owner', 'POST', '/v1/workspaces', 403],
  ])('lets a %s call %s %s: %d', async (role, method, path, status) => {
    const user = await server.createUser(role);
    await user.expect(status, method, path, method === 'GET' ? undefined : {});
  });
});

describe('the list of permissions', () => {
  test('holds every one that a role can grant', async () => {
    const viewer = await server.createUser('viewer');
    const { body } = await viewer.expect(200, 'GET', '/v1/permissions');
    expect(body.data).toContainEqual({
      name: 'contact:update',
      canBeOwn: true,
      platformOnly: false,
    });
    expect(body.data).toContainEqual({ name: 'user:manage', canBeOwn: false, platformOnly: false });
    const names = body.data
      .filter(({ platformOnly }: { platformOnly: boolean }) => !platformOnly)
      .map(({ name }: { name: string }) => name);
    await makeRole('All of it', names);
  });
});
