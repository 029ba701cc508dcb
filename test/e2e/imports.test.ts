import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { query } from '../support/database.js';
import { runImport, startWorker, upload, whenDone } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

let server: TestServer;
let worker: INestApplicationContext;
let client: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

/** Every test has a workspace of its own. */
beforeEach(async () => {
  client = await server.createWorkspace();
});

const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;
const count = async (path: string): Promise<number> =>
  (await client.expect(200, 'GET', `${path}${path.includes('?') ? '&' : '?'}count=exact`)).body.page
    .total;
const listed = async (path: string) => (await client.expect(200, 'GET', path)).body.data;
const totals = (created: number, updated: number, unchanged: number, failed: number) => ({
  read: created + updated + unchanged + failed,
  ...{ created, updated, unchanged, failed },
});

describe('real files', () => {
  test('breweries map by themselves, and the same file again changes nothing', async () => {
    const file = await readFile(join(DATA, 'breweries.csv'));
    const sent = { options: { object: 'companies' }, file, name: 'breweries.csv' };
    const first = await runImport(client, sent);
    expect(first).toMatchObject({
      status: 'completed',
      matchOn: 'externalIds.breweries',
      unmappedHeaders: ['longitude', 'latitude'],
      format: 'csv',
      progress: 1,
    });
    const { created, failed } = first.totals;
    expect(first.totals).toEqual(totals(created, 0, 0, failed));
    expect(created + failed).toBe(11_822);
    expect(failed).toBeLessThan(20);
    expect(await count('/v1/companies')).toBe(created);
    // What comes next is planned for as many companies as there are.
    expect(
      await query(
        server.database.superuserUrl,
        "select reltuples::integer as known from pg_class where relname = 'companies'",
      ),
    ).toEqual([{ known: created }]);
    const [brewery] = await listed(
      '/v1/companies?filter[externalIds.breweries]=ae7b3174-8be8-4d53-a3a5-9b8240970eea',
    );
    expect(brewery).toMatchObject({
      name: "'s",
      industry: 'brewpub',
      phone: '+499261628000',
      address: { street: 'Friesener Straße 1', city: 'Kronach', region: 'Bayern', country: 'DE' },
    });
    const second = await runImport(client, sent);
    expect(second.totals).toEqual(totals(0, 0, created, failed));
  }, 90_000);

  test('legislators become contacts, matched on an id of theirs', async () => {
    const file = await readFile(join(DATA, 'us-legislators.csv'));
    const mapping = {
      bioguide_id: 'externalIds.bioguide',
      first_name: 'firstName',
      last_name: 'lastName',
      phone: 'phone',
      state: 'address.region',
      address: 'address.street',
    };
    const options = { object: 'contacts', mapping, defaultCountry: 'US', tags: ['congress'] };
    const first = await runImport(client, { options, file });
    expect(first.totals).toEqual(totals(537, 0, 0, 0));
    expect(first.unmappedHeaders).toContain('party');
    const [senator] = await listed('/v1/contacts?filter[externalIds.bioguide]=C000127');
    expect(senator).toMatchObject({
      firstName: 'Maria',
      phone: '+12022243441',
      tags: ['congress'],
    });
    expect((await runImport(client, { options, file })).totals).toEqual(totals(0, 0, 537, 0));
  }, 60_000);
});

