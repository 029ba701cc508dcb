import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { importJWK, SignJWT } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { query } from '../support/database.js';
import { ADMIN_EMAIL, Client, PASSWORD, signIn, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

let server: TestServer;
let anonymous: Client;

beforeAll(async () => {
  server = await startServer();
  anonymous = new Client(server.url, null);
});

afterAll(() => server.close());

const login = (email: string, password: string, more: object = {}) =>
  anonymous.api('POST', '/v1/auth/login', { email, password, ...more });
const refresh = (refreshToken: string | null) =>
  anonymous.api('POST', '/v1/auth/refresh', { refreshToken });
const statusOfMe = async (client: Client) => (await client.api('GET', '/v1/auth/me')).status;

describe('signing in', () => {
  test('answers tokens that no cache may keep, and who one is', async () => {
    const { status, body, headers } = await login(` ${ADMIN_EMAIL.toUpperCase()}`.trim(), PASSWORD);
    expect(status).toBe(200);
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 900,
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const me = await anonymous.with({ token: body.accessToken }).expect(200, 'GET', '/v1/auth/me');
    expect(me.body).toMatchObject({
      user: { email: ADMIN_EMAIL },
      workspace: { name: 'Main' },
      credential: 'user',
      permissions: expect.arrayContaining(['contact:read', 'workspace:manage', 'admin:workspaces']),
    });
  });

  test('tells neither by its answer nor by its time which addresses exist', async () => {
    const known = await server.createUser('viewer');
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const answers = new Set<string>();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const emails = { known: known.me?.user.email ?? '', unknown: 'nobody@example.com' };
      for (const [kind, email] of Object.entries(emails)) {
        const start = performance.now();
        const { status, body } = await login(email, 'not the password');
        times[kind as 'known'].push(performance.now() - start);
        answers.add(JSON.stringify([status, { ...body, requestId: '' }]));
      }
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('401');
    const ratio = Math.min(...times.unknown) / Math.min(...times.known);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  test.each(['known', 'unknown'])('lets a %s address wait after five failures', async (kind) => {
    const user = kind === 'known' ? (await server.createUser('viewer')).me?.user.email : undefined;
    const email = user ?? 'nobody-at-all@example.com';
    const statuses = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      statuses.push((await login(email, 'not the password')).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401]);
    const { status, headers, body } = await login(email, PASSWORD);
    expect([status, body.code]).toEqual([429, 'too-many-requests']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    if (kind === 'unknown') return;
    await eventually(
      () => login(email, PASSWORD),
      (answer) => answer.status === 200,
    );
  });

  test('refuses a body that is not as documented, naming every fault', async () => {
    const { status, body } = await login('not an address', '', { otp: '12', extra: true });
    expect(status).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/email',
      '/extra',
      '/otp',
    ]);
  });

  test('opens the workspace asked for, and only one of the person', async () => {
    const other = await server.createWorkspace('Elsewhere');
    const wrong = await login(ADMIN_EMAIL, PASSWORD, { workspaceId: other.workspaceId });
    expect(wrong.status).toBe(403);
    const right = await login(ADMIN_EMAIL, PASSWORD, { workspaceId: server.admin.workspaceId });
    expect(right.status).toBe(200);
  });
});

describe('an access token', () => {
  const keys = () =>
    query(server.database.superuserUrl, 'select * from signing_keys order by created_at desc');

  async function forged(claims: object, expiry = '5m', header: object = {}): Promise<string> {
    const [key] = await keys();
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'at+jwt', ...header })
      .setIssuedAt('-1h')
      .setExpirationTime(expiry)
      .sign(await importJWK(key.private_jwk, 'ES256'));
  }

  function claimsOf(client: Client): { sub: string; ws: string; sid: string } {
    const [, payload = ''] = client.token?.split('.') ?? [];
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  }

  test('says no more than it must', () => {
    expect(Object.keys(claimsOf(server.admin)).sort()).toEqual(['exp', 'iat', 'sid', 'sub', 'ws']);
  });

  test('is taken only whole, in time, and for the session it was made for', async () => {
    const { sub, ws, sid } = claimsOf(server.admin);
    const other = claimsOf(await server.createWorkspace());
    const good = await forged({ sub, ws, sid });
    expect(await statusOfMe(anonymous.with({ token: good }))).toBe(200);
    const bad = {
      expired: await forged({ sub, ws, sid }, '-1m'),
      'another workspace': await forged({ sub, ws: other.ws, sid }),
      'another user': await forged({ sub: other.sub, ws, sid }),
      'another session': await forged({ sub, ws, sid: other.sid }),
      'no session': await forged({ sub, ws }),
      'another kind': await forged({ sub, ws, sid }, '5m', { typ: 'JWT' }),
      'unknown key': await forged({ sub, ws, sid }, '5m', {
        kid: '01a20000-0000-7000-8000-000000000000',
      }),
      changed: good.replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
      unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`,
      empty: '..',
      nonsense: 'nonsense',
    };
    for (const [what, token] of Object.entries(bad)) {
      const { status, body, headers } = await anonymous.with({ token }).api('GET', '/v1/auth/me');
      expect([what, status, body.code]).toEqual([what, 401, 'unauthorized']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  test('is not needed to sign in: a bad one does not keep anyone out', async () => {
    const lost = anonymous.with({ token: 'expired' });
    await lost.expect(200, 'POST', '/v1/auth/login', { email: ADMIN_EMAIL, password: PASSWORD });
  });

  test('outlives the rotation of the keys, and so does the session', async () => {
    const another = await server.startInstance();
    const before = await signIn(server.url, ADMIN_EMAIL, PASSWORD);
    expect(await statusOfMe(before.with({ url: another.url }))).toBe(200);
    const { body: rotated } = await server.admin.expect(200, 'POST', '/v1/auth/keys/rotate');
    for (const url of [server.url, another.url]) {
      expect(await statusOfMe(before.with({ url }))).toBe(200);
    }
    const { body: tokens } = await refresh(before.refreshToken);
    const after = before.with({ token: tokens.accessToken });
    const [header = ''] = tokens.accessToken.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString()).kid).toBe(rotated.kid);
    for (const url of [server.url, another.url]) {
      expect(await statusOfMe(after.with({ url }))).toBe(200);
    }
    await another.close();
  });

  test('of a retired key is refused once the last one signed with it has expired', async () => {
    const { sub, ws, sid } = claimsOf(server.admin);
    const old = await forged({ sub, ws, sid }, '2h');
    await server.admin.expect(200, 'POST', '/v1/auth/keys/rotate');
    await query(
      server.database.superuserUrl,
      "update signing_keys set retired_at = retired_at - interval '1 day' where retired_at is not null",
    );
    const another = await server.startInstance();
    expect(await statusOfMe(anonymous.with({ url: another.url, token: old }))).toBe(401);
    await another.close();
  });
});

describe('a refresh token', () => {
  test('is good once; the next one goes on', async () => {
    const user = await server.createUser('member');
    const first = await refresh(user.refreshToken);
    expect(first.status).toBe(200);
    const second = await refresh(first.body.refreshToken);
    expect(second.status).toBe(200);
    expect(await statusOfMe(user.with({ token: second.body.accessToken }))).toBe(200);
  });

  test('that comes back revokes its whole family, and no other session', async () => {
    const user = await server.createUser('member');
    const elsewhere = await signIn(server.url, user.me?.user.email ?? '', PASSWORD);
    const { body: next } = await refresh(user.refreshToken);
    expect((await refresh(user.refreshToken)).status).toBe(401);
    expect((await refresh(next.refreshToken)).status).toBe(401);
    expect(await statusOfMe(user)).toBe(401);
    expect(await statusOfMe(user.with({ token: next.accessToken }))).toBe(401);
    expect(await statusOfMe(elsewhere)).toBe(200);
  });

  test('serves one of two who send it at once', async () => {
    const user = await server.createUser('member');
    const answers = await Promise.all([refresh(user.refreshToken), refresh(user.refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('that nobody was given is refused', async () => {
    const [session = ''] = server.admin.refreshToken?.split('.') ?? [];
    const made = ['x', `${session}.x`, `${crypto.randomUUID()}.${'x'.repeat(43)}`];
    for (const token of made) expect((await refresh(token)).status).toBe(401);
    expect(await statusOfMe(server.admin)).toBe(200);
  });
});

describe('signing out', () => {
  test('ends the session at once here, within a second elsewhere', async () => {
    const another = await server.startInstance();
    const user = await server.createUser('member');
    const there = user.with({ url: another.url });
    expect(await statusOfMe(there)).toBe(200);
    await user.expect(204, 'POST', '/v1/auth/logout');
    const start = performance.now();
    expect(await statusOfMe(user)).toBe(401);
    expect((await refresh(user.refreshToken)).status).toBe(401);
    await eventually(
      () => statusOfMe(there),
      (status) => status === 401,
      1000,
    );
    expect(performance.now() - start).toBeLessThan(1000);
    await another.close();
  });
});

describe('a new password', () => {
  test('ends the other sessions of the person and no one else’s', async () => {
    const user = await server.createUser('member');
    const email = user.me?.user.email ?? '';
    const elsewhere = await signIn(server.url, email, PASSWORD);
    const change = { currentPassword: PASSWORD, newPassword: 'a wholly other password' };
    await user.expect(204, 'POST', '/v1/auth/password', change);
    expect(await statusOfMe(user)).toBe(200);
    expect(await statusOfMe(elsewhere)).toBe(401);
    expect(await statusOfMe(server.admin)).toBe(200);
    expect((await login(email, PASSWORD)).status).toBe(401);
    expect((await login(email, change.newPassword)).status).toBe(200);
  });

  test('needs the present one, and a length', async () => {
    const user = await server.createUser('member');
    const wrong = { currentPassword: 'not the password', newPassword: 'a wholly other password' };
    const { body } = await user.expect(422, 'POST', '/v1/auth/password', wrong);
    expect(body.errors[0].pointer).toBe('/currentPassword');
    const short = { currentPassword: PASSWORD, newPassword: 'short' };
    expect((await user.api('POST', '/v1/auth/password', short)).body.errors[0].pointer).toBe(
      '/newPassword',
    );
  });
});

describe('a second factor', () => {
  test('is asked for once confirmed, each code once, until switched off', async () => {
    const user = await server.createUser('member');
    const email = user.me?.user.email ?? '';
    const { body: made } = await user.expect(201, 'POST', '/v1/auth/otp', { password: PASSWORD });
    expect((await login(email, PASSWORD)).status).toBe(200);
    const app = new TOTP({ secret: Secret.fromBase32(made.secret) });
    const at = (steps: number) => app.generate({ timestamp: Date.now() + steps * 30_000 });
    await user.expect(204, 'POST', '/v1/auth/otp/confirm', { otp: at(-1) });
    const { status, body } = await login(email, PASSWORD);
    expect([status, body.otpRequired]).toEqual([401, true]);
    expect((await login(email, PASSWORD, { otp: at(-1) })).status).toBe(401);
    expect((await login(email, PASSWORD, { otp: at(0) })).status).toBe(200);
    expect((await login(email, PASSWORD, { otp: at(0) })).status).toBe(401);
    expect((await login(email, 'not the password', { otp: at(1) })).body.otpRequired).toBe(
      undefined,
    );
    await user.expect(204, 'POST', '/v1/auth/otp/disable', { password: PASSWORD });
    expect((await login(email, PASSWORD)).status).toBe(200);
  });
});

describe('the audit trail', () => {
  test('tells of every sign-in, also failed ones, and holds no secret', async () => {
    const user = await server.createUser('member');
    const email = user.me?.user.email ?? '';
    await login(email, 'not the password');
    const { body: next } = await refresh(user.refreshToken);
    await refresh(user.refreshToken);
    const events = await query(
      server.database.superuserUrl,
      `select type, changes::text, to_jsonb(events)::text as whole from events
       where record_id = '${user.userId}' order by seq`,
    );
    expect(events.map(({ type }) => type)).toEqual([
      'user.invited',
      'auth.login',
      'auth.login_failed',
      'auth.refresh_reused',
    ]);
    const everything = JSON.stringify(events);
    const secrets = [PASSWORD, user.token, user.refreshToken?.split('.')[1], next.accessToken];
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });
});
