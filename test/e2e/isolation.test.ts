import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { foreignRequests, NOT_CALLED } from '../support/foreign-requests.js';
import type { ForeignRequest } from '../support/foreign-requests.js';
import { FURNISHED, exportDone, furnish, made, nowhere, WORD } from '../support/belongings.js';
import type { Belongings, Own } from '../support/belongings.js';
import { runImport, startWorker } from '../support/imports.js';
import { PASSWORD, signIn, startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** The owner of workspace B names what is A's in every operation there is. */
let server: TestServer;
let worker: INestApplicationContext;
let a: Client;
let b: Client;
let theirs: Belongings;
/** The same, of things that are nowhere. */
let madeUp: Belongings;
let own: Own;
let document: { paths: Record<string, Record<string, Parameters<typeof foreignRequests>[2]>> };

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  a = await server.createWorkspace(`${WORD} A`);
  theirs = await furnish(a);
  b = await server.createWorkspace('B');
  madeUp = nowhere(theirs);
  const friend = { name: 'friend', label: 'Friend', type: 'reference', reference: 'contact' };
  for (const plural of FURNISHED) {
    await b.expect(201, 'POST', `/v1/properties/${plural}`, friend);
  }
  own = {
    contact: (await made(b, '/v1/contacts', { lastName: 'Mine' })).id,
    company: (await made(b, '/v1/companies', { name: 'Mine' })).id,
    team: (await made(b, '/v1/teams', { name: 'Mine' })).id,
    lead: (await made(b, '/v1/leads', { lastName: 'Mine' })).id,
    activity: (await made(b, '/v1/activities', { type: 'task', subject: 'Mine' })).id,
    productCategory: (await made(b, '/v1/product-categories', { name: 'Mine' })).id,
    product: (await made(b, '/v1/products', { sku: 'mine', name: 'Mine' })).id,
    order: (await made(b, '/v1/orders', { notes: 'Mine' })).id,
    pipeline: (await made(b, '/v1/pipelines', { name: 'Mine' })).id,
    deal: (await made(b, '/v1/deals', { name: 'Mine' })).id,
    quota: (await made(b, '/v1/quotas', QUOTA(b))).id,
    ticket: (await made(b, '/v1/tickets', { subject: 'Mine' })).id,
    macro: (await made(b, '/v1/macros', { name: 'Mine', reply: 'Mine' })).id,
    segment: (await made(b, '/v1/segments', { name: 'Mine', object: 'contacts', kind: 'static' }))
      .id,
    campaign: (await made(b, '/v1/campaigns', { name: 'Mine', text: 'Mine' })).id,
    user: b.userId,
    email: b.me?.user.email as string,
    password: PASSWORD,
  };
  await b.expect(201, 'PUT', `/v1/teams/${own.team}/members/${own.user}`, { role: 'member' });
  // What is set twice is unchanged the second time: here it always is.
  const objection = { purpose: 'marketing', channel: 'email', status: 'withdrawn' };
  await b.expect(200, 'POST', `/v1/contacts/${own.contact}/consents`, objection);
  const rates = [{ from: 'GBP', to: 'EUR', date: '2021-01-01', rate: '1.1' }];
  await b.expect(200, 'PUT', '/v1/exchange-rates', { rates });
  document = (await b.expect(200, 'GET', '/openapi.json')).body;
}, 90_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

/** A quota of B's owner; it has no name to be known by. */
const QUOTA = ({ userId }: Client) => ({ userId, period: '2030', amount: '1', tags: ['Mine'] });