describe('modes', () => {
  const people = csv('email,first name,last name', 'a@x.example,Ann,A', 'b@x.example,Bob,B');

  test('create refuses, skips or changes those there are, as asked', async () => {
    const create = (onDuplicate: string, file = people) =>
      runImport(client, { options: { object: 'contacts', mode: 'create', onDuplicate }, file });
    expect((await create('error')).totals).toEqual(totals(2, 0, 0, 0));
    expect((await create('error')).totals).toEqual(totals(0, 0, 0, 2));
    expect((await create('skip')).totals).toEqual(totals(0, 0, 2, 0));
    const changed = people.replace('Ann', 'Anna');
    expect((await create('update', changed)).totals).toEqual(totals(0, 1, 1, 0));
    expect(await count('/v1/contacts?filter[firstName]=Anna')).toBe(1);
  });

  test('update changes those there are and makes none', async () => {
    await runImport(client, { options: { object: 'contacts' }, file: people });
    const file = csv('email,title', 'A@X.example,Boss', 'c@x.example,Ghost', ',Nobody');
    const done = await runImport(client, { options: { object: 'contacts', mode: 'update' }, file });
    expect(done.totals).toEqual(totals(0, 1, 0, 2));
    expect(await count('/v1/contacts')).toBe(2);
    const [ann] = await listed('/v1/contacts?filter[email]=a@x.example');
    expect(ann).toMatchObject({ title: 'Boss', firstName: 'Ann', version: 2 });
  });

  test('upsert: later rows of the same key change the earlier ones', async () => {
    const file = csv(
      'email,first name,title',
      'a@x.example,Ann,',
      'A@x.example,,CEO',
      'a@x.example,Ann,CEO',
    );
    const done = await runImport(client, { options: { object: 'contacts' }, file });
    expect(done.totals).toEqual(totals(1, 1, 1, 0));
    expect(await listed('/v1/contacts')).toMatchObject([{ firstName: 'Ann', title: 'CEO' }]);
  });

  test('repeated keys fail or are passed over when that is asked', async () => {
    const file = csv('email,title', 'a@x.example,One', 'a@x.example,Two');
    const failing = await runImport(client, {
      options: { object: 'contacts', onDuplicate: 'error' },
      file,
    });
    expect(failing.totals).toEqual(totals(1, 0, 0, 1));
    const skipping = await runImport(client, {
      options: { object: 'contacts', onDuplicate: 'skip' },
      file: csv('email,title', 'a@x.example,Three', 'a@x.example,Four'),
    });
    expect(skipping.totals).toEqual(totals(0, 1, 1, 0));
    expect(await listed('/v1/contacts')).toMatchObject([{ title: 'Three' }]);
  });

  test('empty cells say nothing, or clear what is stored when that is asked', async () => {
    const [full, empty] = [
      csv('email,title', 'a@x.example,CEO'),
      csv('email,title', 'a@x.example,'),
    ];
    await runImport(client, { options: { object: 'contacts' }, file: full });
    const ignoring = await runImport(client, { options: { object: 'contacts' }, file: empty });
    expect(ignoring.totals).toEqual(totals(0, 0, 1, 0));
    const options = { object: 'contacts', emptyCells: 'clear' };
    expect((await runImport(client, { options, file: empty })).totals).toEqual(totals(0, 1, 0, 0));
    expect(await listed('/v1/contacts')).toMatchObject([{ title: null }]);
  });
});

