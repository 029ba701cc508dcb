import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { startRedis } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';

describe('a server that takes 60 requests of one caller in a minute', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ throttleLimit: 60, throttleWindow: 60 });
  }, 60_000);
  afterAll(() => server.close());

  it('tells each caller what is left, in the headers of the contract', async () => {
    const { headers } = await server.admin.expect(200, 'GET', '/v1/contacts');
    expect(headers.get('ratelimit-policy')).toBe('"default";q=60;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
    const left = (value: string | null) => Number(/r=(\d+)/.exec(value ?? '')?.[1]);
    const next = await server.admin.expect(200, 'GET', '/v1/contacts');
    expect(left(next.headers.get('ratelimit'))).toBe(left(headers.get('ratelimit')) - 1);
  });

  it('counts searches for themselves, a quarter as many', async () => {
    const { headers } = await server.admin.expect(200, 'POST', '/v1/contacts/search', {});
    expect(headers.get('ratelimit-policy')).toBe('"search";q=15;w=60');
  });

  it('refuses what is too much with a problem and Retry-After, kept answers included', async () => {
    let reply = await server.admin.api('GET', '/v1/contacts');
    for (let i = 0; i < 60 && reply.status === 200; i += 1) {
      reply = await server.admin.api('GET', '/v1/contacts');
    }
    expect(reply.status).toBe(429);
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(reply.body).toMatchObject({
      type: '/problems/too-many-requests',
      status: 429,
      code: 'too-many-requests',
      instance: '/v1/contacts',
    });
    const seconds = Number(reply.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(reply.headers.get('ratelimit')).toBe(`"default";r=0;t=${seconds}`);
    expect(reply.headers.get('x-cache')).toBeNull();
  });

  it('takes few attempts to sign in from one address', async () => {
    const login = { email: 'nobody@example.com', password: 'wrong password' };
    const anonymous = server.admin.with({ token: null });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const reply = await anonymous.api('POST', '/v1/auth/login', login);
      statuses.push(reply.status);
      expect(reply.headers.get('ratelimit-policy')).toBe('"auth";q=3;w=60');
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('two servers that share a Redis', () => {
  let redis: RunningTool;
  let server: TestServer;
  beforeAll(async () => {
    redis = await startRedis();
    server = await startServer({ throttleLimit: 100, throttleWindow: 60, redisUrl: redis.url });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await redis.stop();
  });

  it('count a caller together', async () => {
    const other = await server.startInstance();
    const there = server.admin.with({ url: other.url });
    for (let i = 0; i < 60; i += 1) await server.admin.expect(200, 'GET', '/v1/contacts');
    await there.expect(200, 'GET', '/v1/contacts');
    await sleep(400);
    const { headers } = await there.expect(200, 'GET', '/v1/contacts');
    const left = Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
    // Those that signing in took are of other callers and classes, but for one question who I am.
    expect(left).toBeLessThanOrEqual(38);
    expect(left).toBeGreaterThanOrEqual(36);
  });
});