/** Everything of A, down to the bytes. */
async function stateOfA(): Promise<Record<string, unknown>> {
  const tables = await query(
    server.database.superuserUrl,
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and a.attname = 'workspace_id' and c.relname not in ('sessions', 'job_outbox')`,
  );
  const state: Record<string, unknown> = {};
  for (const { name } of tables) {
    const rows = await query(
      server.database.superuserUrl,
      `select to_jsonb(t) - 'position' as row from ${name} t
        where workspace_id = '${a.workspaceId}' order by to_jsonb(t)::text`,
    );
    state[name] = rows.map(({ row }) => row as unknown);
  }
  return state;
}

interface Told {
  status: number;
  answer: string;
}

/** An answer as far as it may tell something: what was sent, new ids and times taken out. */
async function answerTo(request: ForeignRequest, sent: Belongings, client = b): Promise<Told> {
  const { method, path, body, headers: sentHeaders } = request;
  let reply = await client.api(method, path, body, sentHeaders);
  // Few exports are streamed at once, and on a busy machine the last ones may still be ending.
  for (let tries = 0; reply.status === 503 && path.includes('/export') && tries < 20; tries += 1) {
    await sleep(100);
    reply = await client.api(method, path, body, sentHeaders);
  }
  const { status, headers, text } = reply;
  const members = ['content-type', 'location', 'link', 'content-range'];
  const all = [text, ...members.map((name) => headers.get(name) ?? '')].join('\n');
  return { status, answer: neutral(all, sent) };
}

function neutral(text: string, sent: Belongings): string {
  let result = text;
  const { ids, cursors, ...texts } = sent;
  const values: [string, string][] = [
    ...Object.entries(ids),
    ...cursors.map((cursor, index): [string, string] => [`cursor ${index}`, cursor]),
    ...Object.entries(texts),
  ];
  // The longer ones first: a word is part of a role's name.
  for (const [name, value] of values.sort((left, right) => right[1].length - left[1].length)) {
    for (const form of new Set([
      value,
      encodeURIComponent(value),
      encodeURIComponent(value).replaceAll('%20', '+'),
    ])) {
      result = result.replaceAll(form, `<${name}>`);
    }
  }
  return (
    result
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(
        /"(accessToken|refreshToken|key|prefix|nextCursor|invitationToken)":"[^"]*"/g,
        '"$1":"<new>"',
      )
      .replace(/"number":\d+/g, '"number":<next>')
      // What is the caller's own takes a condition that meets nothing there, each time anew.
      .replace(/"version":\d+/g, '"version":<n>')
      .replace(/(cursor|after)=[\w-]+/g, '$1=<new>')
      .replace(
        /<(?:contact|binned|merged|company|team|lead|assignmentRule|slaPolicy|leadForm|consentPurpose|suppression|submission|productCategory|product|order|pipeline|stage|deal|quota|segment|campaign|ticket|ticketMessage|attachment|macro|user|role|apiKey|import|export)>/g,
        '<their id>',
      )
  );
}

const VERBS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** Reads first: they must meet workspace B as it is, without what the writes make there. */
function operations(): [string, string, Parameters<typeof foreignRequests>[2]][] {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    VERBS.flatMap((verb): [string, string, Parameters<typeof foreignRequests>[2]][] => {
      const operation = item[verb];
      return operation ? [[verb.toUpperCase(), path, operation]] : [];
    }),
  );
  const rank = ([method, path]: [string, string, unknown]): number =>
    method === 'GET' ? (/events|audit/.test(path) ? 0 : 1) : /search$/.test(path) ? 2 : 3;
  return all.sort((left, right) => rank(left) - rank(right));
}

/** Each request with A's things, and the same with what is nowhere. */
function everyRequest(): { request: ForeignRequest; other: ForeignRequest }[] {
  return operations()
    .filter(([method, path]) => NOT_CALLED[`${method} ${path}`] === undefined)
    .flatMap(([method, path, operation]) => {
      const fake = foreignRequests(method, path, operation, madeUp, own);
      const real = foreignRequests(method, path, operation, theirs, own);
      return real.map((request, index) => ({ request, other: fake[index] as ForeignRequest }));
    });
}

describe("another workspace's things, named in any operation", () => {
  test('answer as things that do not exist, and stay as they are', async () => {
    const pairs = everyRequest();
    expect(pairs.length).toBeGreaterThan(500);
    const before = await stateOfA();
    const told: unknown[] = [];
    for (const { request, other } of pairs) {
      // The made-up one first, so that what both would make is there for neither.
      const expected = await answerTo(other, madeUp);
      const answered = await answerTo(request, theirs);
      const leaks = /quillfeather|Q-77/i.test(answered.answer);
      const same = answered.status === expected.status && answered.answer === expected.answer;
      if (leaks || !same || answered.status >= 500) told.push({ request, answered, expected });
    }
    expect(told).toEqual([]);
    expect(await stateOfA()).toEqual(before);
  }, 600_000);

  test.each([
    'contact',
    'binned',
    'merged',
    'company',
    'team',
    'lead',
    'activity',
    'assignmentRule',
    'slaPolicy',
    'leadForm',
    'consentPurpose',
    'suppression',
    'productCategory',
    'product',
    'order',
    'pipeline',
    'deal',
    'quota',
    'ticket',
    'macro',
    'segment',
    'campaign',
    'user',
    'role',
    'apiKey',
    'import',
    'export',
  ] as const)('the %s is not found by its id, and its owner finds it', async (name) => {
    const plural = {
      ...{ contact: 'contacts', binned: 'contacts', merged: 'contacts', company: 'companies' },
      ...{ team: 'teams', productCategory: 'product-categories', product: 'products' },
      ...{ leadForm: 'lead-forms', ticket: 'tickets', macro: 'macros' },
      consentPurpose: 'consent-purposes',
      suppression: 'suppressions',
      segment: 'segments',
      campaign: 'campaigns',
      ...{ pipeline: 'pipelines', deal: 'deals', quota: 'quotas' },
      ...{
        order: 'orders',
        lead: 'leads',
        activity: 'activities',
        assignmentRule: 'assignment-rules',
        slaPolicy: 'sla-policies',
      },
      ...{ user: 'users', role: 'roles', apiKey: 'api-keys', import: 'imports', export: 'exports' },
    }[name];
    const path = `/v1/${plural}/${theirs.ids[name]}`;
    expect((await b.expect(404, 'GET', path)).body.code).toBe('not-found');
    const found = { binned: 404, merged: 301 } as Partial<Record<typeof name, number>>;
    await a.expect(found[name] ?? 200, 'GET', path);
  });

  test('are told apart from nothing by this test: their owner is answered otherwise', async () => {
    const reads = everyRequest().filter(
      ({ request: { method, path } }) =>
        method === 'GET' && /^\/v1\/(contacts|companies|search|users)(?!\/export)/.test(path),
    );
    let different = 0;
    for (const { request, other } of reads) {
      const [theirAnswer, none] = [
        await answerTo(request, theirs, a),
        await answerTo(other, madeUp, a),
      ];
      if (JSON.stringify(theirAnswer) !== JSON.stringify(none)) different += 1;
    }
    expect(different).toBeGreaterThan(40);
  }, 60_000);

  test('a workspace to sign in to is refused as one there is none of', async () => {
    const sign = (workspaceId: string) => signIn(server.url, own.email, PASSWORD, workspaceId);
    await expect(sign(a.workspaceId)).rejects.toThrow('403');
    await expect(sign(madeUp.workspaceId)).rejects.toThrow('403');
  });

  test('an Idempotency-Key of the other is not known', async () => {
    const headers = { 'idempotency-key': 'the-same' };
    const mine = await a.expect(201, 'POST', '/v1/contacts', { lastName: WORD }, headers);
    const other = await b.expect(201, 'POST', '/v1/contacts', { lastName: 'Other' }, headers);
    expect(other.headers.get('idempotency-replayed')).toBeNull();
    expect(other.body.id).not.toBe(mine.body.id);
  });
});

describe('long work that names what is of the other', () => {
  test('imports neither find, change nor point to it', async () => {
    const before = await stateOfA();
    const file = [
      'id,lastName,companyId',
      `${theirs.ids.contact},Stolen,`,
      `,Mine,${theirs.ids.company}`,
    ].join('\n');
    const done = await runImport(b, { options: { object: 'contacts', matchOn: 'id' }, file });
    const { body } = await b.expect(200, 'GET', `/v1/imports/${done.id}/errors`);
    expect(JSON.stringify([done, body])).not.toContain(WORD);
    expect(await stateOfA()).toEqual(before);
    const pointing = await query(
      server.database.superuserUrl,
      `select id from contacts where company_id = '${theirs.ids.company}'
        and workspace_id <> '${a.workspaceId}'`,
    );
    expect(pointing).toEqual([]);
  }, 60_000);

  test('exports hold none of it', async () => {
    for (const object of FURNISHED) {
      const { body } = await b.expect(202, 'POST', '/v1/exports', { object, format: 'ndjson' });
      await exportDone(b, body.id);
      const { text } = await b.expect(200, 'GET', `/v1/exports/${body.id}/file`);
      expect(text).toContain('Mine');
      // A record of the same name or number, made by an upsert above, is B's own.
      if (['contacts', 'companies'].includes(object)) expect(text).not.toContain(WORD);
      for (const id of Object.values(theirs.ids)) expect(text).not.toContain(`"id":"${id}"`);
    }
  }, 60_000);
});
