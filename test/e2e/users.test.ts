import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

describe('users', () => {
  test('a user made with a password can sign in at once, within their role', async () => {
    const viewer = await server.createUser('viewer');
    await viewer.expect(200, 'GET', '/v1/users');
    await viewer.expect(403, 'POST', '/v1/users', {});
  });
  test('other', async () => {
    const other = await server.createWorkspace();
    console.log((await other.api('GET', '/v1/users')).text,(await other.api('GET', '/v1/roles')).text, (await other.api('PATCH', '/v1/workspaces/current', {timeZone:'Asia/Calcutta'})).text);
  });
});
