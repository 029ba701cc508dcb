import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import ExcelJS from 'exceljs';
import { gunzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

let server: TestServer;
let worker: INestApplicationContext;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  const records = Array.from({ length: 300 }, (_, index) => ({
    lastName: `Export ${index}`,
    email: `x${index}@example.com`,
    lifecycleStage: index % 3 === 0 ? 'customer' : 'lead',
    address: { city: 'Köln' },
  }));
  const batch = { operation: 'create', records };
  await server.admin.expect(200, 'POST', '/v1/contacts/batch', batch);
}, 60_000);
afterAll(async () => {
  await worker.close();
  await server.close();
});

async function exported(body: object, client: Client = server.admin) {
  const { body: started, headers } = await client.expect(202, 'POST', '/v1/exports', body);
  expect(headers.get('location')).toBe(`/v1/exports/${started.id}`);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { body: state } = await client.expect(200, 'GET', `/v1/exports/${started.id}`);
    if (state.status === 'completed' || state.status === 'failed') return state;
    await sleep(100);
  }
  throw new Error('The export did not end');
}

async function bytesOf(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${server.admin.token}`, ...headers },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('an export', () => {
  it('is written by the worker and holds what matched, once each', async () => {
    const state = await exported({
      object: 'contacts',
      format: 'csv',
      where: { field: 'lifecycleStage', op: 'eq', value: 'customer' },
      fields: ['email', 'address.city'],
    });
    expect(state).toMatchObject({ status: 'completed', rows: 100 });
    const { bytes } = await bytesOf(state.file);
    expect(bytes.length).toBe(state.size);
    const lines = bytes.toString().trim().split('\n');
    expect(lines[0]).toBe('email,address.city');
    expect(new Set(lines.slice(1)).size).toBe(100);
    expect(lines[1]).toMatch(/^x\d+@example\.com,Köln$/);
  });

  it('gives any part of its file that Range asks for, and 416 beyond it', async () => {
    const state = await exported({ object: 'contacts', format: 'ndjson', fields: ['email'] });
    const { bytes: whole } = await bytesOf(state.file);
    const part = await bytesOf(state.file, { range: 'bytes=100-199' });
    expect(part.response.status).toBe(206);
    expect(part.response.headers.get('content-range')).toBe(`bytes 100-199/${whole.length}`);
    expect(part.bytes).toEqual(whole.subarray(100, 200));
    const tail = await bytesOf(state.file, { range: 'bytes=-50' });
    expect(tail.bytes).toEqual(whole.subarray(-50));
    const beyond = await bytesOf(state.file, { range: `bytes=${whole.length}-` });
    expect(beyond.response.status).toBe(416);
  });

  it('is compressed when asked for', async () => {
    const state = await exported({ object: 'contacts', format: 'csv', compress: true });
    const { bytes, response } = await bytesOf(state.file);
    expect(response.headers.get('content-disposition')).toContain('contacts.csv.gz');
    expect(gunzipSync(bytes).toString().trim().split('\n')).toHaveLength(301);
  });

  it('can be a workbook', async () => {
    const fields = ['email', 'address.city'];
    const state = await exported({ object: 'contacts', format: 'xlsx', fields });
    const { bytes } = await bytesOf(state.file);
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(bytes as never);
    const sheet = workbook.worksheets[0];
    expect(sheet?.rowCount).toBe(301);
    expect(sheet?.getRow(1).values).toEqual([undefined, 'email', 'address.city']);
    expect(sheet?.getRow(2).getCell(2).value).toBe('Köln');
  });

  it('is refused at once for what there is not', async () => {
    const refuse = (status: number, body: object) =>
      server.admin.expect(status, 'POST', '/v1/exports', body);
    await refuse(422, { object: 'unicorns', format: 'csv' });
    await refuse(422, { object: 'contacts', format: 'pdf' });
    await refuse(400, { object: 'contacts', format: 'csv', fields: ['nope'] });
    const where = { field: 'nope', op: 'eq', value: 1 };
    await refuse(400, { object: 'contacts', format: 'csv', where });
  });

  it('is not to be seen from another workspace, nor by those who may read less', async () => {
    const state = await exported({ object: 'contacts', format: 'csv' });
    const other = await server.createWorkspace();
    await other.expect(404, 'GET', `/v1/exports/${state.id}`);
    await other.expect(404, 'GET', state.file);
    await server.admin.expect(201, 'POST', '/v1/roles', {
      name: 'own only',
      permissions: ['contact:read:own', 'export:run'],
    });
    const narrow = await server.createUser('own only');
    await narrow.expect(404, 'GET', state.file);
    const own = await exported({ object: 'contacts', format: 'csv' }, narrow);
    expect(own.rows).toBe(0);
  });
});