describe('rows', () => {
  test('a bad row is reported with line and reason, and stops none of the others', async () => {
    const file = csv(
      'email,last name',
      'a@x.example,A',
      'nonsense,B',
      '"c@x.example",C,extra',
      'd@x.example,D',
    );
    const done = await runImport(client, { options: { object: 'contacts' }, file });
    expect(done.totals).toEqual(totals(2, 0, 0, 2));
    const errors = await listed(`/v1/imports/${done.id}/errors`);
    expect(errors).toMatchObject([
      { line: 3, errors: [{ pointer: '/email', code: 'isEmail' }], row: { email: 'nonsense' } },
      { line: 4, errors: [{ code: 'too-many-cells' }] },
    ]);
  });

  test('a mended error file can be sent again', async () => {
    const file = csv('email,last name', 'a@x.example,A', 'nonsense,=B');
    const done = await runImport(client, { options: { object: 'contacts' }, file });
    const errors = await client.expect(200, 'GET', `/v1/imports/${done.id}/errors`, undefined, {
      accept: 'text/csv',
    });
    expect(errors.text.replace(/^\ufeff/, '')).toMatch(
      /^_line,_error,email,last name\r\n3,"?email: must be/,
    );
    const mended = errors.text.replace('nonsense', 'b@x.example');
    const again = await runImport(client, { options: { object: 'contacts' }, file: mended });
    expect(again.totals).toEqual(totals(1, 0, 0, 0));
    expect(await listed('/v1/contacts?filter[email]=b@x.example')).toMatchObject([
      { lastName: '=B' },
    ]);
  });

  test("a value that another record holds is the row's error, not the chunk's", async () => {
    await client.expect(201, 'POST', '/v1/contacts', { email: 'taken@x.example' });
    const mapping = { ref: 'externalIds.erp', email: 'email' };
    const file = csv('ref,email', '1,taken@x.example', '2,free@x.example');
    const options = { object: 'contacts', mapping, matchOn: 'externalIds.erp' };
    const done = await runImport(client, { options, file });
    expect(done.totals).toEqual(totals(1, 0, 0, 1));
    const [error] = await listed(`/v1/imports/${done.id}/errors`);
    expect(error.errors).toMatchObject([{ pointer: '/email', code: 'duplicate' }]);
  });

  test('custom properties and external ids are read, checked and matched on', async () => {
    const define = (body: object) => client.expect(201, 'POST', '/v1/properties/contacts', body);
    await define({ name: 'badge', label: 'Badge', type: 'text', unique: true });
    await define({
      ...{ name: 'tier', label: 'Tier', type: 'select' },
      options: [{ value: 'gold' }, { value: 'silver' }],
    });
    const file = csv('Badge,Tier,Last name', 'B1,gold,A', 'B2,bronze,B');
    const done = await runImport(client, { options: { object: 'contacts' }, file });
    expect(done).toMatchObject({ matchOn: 'custom.badge', totals: totals(1, 0, 0, 1) });
    const again = await runImport(client, {
      options: { object: 'contacts', matchOn: 'custom.badge' },
      file: csv('Badge,Tier', 'B1,silver'),
    });
    expect(again.totals).toEqual(totals(0, 1, 0, 0));
    expect(await count('/v1/contacts?filter[custom.tier]=silver')).toBe(1);
  });

  test('references are found by name and made on the fly when that is asked', async () => {
    const { body: acme } = await client.expect(201, 'POST', '/v1/companies', { name: 'Acme' });
    const file = csv(
      'email,Company',
      'a@x.example,Acme',
      'b@x.example,New Inc',
      'c@x.example,New Inc',
    );
    const strict = await runImport(client, { options: { object: 'contacts' }, file });
    expect(strict.totals).toEqual(totals(1, 0, 0, 2));
    const options = { object: 'contacts', createReferences: true };
    const done = await runImport(client, { options, file });
    expect(done).toMatchObject({ totals: totals(2, 0, 1, 0), createdReferences: 1 });
    expect(await count('/v1/companies')).toBe(2);
    expect(await count(`/v1/contacts?filter[companyId]=${acme.id}`)).toBe(1);
    const [made] = await listed('/v1/companies?filter[name]=New Inc');
    expect(await count(`/v1/contacts?filter[companyId]=${made.id}`)).toBe(2);
  });

  test('owners are named by e-mail address or id', async () => {
    const email = client.me?.user.email as string;
    const file = csv(
      'email,Owner',
      `a@x.example,${email}`,
      'b@x.example,nobody@x.example',
      `c@x.example,${client.userId}`,
    );
    const done = await runImport(client, { options: { object: 'contacts' }, file });
    expect(done.totals).toEqual(totals(2, 0, 0, 1));
    expect(await count(`/v1/contacts?filter[ownerId]=${client.userId}`)).toBe(2);
  });
});

describe('dry run, cancel and revert', () => {
  test('a dry run counts like the real run and writes nothing', async () => {
    await client.expect(201, 'POST', '/v1/contacts', { email: 'old@x.example', title: 'CEO' });
    const file = csv(
      ...[
        'email,title,Company',
        'old@x.example,CTO,Acme',
        'new@x.example,,Acme',
        'new@x.example,Boss,',
      ],
      ...['new@x.example,Boss,', 'bad,,'],
    );
    const options = { object: 'contacts', createReferences: true };
    const dry = await runImport(client, { options: { ...options, dryRun: true }, file });
    expect(await count('/v1/contacts')).toBe(1);
    expect(await count('/v1/companies')).toBe(0);
    const real = await runImport(client, { options, file });
    expect(real.totals).toEqual(totals(1, 2, 1, 1));
    expect(dry.totals).toEqual(real.totals);
    expect(dry.createdReferences).toBe(real.createdReferences);
  });

  test('a revert undoes what was made and changed, but for what was changed since', async () => {
    await client.expect(201, 'POST', '/v1/contacts', {
      email: 'a@x.example',
      phone: '030 901820',
      tags: ['x'],
    });
    const file = csv(
      ...['email,phone,tags,Company', 'a@x.example,+49 30 1234567,y,Acme', 'b@x.example,,,Acme'],
      'c@x.example,,,',
    );
    const options = { object: 'contacts', createReferences: true };
    const done = await runImport(client, { options, file });
    expect(done.totals).toEqual(totals(2, 1, 0, 0));
    const [touched] = await listed('/v1/contacts?filter[email]=c@x.example');
    await client.expect(200, 'PATCH', `/v1/contacts/${touched.id}`, { title: 'Mine now' });
    await client.expect(202, 'POST', `/v1/imports/${done.id}/revert`);
    const reverted = await whenDone(client, done.id);
    expect(reverted).toMatchObject({
      status: 'reverted',
      revert: { removed: 2, restored: 1, kept: 1 },
    });
    expect(await listed(`/v1/imports/${done.id}/kept`)).toEqual([
      { id: touched.id, object: 'contacts', reason: 'changed' },
    ]);
    expect(await count('/v1/contacts')).toBe(2);
    expect(await count('/v1/companies')).toBe(0);
    const [restored] = await listed('/v1/contacts?filter[email]=a@x.example');
    expect(restored).toMatchObject({ phoneOriginal: '030 901820', tags: ['x'], companyId: null });
    await client.expect(409, 'POST', `/v1/imports/${done.id}/revert`);
  });

  test('a cancelled import stops and keeps what is in', async () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => `p${index}@x.example,P${index}`);
    const begun = await upload(client, {
      options: { object: 'contacts' },
      file: csv('email,last name', ...rows),
    });
    const id = begun.body.id as string;
    await client.expect(202, 'POST', `/v1/imports/${id}/cancel`);
    const done = await whenDone(client, id);
    expect(done.status).toBe('cancelled');
    expect(done.totals.read).toBeLessThan(60_000);
    expect(await count('/v1/contacts')).toBe(done.totals.created);
    await client.expect(409, 'POST', `/v1/imports/${id}/cancel`);
  }, 60_000);
});

