import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

describe('signing in', () => {
  test('an access token tells who I am', async () => {
    const { body } = await server.admin.expect(200, 'GET', '/v1/auth/me');
    expect(body.user.email).toBe('admin@example.com');
  });
});
