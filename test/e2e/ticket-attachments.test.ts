import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { query } from '../support/database.js';
import { upload } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Files of tickets: what is taken, what is not, and that none stays behind. */
let server: TestServer;
let anna: Client;
let ticket: { id: string };

beforeAll(async () => {
  server = await startServer({ attachmentMegabytes: 2, importMegabytes: 1 });
  anna = await server.createWorkspace('Service');
  ticket = await made();
});

afterAll(() => server.close());

const made = async () =>
  (await anna.expect(201, 'POST', '/v1/tickets', { subject: 'The cup is broken' })).body;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const EXE = Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), randomBytes(400)]);
const ELF = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(200)]);

const sendTo = (id: string, name: string, bytes: Buffer | string, headers = {}, part = 'file') => {
  const form = new FormData();
  form.append(part, new Blob([new Uint8Array(Buffer.from(bytes))], { type: 'image/png' }), name);
  return anna.api('POST', `/v1/tickets/${id}/attachments`, form, headers);
};

const send = (name: string, bytes: Buffer | string, headers = {}) =>
  sendTo(ticket.id, name, bytes, headers);

const filesIn = async (): Promise<{ files: number; chunks: number }> => {
  const [row] = await query(
    server.database.superuserUrl,
    `select (select count(*)::int from files) as files,
       (select count(*)::int from file_chunks) as chunks`,
  );
  return row as { files: number; chunks: number };
};

const fetchFile = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, server.url), {
    headers: { authorization: `Bearer ${anna.token}`, ...headers },
  });