describe('files', () => {
  const rows = [
    { email: 'a@x.example', firstName: 'Ann' },
    { email: 'b@x.example', firstName: 'Bö' },
  ];

  test.each([
    ['csv', csv('email;firstName', 'a@x.example;Ann', 'b@x.example;Bö')],
    ['tsv', csv('email\tfirstName', 'a@x.example\tAnn', 'b@x.example\tBö')],
    ['ndjson', csv(...rows.map((row) => JSON.stringify(row)))],
    [
      'vcard',
      rows
        .map(
          ({ email, firstName }) =>
            `BEGIN:VCARD\r\nVERSION:3.0\r\nN:;${firstName};;;\r\nFN:${firstName}\r\nEMAIL:${email}\r\nEND:VCARD\r\n`,
        )
        .join(''),
    ],
  ])('%s is told from the file', async (format, file) => {
    const done = await runImport(client, { options: { object: 'contacts' }, file, name: 'people' });
    expect(done).toMatchObject({ format, totals: totals(2, 0, 0, 0) });
    expect(await listed('/v1/contacts?sort=email')).toMatchObject(rows);
  });

  test('a workbook that Keel wrote comes back as it went', async () => {
    const { createWriter } = await import('../../src/platform/files/formats/index.js');
    const columns = [
      { header: 'email', path: 'email' },
      { header: 'First name', path: 'firstName' },
    ];
    const writer = createWriter('xlsx', { columns });
    writer.end(rows);
    const file = Buffer.concat((await writer.toArray()) as Buffer[]);
    const done = await runImport(client, {
      options: { object: 'contacts' },
      file: new Uint8Array(file),
      name: 'people.xlsx',
    });
    expect(done).toMatchObject({ format: 'xlsx', totals: totals(2, 0, 0, 0) });
  });

  test('compressed files and other encodings are understood', async () => {
    const text = csv('邮箱,名,姓', 'a@x.example,伟,王');
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const done = await runImport(client, {
      options: { object: 'contacts' },
      file: new Uint8Array(gzipSync(utf16)),
      name: 'people.csv.gz',
    });
    expect(done).toMatchObject({ encoding: 'utf-16le', totals: totals(1, 0, 0, 0) });
    expect(await listed('/v1/contacts')).toMatchObject([{ firstName: '伟', lastName: '王' }]);
  });

  test.each([
    ['an empty file', '', 'empty-file'],
    ['a header only', 'email,name\n', 'no-rows'],
    ['a picture', '\x89PNG\r\n\x1a\n0000', 'unsupported-format'],
    ['columns nobody knows', 'foo,bar\n1,2\n', 'no-mapping'],
  ])('%s fails with a clear problem', async (_name, file, code) => {
    const bytes = new Uint8Array(Buffer.from(file, 'latin1'));
    const done = await runImport(client, { options: { object: 'contacts' }, file: bytes });
    expect(done).toMatchObject({ status: 'failed', problem: { code } });
    expect(done.problem?.detail).toMatch(/\.$/);
  });

  test('a gzip bomb ends in a problem and the worker lives on', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(200 * 1024 * 1024, 'a')));
    const done = await runImport(client, {
      options: { object: 'contacts' },
      file: bomb,
      name: 'a.csv.gz',
    });
    expect(done.status).toBe('failed');
    const next = await runImport(client, {
      options: { object: 'contacts' },
      file: csv('email', 'a@x.example'),
    });
    expect(next.status).toBe('completed');
  }, 60_000);
});

