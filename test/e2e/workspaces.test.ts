import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Config } from '../../src/config/config.js';
import { ensureFirstAdministrator } from '../../src/modules/workspaces/index.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { createTestDatabase, query } from '../support/database.js';
import { Client, PASSWORD, signIn, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

describe('a workspace', () => {
  test('is made by a platform administrator, with its owner', async () => {
    const owner = { email: 'grace@example.com', name: 'Grace', password: PASSWORD };
    const input = { name: 'Branch', owner };
    const { body } = await server.admin.expect(201, 'POST', '/v1/workspaces', input);
    expect(body).toEqual({
      workspace: expect.objectContaining({ id: expect.any(String), name: 'Branch', version: 1 }),
      owner: { id: expect.any(String), email: owner.email, name: 'Grace', status: 'active' },
      invitationToken: null,
    });
    const grace = await signIn(server.url, owner.email, PASSWORD);
    expect([grace.workspaceId, grace.userId]).toEqual([body.workspace.id, body.owner.id]);
    await grace.expect(403, 'POST', '/v1/workspaces', { name: 'X', owner });
    const events = await query(
      server.database.superuserUrl,
      `select type from events where workspace_id = '${grace.workspaceId}' order by seq`,
    );
    expect(events.map(({ type }) => type)).toEqual(['workspace.created', 'auth.login']);
  });

  test('is made once for one Idempotency-Key', async () => {
    const owner = { email: 'once@example.com', name: 'Once', password: PASSWORD };
    const make = () =>
      server.admin.api(
        'POST',
        '/v1/workspaces',
        { name: 'Once', owner },
        { 'idempotency-key': 'w' },
      );
    const [first, second] = [await make(), await make()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  test('invites an owner without a password, or with one elsewhere', async () => {
    const owner = { email: 'ada@example.com', name: 'Ada' };
    const { body } = await server.admin.expect(201, 'POST', '/v1/workspaces', { name: 'A', owner });
    expect(body.owner.status).toBe('invited');
    const accept = { token: body.invitationToken, password: PASSWORD };
    await new Client(server.url, null).expect(204, 'POST', '/v1/auth/accept-invitation', accept);
    const ada = await signIn(server.url, owner.email, PASSWORD);
    expect(ada.workspaceId).toBe(body.workspace.id);
    const known = { ...owner, password: 'not her password' };
    await server.admin.expect(409, 'POST', '/v1/workspaces', { name: 'B', owner: known });
    const right = { ...owner, password: PASSWORD };
    const again = await server.admin.expect(201, 'POST', '/v1/workspaces', {
      name: 'B',
      owner: right,
    });
    expect(again.body.owner.status).toBe('active');
  });

  test('keeps its settings in their canonical form', async () => {
    const owner = await server.createWorkspace();
    const path = '/v1/workspaces/current';
    const given = {
      name: 'New',
      defaultCountry: 'Germany',
      defaultCurrency: 'usd',
      timeZone: 'europe/berlin',
    };
    const { body, headers } = await owner.expect(200, 'PATCH', path, given, { 'if-match': '"1"' });
    const kept = {
      name: 'New',
      defaultCountry: 'DE',
      defaultCurrency: 'USD',
      timeZone: 'Europe/Berlin',
    };
    expect(body).toMatchObject({ ...kept, version: 2 });
    expect(headers.get('etag')).toBe('"2"');
    await owner.expect(412, 'PATCH', path, { name: 'Late' }, { 'if-match': '"1"' });
    const none = await owner.expect(200, 'PATCH', path, { defaultCountry: null });
    expect(none.body.defaultCountry).toBeNull();
    const wrong = { defaultCountry: 'Atlantis', defaultCurrency: 'XXX', timeZone: 'Mars/Base' };
    const refused = await owner.expect(422, 'PATCH', path, wrong);
    expect(refused.body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/defaultCountry',
      '/defaultCurrency',
      '/timeZone',
    ]);
    await owner.expect(422, 'PATCH', path, { name: null });
  });
});

describe('the wall between workspaces', () => {
  test('hides users, roles and keys behind the same 404 as ids that do not exist', async () => {
    const other = await server.createWorkspace();
    const { body: key } = await server.admin.expect(201, 'POST', '/v1/api-keys', {
      name: 'Ours',
      scopes: ['*'],
    });
    const { body: role } = await server.admin.expect(201, 'POST', '/v1/roles', {
      name: 'Ours',
      permissions: [],
    });
    const { body: invited } = await server.admin.expect(201, 'POST', '/v1/users', {
      email: 'invited@example.com',
      name: 'Ours',
      roles: ['viewer'],
    });
    const nowhere = '01a20000-0000-7000-8000-000000000000';
    const calls: [method: string, path: string, id: string, body?: object][] = [
      ['GET', '/v1/users', server.admin.userId],
      ['PATCH', '/v1/users', server.admin.userId, { name: 'Theirs' }],
      ['DELETE', '/v1/users', invited.id],
      ['GET', '/v1/roles', role.id],
      ['PATCH', '/v1/roles', role.id, { name: 'Theirs' }],
      ['DELETE', '/v1/roles', role.id],
      ['GET', '/v1/api-keys', key.id],
      ['DELETE', '/v1/api-keys', key.id],
    ];
    const answer = async (method: string, path: string, id: string, body?: object) => {
      const reply = await other.api(method, `${path}/${id}`, body);
      const { requestId: _, ...document } = reply.body;
      return [reply.status, JSON.stringify(document).replaceAll(id, 'ID')];
    };
    for (const [method, path, id, body] of calls) {
      const foreign = await answer(method, path, id, body);
      expect(foreign).toEqual(await answer(method, path, nowhere, body));
      expect(foreign[0]).toBe(404);
    }
    const theirs = { email: 'x@example.com', name: 'X', roles: ['Ours'] };
    await other.expect(422, 'POST', '/v1/users', theirs);
    await server.admin.expect(200, 'GET', `/v1/roles/${role.id}`);
  });

  const TABLES = [
    ...['users', 'roles', 'user_roles', 'api_keys', 'sessions', 'invitations', 'access_versions'],
    ...['accounts', 'signing_keys', 'sign_in_failures'],
  ];

  async function counts(database: Database, workspaceId: string | typeof SYSTEM) {
    const scope = workspaceId === SYSTEM ? SYSTEM : { workspaceId: workspaceId };
    const results = await database.run(
      scope,
      TABLES.map((table) => ({ text: `select count(*)::int as n from ${table}` })),
    );
    return Object.fromEntries(TABLES.map((table, at) => [table, results[at]?.rows[0]?.['n']]));
  }

  test('stands in the database itself: SQL that forgets it sees nothing', async () => {
    await server.admin.expect(201, 'POST', '/v1/users', {
      email: 'walled@example.com',
      name: 'Walled',
      roles: ['viewer'],
    });
    await server.admin.api('POST', '/v1/auth/password', {
      currentPassword: 'wrong password',
      newPassword: 'wrong password',
    });
    const database = await openDatabase(server.config, 'keel-test');
    try {
      const everywhere = await counts(database, SYSTEM);
      for (const table of TABLES) expect([table, everywhere[table]]).not.toEqual([table, 0]);
      const nowhere = Object.fromEntries(TABLES.map((table) => [table, 0]));
      expect(await counts(database, crypto.randomUUID())).toEqual(nowhere);
      expect(await counts(database, '')).toEqual(nowhere);
      const own = await counts(database, server.admin.workspaceId);
      expect(own).toMatchObject({ accounts: 0, signing_keys: 0, sign_in_failures: 0 });
      const intruder = { workspaceId: crypto.randomUUID() };
      await expect(
        database.query(intruder, 'insert into roles (workspace_id, id, name) values ($1, $2, $3)', [
          server.admin.workspaceId,
          crypto.randomUUID(),
          'Intruder',
        ]),
      ).rejects.toThrow('row-level security');
      const changed = await database.run(intruder, [{ text: "update users set name = 'Theirs'" }]);
      expect(changed[0]?.rowCount).toBe(0);
    } finally {
      await database.close();
    }
  });
});

describe('the first administrator', () => {
  test('is made once, by however many processes start at once', async () => {
    const empty = await createTestDatabase();
    const config = Object.assign(new Config(), { databaseUrl: empty.url });
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase(config, 'keel-test')));
    try {
      const made = await Promise.all(
        databases.map((database) => ensureFirstAdministrator(database, {})),
      );
      const [first, ...others] = made.filter((answer) => answer !== null);
      expect(others).toEqual([]);
      expect(first).toEqual({
        email: 'admin@example.com',
        password: expect.stringMatching(/^\w{20}$/),
      });
      expect(await query(empty.superuserUrl, 'select name from workspaces')).toEqual([
        { name: 'Main' },
      ]);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
      await empty.drop();
    }
  });

  test.each([
    [{ adminEmail: 'nobody' }, 'KEEL_ADMIN_EMAIL'],
    [{ adminPassword: 'short' }, 'KEEL_ADMIN_PASSWORD'],
  ])('is not made of %j', async (settings, variable) => {
    const empty = await createTestDatabase();
    const config = Object.assign(new Config(), { databaseUrl: empty.url });
    const database = await openDatabase(config, 'keel-test');
    try {
      await expect(ensureFirstAdministrator(database, settings)).rejects.toThrow(variable);
    } finally {
      await database.close();
      await empty.drop();
    }
  });
});
