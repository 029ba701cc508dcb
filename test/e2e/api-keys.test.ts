import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { query } from '../support/database.js';
import { startServer } from '../support/server.js';
import type { Client, TestInstance, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

let server: TestServer;
let another: TestInstance;

beforeAll(async () => {
  server = await startServer();
  another = await server.startInstance();
});

afterAll(() => server.close());

interface Key {
  id: string;
  key: string;
  client: Client;
}

async function makeKey(of: Client, scopes: string[], more: object = {}): Promise<Key> {
  const input = { name: 'Test', scopes, ...more };
  const { body } = await of.expect(201, 'POST', '/v1/api-keys', input);
  return { id: body.id, key: body.key, client: of.with({ token: body.key }) };
}

const permissionsOf = async (client: Client): Promise<string[]> =>
  (await client.expect(200, 'GET', '/v1/auth/me')).body.permissions;

describe('an API key', () => {
  test('is answered once, and kept only as a hash', async () => {
    const { id, key } = await makeKey(server.admin, ['contact:read']);
    expect(key).toMatch(/^keel_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$/);
    const shown = await server.admin.expect(200, 'GET', `/v1/api-keys/${id}`);
    expect(shown.body).toEqual({
      id,
      name: 'Test',
      prefix: key.slice(0, 17),
      scopes: ['contact:read'],
      userId: server.admin.userId,
      createdAt: expect.any(String),
      expiresAt: null,
      lastUsedAt: null,
    });
    const rows = await query(
      server.database.superuserUrl,
      'select to_jsonb(k)::text as row from api_keys k union all select to_jsonb(e)::text from events e',
    );
    expect(JSON.stringify(rows)).not.toContain(key.slice(18));
  });

  test('acts for its user, within its scopes', async () => {
    const { client } = await makeKey(server.admin, ['contact:read', 'user:read']);
    const { body } = await client.expect(200, 'GET', '/v1/auth/me');
    expect(body).toMatchObject({
      credential: 'apiKey',
      user: { id: server.admin.userId },
      permissions: ['contact:read', 'user:read'],
    });
    await client.expect(200, 'GET', '/v1/users');
    await client.expect(403, 'GET', '/v1/roles');
    await client.expect(403, 'POST', '/v1/api-keys', { name: 'More', scopes: ['role:read'] });
  });

  test('reaches only what its user owns where the scope or the role says so', async () => {
    const { client } = await makeKey(server.admin, ['contact:read', 'contact:update:own']);
    expect(await permissionsOf(client)).toEqual(['contact:read', 'contact:update:own']);
    const name = 'Own contacts';
    const permissions = ['contact:*:own', 'apiKey:manage'];
    await server.admin.expect(201, 'POST', '/v1/roles', { name, permissions });
    const user = await server.createUser(name);
    const beyond = await user.api('POST', '/v1/api-keys', { name, scopes: ['contact:read'] });
    expect(beyond.status).toBe(403);
    expect(beyond.body.missingPermissions).toEqual(['contact:read (all records)']);
    const { client: own } = await makeKey(user, ['contact:read:own']);
    expect(await permissionsOf(own)).toEqual(['contact:read:own']);
  });

  test('does no more than its user may by now', async () => {
    const user = await server.createUser('admin');
    const { client } = await makeKey(user, ['contact:*', 'user:read']);
    expect(await permissionsOf(client)).toContain('contact:delete');
    await server.admin.expect(200, 'PATCH', `/v1/users/${user.userId}`, { roles: ['viewer'] });
    expect(await permissionsOf(client)).toEqual(['contact:read', 'user:read']);
    await server.admin.expect(200, 'PATCH', `/v1/users/${user.userId}`, { status: 'deactivated' });
    await client.expect(401, 'GET', '/v1/auth/me');
  });

  test('has permissions of platform administrators only by name', async () => {
    const { client: all } = await makeKey(server.admin, ['*']);
    expect(await permissionsOf(all)).not.toContain('admin:workspaces');
    const { client: named } = await makeKey(server.admin, ['admin:monitor']);
    expect(await permissionsOf(named)).toEqual(['admin:monitor']);
    const owner = await server.createWorkspace();
    const input = { name: 'Too much', scopes: ['admin:monitor'] };
    await owner.expect(403, 'POST', '/v1/api-keys', input);
  });

  test('does not act on the person: password, second factor, session', async () => {
    const { client } = await makeKey(server.admin, ['*']);
    const change = { currentPassword: 'x', newPassword: 'a wholly other password' };
    await client.expect(403, 'POST', '/v1/auth/password', change);
    await client.expect(403, 'POST', '/v1/auth/otp', { password: 'x' });
    await client.expect(403, 'POST', '/v1/auth/logout');
  });

  test('that is revoked is refused at once here, within a second elsewhere', async () => {
    const { id, client } = await makeKey(server.admin, ['user:read']);
    const there = client.with({ url: another.url });
    await there.expect(200, 'GET', '/v1/users');
    await client.expect(200, 'GET', '/v1/users');
    await server.admin.expect(204, 'DELETE', `/v1/api-keys/${id}`);
    const start = performance.now();
    await client.expect(401, 'GET', '/v1/users');
    await eventually(
      async () => (await there.api('GET', '/v1/users')).status,
      (status) => status === 401,
      1000,
    );
    expect(performance.now() - start).toBeLessThan(1000);
    await server.admin.expect(404, 'GET', `/v1/api-keys/${id}`);
    await server.admin.expect(404, 'DELETE', `/v1/api-keys/${id}`);
  });

  test('stops when its time is over, remembered or not', async () => {
    const expiresAt = new Date(Date.now() + 700).toISOString();
    const { client } = await makeKey(server.admin, ['user:read'], { expiresAt });
    await client.expect(200, 'GET', '/v1/users');
    await eventually(
      async () => (await client.api('GET', '/v1/users')).status,
      (status) => status === 401,
      2000,
    );
  });

  test('is refused when any part of it is wrong', async () => {
    const { key } = await makeKey(server.admin, ['user:read']);
    const flipped = key.endsWith('a') ? 'b' : 'a';
    const other = (await makeKey(server.admin, ['user:read'])).key;
    const wrong = [
      key.slice(0, -1) + flipped,
      key.slice(0, 18) + other.slice(18),
      key.slice(0, -1),
      `${key}a`,
      'keel_',
    ];
    for (const token of wrong) {
      const { status, body } = await server.admin.with({ token }).api('GET', '/v1/users');
      expect([token, status, body.code]).toEqual([token, 401, 'unauthorized']);
    }
  });

  test('shows when it was last used, to the minute', async () => {
    const { id, client } = await makeKey(server.admin, ['user:read']);
    await client.expect(200, 'GET', '/v1/users');
    const read = async () =>
      (await server.admin.expect(200, 'GET', `/v1/api-keys/${id}`)).body.lastUsedAt;
    const first = await eventually(read, (value) => value !== null);
    for (let count = 0; count < 5; count += 1) await client.expect(200, 'GET', '/v1/users');
    await client.with({ url: another.url }).expect(200, 'GET', '/v1/users');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await read()).toBe(first);
  });

  test('needs scopes that are permissions, a future, and nobody else’s user', async () => {
    const refused = async (input: object) =>
      (await server.admin.expect(422, 'POST', '/v1/api-keys', input)).body.errors[0].pointer;
    expect(await refused({ name: 'x', scopes: ['contact:read', 'contact:fly'] })).toBe('/scopes/1');
    expect(await refused({ name: 'x', scopes: ['user:manage:own'] })).toBe('/scopes/0');
    expect(await refused({ name: 'x', scopes: [] })).toBe('/scopes');
    const past = { name: 'x', scopes: ['*'], expiresAt: '2020-01-01T00:00:00.000Z' };
    expect(await refused(past)).toBe('/expiresAt');
    expect(await refused({ ...past, expiresAt: 'tomorrow' })).toBe('/expiresAt');
    expect(await refused({ name: 'x', scopes: ['*'], userId: server.admin.userId })).toBe(
      '/userId',
    );
  });
});

describe('the list of API keys', () => {
  test('goes on where a page ends, and knows its own cursors', async () => {
    const owner = await server.createWorkspace();
    for (let count = 0; count < 5; count += 1) await makeKey(owner, ['contact:read']);
    const ids: string[] = [];
    let path: string | undefined = '/v1/api-keys?limit=2';
    while (path !== undefined) {
      const { body, headers } = await owner.expect(200, 'GET', path);
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      expect(body.page.hasMore).toBe(path !== undefined);
    }
    expect(new Set(ids).size).toBe(5);
    expect([...ids].sort().reverse()).toEqual(ids);
    for (const cursor of ['made-up', '', Buffer.from('{}').toString('base64url')]) {
      const { body } = await owner.expect(400, 'GET', `/v1/api-keys?cursor=${cursor}`);
      expect(body.code).toBe('invalid-cursor');
    }
    for (const bad of ['limit=0', 'limit=501', 'limit=x', 'sort=name']) {
      await owner.expect(400, 'GET', `/v1/api-keys?${bad}`);
    }
  });
});