describe('requests', () => {
  const file = csv('email', 'a@x.example');

  test.each([
    [{ object: 'dragons' }, '/object'],
    [{ object: 'contacts', mode: 'destroy' }, '/mode'],
    [{ object: 'contacts', mapping: { email: 'shoeSize' } }, '/mapping/email'],
    [{ object: 'contacts', matchOn: 'lastName' }, '/matchOn'],
    [{ object: 'contacts', colour: 'red' }, '/colour'],
    [{ object: 'contacts', defaultCountry: 'Atlantis' }, '/defaultCountry'],
    [{ object: 'contacts', ownerId: '01900000-0000-7000-8000-000000000000' }, '/ownerId'],
  ])('wrong options are refused by name: %j', async (options, pointer) => {
    const reply = await upload(client, { options, file });
    expect(reply.status).toBe(422);
    expect(reply.body.errors).toMatchObject([{ pointer }]);
  });

  test('a file before its options, or no file, is a bad request', async () => {
    const form = new FormData();
    form.append('file', new Blob([file]), 'a.csv');
    expect((await client.api('POST', '/v1/imports', form)).status).toBe(400);
    expect((await client.api('POST', '/v1/imports', {})).status).toBe(415);
  });

  test('a repeated upload with the same Idempotency-Key is one import', async () => {
    const headers = { 'idempotency-key': 'once' };
    const sent = { options: { object: 'contacts' }, file, headers };
    const first = await upload(client, sent);
    const second = await upload(client, sent);
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await upload(client, { ...sent, file: csv('email', 'b@x.example') });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    expect(await listed('/v1/imports')).toHaveLength(1);
  });

  test('a viewer may watch and not import; a member imports what they may make', async () => {
    const viewer = await server.createUser('viewer', client);
    expect((await upload(viewer, { options: { object: 'contacts' }, file })).status).toBe(403);
    const member = await server.createUser('member', client);
    const done = await runImport(member, { options: { object: 'contacts' }, file });
    expect(done.totals).toEqual(totals(1, 0, 0, 0));
    await viewer.expect(200, 'GET', `/v1/imports/${done.id}`);
  });

  test("another workspace's import does not exist", async () => {
    const done = await runImport(client, { options: { object: 'contacts' }, file });
    const stranger = await server.createWorkspace();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/errors'],
      ['GET', '/events'],
      ['POST', '/cancel'],
      ['POST', '/revert'],
    ] as const) {
      expect((await stranger.api(method, `/v1/imports/${done.id}${path}`)).status).toBe(404);
    }
  });

  test('the stream of an import ends with its final state', async () => {
    const { body } = await upload(client, { options: { object: 'contacts' }, file });
    const { text } = await client.expect(200, 'GET', `/v1/imports/${body.id}/events`);
    const last = text.trim().split('\n\n').at(-1) ?? '';
    expect(last).toMatch(/^event: end\ndata: /);
    expect(JSON.parse(last.split('data: ')[1] ?? '')).toMatchObject({
      status: 'completed',
      totals: totals(1, 0, 0, 0),
    });
  });

  test('a preview shows the mapping and the errors there would be, and keeps nothing', async () => {
    const preview = await upload(client, {
      options: { object: 'contacts' },
      file: csv('E-mail,姓,Shoe size', 'a@x.example,王,42', 'nonsense,李,43'),
      path: '/v1/imports/preview',
    });
    expect(preview).toMatchObject({
      status: 200,
      body: {
        format: 'csv',
        matchOn: 'email',
        columns: [
          { header: 'E-mail', property: 'email', samples: ['a@x.example', 'nonsense'] },
          { header: '姓', property: 'lastName' },
          { header: 'Shoe size', property: null },
        ],
        unmappedHeaders: ['Shoe size'],
        errors: [{ line: 3, errors: [{ pointer: '/email' }] }],
        records: [{ email: 'a@x.example', lastName: '王' }],
      },
    });
    expect(await listed('/v1/imports')).toEqual([]);
    expect(await count('/v1/contacts')).toBe(0);
  });
});
