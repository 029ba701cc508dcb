import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

let server: TestServer;
const DANGEROUS = ['=1+1', '+49 30 1', '-x', '@cmd', "'=2", '-5', 'a,"b"\nc', '\\N', 'ordinary'];

beforeAll(async () => {
  server = await startServer();
  await server.admin.expect(201, 'POST', '/v1/properties/contacts', {
    name: 'tier',
    label: 'Tier',
    type: 'text',
  });
  const records = DANGEROUS.map((lastName, index) => ({
    lastName,
    email: `e${index}@example.com`,
    tags: ['a', 'b'],
    custom: { tier: 'gold' },
    externalIds: { 'legacy-crm': `x${index}` },
  }));
  await server.admin.expect(200, 'POST', '/v1/contacts/batch', { operation: 'create', records });
  const other = await server.createWorkspace();
  await other.expect(201, 'POST', '/v1/contacts', { lastName: 'Elsewhere' });
}, 60_000);
afterAll(() => server.close());

async function rows(query: string): Promise<Record<string, string>[]> {
  const { text } = await server.admin.expect(200, 'GET', `/v1/contacts/export?${query}`);
  return parse(text, { columns: true });
}

describe('a streaming export', () => {
  it('holds every record of the workspace, with custom properties and external ids', async () => {
    const found = await rows('sort=email');
    expect(found).toHaveLength(DANGEROUS.length);
    expect(found[0]).toMatchObject({
      email: 'e0@example.com',
      tags: 'a,b',
      'custom.tier': 'gold',
      'externalIds.legacy-crm': 'x0',
    });
  });

  it('guards cells that a spreadsheet would run, unless raw is asked for', async () => {
    const guarded = await rows('sort=email&fields=lastName');
    expect(guarded.map((row) => row['lastName'])).toEqual([
      "'=1+1",
      "'+49 30 1",
      "'-x",
      "'@cmd",
      "''=2",
      '-5',
      'a,"b"\nc',
      '\\N',
      'ordinary',
    ]);
    const raw = await rows('sort=email&fields=lastName&raw=true');
    expect(raw.map((row) => row['lastName'])).toEqual(DANGEROUS);
  });

  it('takes the filters, words and fields of a list', async () => {
    expect(await rows('filter[email]=e3@example.com&fields=email')).toEqual([
      { email: 'e3@example.com' },
    ]);
    expect(await rows('query=ordinary&fields=email')).toEqual([{ email: 'e8@example.com' }]);
    await server.admin.expect(400, 'GET', '/v1/contacts/export?fields=nope');
    await server.admin.expect(400, 'GET', '/v1/contacts/export?limit=5');
  });

  it('writes NDJSON that is the records themselves', async () => {
    const { text } = await server.admin.expect(
      200,
      'GET',
      '/v1/contacts/export?format=ndjson&sort=email',
    );
    const records = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { lastName: string });
    expect(records.map(({ lastName }) => lastName)).toEqual(DANGEROUS);
  });

  it('shows a member with reach own only what they own', async () => {
    await server.admin.expect(201, 'POST', '/v1/roles', {
      name: 'narrow',
      permissions: ['contact:*:own'],
    });
    const narrow = await server.createUser('narrow');
    const { text } = await narrow.expect(200, 'GET', '/v1/contacts/export?fields=email');
    expect(text).toBe('email\n');
  });
});