test('a file is kept as it is, fetched whole and in parts, and never shown as a page', async () => {
  const photo = Buffer.concat([PNG, randomBytes(1_500_000)]);
  const reply = await send('../Tasse – blau (1).png', photo);
  expect(reply.status).toBe(201);
  expect(reply.body).toMatchObject({
    ...{ name: 'Tasse – blau (1).png', contentType: 'image/png', size: photo.length },
    ...{ sha256: createHash('sha256').update(photo).digest('hex'), messageId: null },
  });
  const path = `/v1/tickets/${ticket.id}/attachments/${reply.body.id}`;
  expect(reply.headers.get('location')).toBe(path);
  const whole = await fetchFile(`${path}/file`);
  expect(Buffer.from(await whole.arrayBuffer()).equals(photo)).toBe(true);
  expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
  expect(whole.headers.get('content-disposition')).toBe(
    `attachment; filename="Tasse _ blau (1).png"; filename*=UTF-8''Tasse%20%E2%80%93%20blau%20%281%29.png`,
  );
  const part = await fetchFile(`${path}/file`, { range: 'bytes=1000000-1000099' });
  expect([part.status, part.headers.get('content-range')]).toEqual([
    ...[206, `bytes 1000000-1000099/${photo.length}`],
  ]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(photo.subarray(1_000_000, 1_000_100));
  expect((await fetchFile(`${path}/file`, { range: 'bytes=9000000-' })).status).toBe(416);
  const { body: list } = await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}/attachments`);
  expect(list.data.map(({ id }: { id: string }) => id)).toEqual([reply.body.id]);
});

const PAGE = '<!DOCTYPE html><html><script>alert(1)</script></html>';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

test.each<[string, Buffer | string, string, string]>([
  ['a program called a picture', EXE, 'cup.png', 'application/x-msdownload'],
  ['a program', ELF, 'tool', 'application/x-elf'],
  ['a page called a picture', PAGE, 'cup.png', 'text/html'],
  ['a page called text', `\uFEFF\n ${PAGE}`, 'notes.txt', 'text/html'],
  ['a drawing with a script', SVG, 'logo.svg', 'image/svg+xml'],
  [
    'the same with a prologue, called a picture',
    `<?xml version="1.0"?>${SVG}`,
    'cup.png',
    'image/svg+xml',
  ],
  ['a script', '#!/bin/sh\nrm -rf /', 'notes.txt', 'a script'],
  ['text called a program', 'del /s *.*', 'clean.bat', 'text/plain'],
  ['text called a picture', 'not a picture', 'cup.png', 'text/plain'],
  ['a picture called a program', PNG, 'cup.exe', 'image/png'],
  ['a name that turns around', PNG, 'cup\u202Egnp.exe', 'image/png'],
  [
    'noise',
    Buffer.concat([Buffer.from([0, 255, 1]), Buffer.alloc(500, 7)]),
    'a.txt',
    'unknown binary data',
  ],
])(
  '%s is refused, which names what it is, and nothing of it stays',
  async (_, bytes, name, found) => {
    const before = await filesIn();
    const { status, body } = await send(name, bytes);
    expect([status, body.errors?.[0]?.pointer]).toEqual([422, '/file']);
    expect(body.errors[0].detail).toContain(`is ${found} by its content`);
    expect(await filesIn()).toEqual(before);
  },
);

test('a file that is too large, empty, or not the only part is refused, and nothing stays', async () => {
  const before = await filesIn();
  const large = await send('large.png', Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]));
  expect([large.status, large.body.code]).toEqual([413, 'too-large']);
  expect((await send('empty.txt', '')).body.errors[0].code).toBe('isNotEmpty');
  expect((await sendTo(ticket.id, 'x.txt', 'x', {}, 'other')).status).toBe(400);
  const path = `/v1/tickets/${ticket.id}/attachments`;
  expect((await anna.api('POST', path, { file: 'x' })).status).toBe(415);
  const nowhere = await sendTo('01a20572-a38b-73e1-8144-9b263f82ac28', 'x.txt', 'x');
  expect(nowhere.status).toBe(404);
  expect(await filesIn()).toEqual(before);
});

test('an import that is too large is refused as well, rather than cut off', async () => {
  const before = await filesIn();
  const file = `lastName\n${'Hardy\n'.repeat(200_000)}`;
  const reply = await upload(anna, { options: { object: 'contacts' }, file });
  expect([reply.status, reply.body.code]).toEqual([413, 'too-large']);
  expect(await filesIn()).toEqual(before);
});

test('a repeated upload with its key is one file', async () => {
  const headers = { 'idempotency-key': 'cup-1' };
  const first = await send('note.txt', 'The handle is off', headers);
  const before = await filesIn();
  const again = await send('note.txt', 'The handle is off', headers);
  expect([again.status, again.body.id]).toEqual([201, first.body.id]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect((await send('note.txt', 'Another', headers)).status).toBe(422);
  expect(await filesIn()).toEqual(before);
});

test('files go with a message, follow it through a split, and one belongs to one message', async () => {
  const { body: file } = await send('log.txt', 'It broke at noon');
  const say = (body: object) =>
    anna.api('POST', `/v1/tickets/${ticket.id}/messages`, { body: 'See the log', ...body });
  const { body: message } = await say({ attachmentIds: [file.id] });
  expect(message.attachments).toMatchObject([{ id: file.id, messageId: message.id }]);
  expect((await say({ attachmentIds: [file.id] })).body.errors[0].pointer).toBe('/attachmentIds/0');
  const split = { messageIds: [message.id], subject: 'The log' };
  const { body } = await anna.expect(200, 'POST', `/v1/tickets/${ticket.id}/split`, split);
  const path = `/v1/tickets/${body.newTicket.id}/attachments/${file.id}`;
  expect(await (await fetchFile(`${path}/file`)).text()).toBe('It broke at noon');
  await anna.expect(404, 'GET', `/v1/tickets/${ticket.id}/attachments/${file.id}`);
  await anna.expect(200, 'POST', `/v1/tickets/${ticket.id}/merge`, {
    duplicateIds: [body.newTicket.id],
  });
  await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}/attachments/${file.id}`);
});

test('a file has no end but its own removal, or its ticket’s', async () => {
  const before = await filesIn();
  const { id } = await made();
  const { body: one } = await sendTo(id, 'one.txt', 'One');
  await sendTo(id, 'two.png', PNG);
  const expiring = await query(
    server.database.superuserUrl,
    `select f.id from files f join ticket_attachments t on t.file_id = f.id
     where f.expires_at is not null or f.completed_at is null`,
  );
  expect(expiring).toEqual([]);
  await anna.expect(204, 'DELETE', `/v1/tickets/${id}/attachments/${one.id}`);
  await anna.expect(404, 'GET', `/v1/tickets/${id}/attachments/${one.id}/file`);
  await anna.expect(204, 'DELETE', `/v1/tickets/${id}`);
  expect((await filesIn()).files).toBe(before.files + 1);
  await anna.expect(204, 'DELETE', `/v1/tickets/${id}?purge=true`);
  expect(await filesIn()).toEqual(before);
});
