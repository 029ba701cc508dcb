import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { createApi } from '../../src/api.js';
import { AppModule } from '../../src/app.module.js';
import { routeTable } from '../../src/platform/http/problem.filter.js';
import { createServer } from '../../src/platform/http/server.js';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

const routes = () => routeTable.filter(({ method, policy }) => policy && method !== 'HEAD');

describe('the policy of every route', () => {
  test('is as reviewed: a change here is a change of who may do what', () => {
    const lines = routes().map(({ method, url, policy }) => {
      const { permission, throttle, idempotency, cache } = policy ?? {};
      const kept = cache ? ` cache=${cache.objects.join(',')}` : '';
      const once = method === 'POST' ? ` idempotency=${idempotency}` : '';
      return `${method} ${url}: ${permission ?? 'public'} throttle=${throttle}${once}${kept}`;
    });
    expect([...new Set(lines)].sort()).toMatchSnapshot();
  });

  test('keeps out who has not signed in, before anything else is looked at', async () => {
    const anonymous = new Client(server.url, null);
    const closed = routes().filter(({ policy }) => policy?.permission !== null);
    expect(closed.length).toBeGreaterThan(20);
    for (const { method, url } of closed) {
      const path = url.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000');
      const { status, body } = await anonymous.api(method, path);
      expect([method, url, status, body?.code]).toEqual([method, url, 401, 'unauthorized']);
    }
  });

  test('keeps out who lacks the permission, before anything else is looked at', async () => {
    const { body: role } = await server.admin.expect(201, 'POST', '/v1/roles', {
      name: 'Nothing',
      permissions: [],
    });
    const powerless = await server.createUser(role.name);
    const guarded = routes().filter(
      ({ policy }) => policy?.permission !== null && policy?.permission !== 'self',
    );
    for (const { method, url } of guarded) {
      const path = url.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000');
      const { status, body } = await powerless.api(method, path);
      expect([method, url, status, body?.code]).toEqual([method, url, 403, 'forbidden']);
    }
  });
});

describe('a route without a policy', () => {
  @Controller('v1/forgotten')
  class ForgottenController {
    @Get()
    list(): string[] {
      return [];
    }
  }

  test('stops the start-up and is named', async () => {
    class Forgetful {}
    const module = {
      module: Forgetful,
      imports: [AppModule.with(server.config)],
      controllers: [ForgottenController],
    };
    const app = await createServer(module as unknown as Type, server.config);
    app.useLogger(false);
    await expect(app.init()).rejects.toThrow('GET /v1/forgotten declares no permission');
    await app.close();
  });

  test('is the only thing that does: the API itself starts', async () => {
    const app = await createApi(server.config);
    app.useLogger(false);
    await expect(app.init()).resolves.toBe(app);
    await app.close();
  });
});
