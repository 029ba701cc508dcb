import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

/** Forms on web sites, as those who put them there and those who fill them in meet them. */
let server: TestServer;
let sales: Client;
let visitor: Client;

beforeAll(async () => {
  server = await startServer();
  sales = await server.createWorkspace('Quillfeather');
  visitor = new Client(server.url, null);
});

afterAll(() => server.close());

const FIELDS = [
  { name: 'lastName', label: 'Your name', required: true },
  { name: 'email', required: true },
  { name: 'companyName' },
  { name: 'employees' },
  { name: 'website' },
  { name: 'message' },
  { name: 'address.country' },
];

interface Form {
  id: string;
  publicKey: string;
  path: string;
  version: number;
}

async function formOf(settings: object = {}): Promise<Form> {
  const body = { name: 'Contact us', fields: FIELDS, minSeconds: 0, ...settings };
  const made = (await sales.expect(201, 'POST', '/v1/lead-forms', body)).body;
  return { ...made, path: `/v1/forms/${made.publicKey}` };
}

const tokenOf = async ({ path }: Form): Promise<string> =>
  (await visitor.expect(200, 'GET', path)).body.token;

/** Fills a form in as a person would, and sends it. */
async function send(form: Form, sent: object, headers: Record<string, string> = {}) {
  const body = { lastName: 'Doe', token: await tokenOf(form), ...sent };
  return visitor.api('POST', form.path, body, headers);
}

const submissions = async ({ id }: Form, status = '') =>
  (
    await sales.expect(
      200,
      'GET',
      `/v1/lead-forms/${id}/submissions${status && `?status=${status}`}`,
    )
  ).body.data;

const leadsOf = async (email: string) =>
  (await sales.expect(200, 'GET', `/v1/leads?filter[email]=${encodeURIComponent(email)}`)).body
    .data;

describe('a form', () => {
  test('shows visitors its fields and nothing else of the workspace', async () => {
    const form = await formOf({
      source: 'trade-fair',
      tags: ['Quillfeather'],
      consentText: 'I agree',
    });
    const { body, headers, text } = await visitor.expect(200, 'GET', form.path);
    expect(Object.keys(body).sort()).toEqual(['consentText', 'fields', 'honeypot', 'token']);
    expect(body.fields[0]).toEqual({
      ...{ name: 'lastName', label: 'Your name', required: true, type: 'text' },
    });
    expect(body.fields[1]).toMatchObject({ name: 'email', label: 'E-mail', type: 'email' });
    expect(headers.get('cache-control')).toBe('no-store');
    for (const secret of [form.id, sales.workspaceId, 'Quillfeather', 'trade-fair', 'Contact us']) {
      expect(text).not.toContain(secret);
    }
    await visitor.expect(404, 'GET', '/v1/forms/unknown');
    await visitor.expect(404, 'GET', `/v1/forms/${'A'.repeat(32)}`);
    await sales.expect(200, 'PATCH', `/v1/lead-forms/${form.id}`, { active: false });
    await visitor.expect(404, 'GET', form.path);
    await visitor.expect(404, 'POST', form.path, {});
  });

  test('makes a lead with its source, campaign, tags and consent, for its person', async () => {
    const seller = await server.createUser('member', sales);
    const form = await formOf({
      ...{ source: 'website', campaign: 'spring', tags: ['web'], ownerId: seller.userId },
      ...{ consentText: 'You may write to me.', thankYou: 'Thanks!' },
    });
    const sent = { email: 'Ann@Form.example', employees: 12, address: { country: 'Germany' } };
    expect((await send(form, sent)).body.errors[0].pointer).toBe('/consent');
    const { status, body } = await send(form, { ...sent, consent: true });
    expect([status, body]).toEqual([200, { message: 'Thanks!', redirectUrl: null }]);
    const [lead] = await leadsOf('ann@form.example');
    expect(lead).toMatchObject({
      ...{ lastName: 'Doe', source: 'website', campaign: 'spring', tags: ['web'], status: 'new' },
      ...{ ownerId: seller.userId, employees: 12, address: { country: 'DE' }, createdBy: null },
      consentText: 'You may write to me.',
    });
    expect(lead.consentAt).toMatch(/Z$/);
    const [kept] = await submissions(form);
    expect(kept).toMatchObject({ status: 'accepted', leadId: lead.id, reasons: [] });
    expect(kept.values).not.toHaveProperty('token');
    const { body: timeline } = await sales.expect(200, 'GET', `/v1/leads/${lead.id}/timeline`);
    expect(timeline.data[0].actor).toEqual({ type: 'system', id: form.id, userId: null });
  });

  test('goes by the assignment rules unless it names somebody', async () => {
    const seller = await server.createUser('member', sales);
    const rule = { name: 'Web', method: 'fixed', userIds: [seller.userId] };
    const { body } = await sales.expect(201, 'POST', '/v1/assignment-rules', rule);
    await send(await formOf(), { email: 'ruled@form.example' });
    expect((await leadsOf('ruled@form.example'))[0]).toMatchObject({
      ...{ ownerId: seller.userId, assignedBy: body.id },
    });
    await sales.expect(204, 'DELETE', `/v1/assignment-rules/${body.id}`);
  });

  test('is taken from a browser without JavaScript, which goes on to the page of the form', async () => {
    const form = await formOf({ redirectUrl: 'https://site.example/thanks' });
    const body = new URLSearchParams({
      ...{ lastName: 'Plain', email: 'plain@form.example', employees: '7', homepage: '' },
      ...{ 'address.country': 'France', message: '', token: await tokenOf(form) },
    });
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, headers } = await visitor.api('POST', form.path, body.toString(), type);
    expect([status, headers.get('location')]).toEqual([303, 'https://site.example/thanks']);
    const [lead] = await leadsOf('plain@form.example');
    expect(lead).toMatchObject({ employees: 7, address: { country: 'FR' }, message: null });
  });

  test('says what is missing, wrong or not of the form, and stores nothing of it', async () => {
    const form = await formOf();
    const pointersOf = async (sent: object) => {
      const { status, body } = await send(form, sent);
      return [status, ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)];
    };
    expect(await pointersOf({ email: ' ', lastName: '' })).toEqual([422, '/lastName', '/email']);
    expect(await pointersOf({ email: 'nonsense' })).toEqual([422, '/email']);
    expect(await pointersOf({ email: 'a@b.example', ownerId: sales.userId })).toEqual([
      ...[422, '/ownerId'],
    ]);
    expect(await pointersOf({ email: 'a@b.example', status: 'qualified' })).toEqual([
      422,
      '/status',
    ]);
    await visitor.expect(422, 'POST', form.path, []);
    expect(await submissions(form)).toEqual([]);
    expect(await leadsOf('a@b.example')).toEqual([]);
  });

  test('keeps what strangers write as text, and their bodies small', async () => {
    const form = await formOf({ maxLinks: 100 });
    const message = '<script>alert(1)</script> =HYPERLINK("x") \u202e {{7*7}}';
    await send(form, { email: 'markup@form.example', lastName: '<b>Bold</b>', message });
    const [lead] = await leadsOf('markup@form.example');
    expect([lead.message, lead.lastName]).toEqual([message, '<b>Bold</b>']);
    const { status } = await send(form, { email: 'big@form.example', message: 'x'.repeat(70_000) });
    expect(status).toBe(413);
  });
});

describe('browsers', () => {
  test('of the allowed sites may send the form and read the answer; others may not', async () => {
    const form = await formOf({ allowedOrigins: ['https://site.example'] });
    const site = { origin: 'https://site.example' };
    const preflight = await visitor.api('OPTIONS', form.path, undefined, {
      ...{ ...site, 'access-control-request-method': 'POST' },
      'access-control-request-headers': 'content-type',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
    const { headers, body } = await visitor.expect(200, 'GET', form.path, undefined, site);
    expect(headers.get('access-control-allow-origin')).toBe('https://site.example');
    expect(headers.get('vary')).toContain('Origin');
    const sent = { lastName: 'Doe', email: 'cors@form.example', token: body.token };
    const evil = { origin: 'https://evil.example' };
    const refused = await visitor.api('POST', form.path, sent, evil);
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      403,
      null,
    ]);
    const taken = await visitor.expect(200, 'POST', form.path, sent, site);
    expect(taken.headers.get('access-control-allow-origin')).toBe('https://site.example');
    expect(await leadsOf('cors@form.example')).toHaveLength(1);
  });
});

describe('whoever writes again', () => {
  test('adds a message to the open lead, and changes nothing of it', async () => {
    const form = await formOf();
    await send(form, { email: 'again@form.example', message: 'First' });
    const again = { email: 'AGAIN@form.example', message: 'Second', companyName: 'Mallory Ltd' };
    expect((await send(form, again)).status).toBe(200);
    const leads = await leadsOf('again@form.example');
    expect(leads).toHaveLength(1);
    expect(leads[0]).toMatchObject({ message: 'First', companyName: null });
    const path = `/v1/leads/${leads[0].id}`;
    const { body } = await sales.expect(200, 'GET', `${path}/timeline`);
    expect(body.data[0]).toMatchObject({
      type: 'lead.enquired',
      changes: { formId: form.id, message: 'Second' },
    });
    expect((await submissions(form)).map(({ status }: { status: string }) => status)).toEqual([
      ...['folded', 'accepted'],
    ]);
    await sales.expect(200, 'POST', `${path}/disqualify`, { reason: 'Spammer' });
    await send(form, { email: 'again@form.example', message: 'Third' });
    expect(await leadsOf('again@form.example')).toHaveLength(2);
  });

  test('makes one lead even when all come at once', async () => {
    const form = await formOf();
    await Promise.all(Array.from({ length: 12 }, () => send(form, { email: 'rush@form.example' })));
    expect(await leadsOf('rush@form.example')).toHaveLength(1);
  });
});

describe('spam', () => {
  test.each<[string, object, object]>([
    ['honeypot', {}, { homepage: 'https://buy.example' }],
    ['token', {}, { token: 'made.up.token' }],
    ['tooFast', { minSeconds: 60 }, {}],
    ['links', { maxLinks: 1 }, { message: 'http://a.example and www.b.example' }],
  ])(
    '(%s) is answered like all else, kept apart, and can be let through',
    async (reason, settings, sent) => {
      const form = await formOf({ thankYou: 'Thanks!', source: 'site', ...settings });
      const email = `${reason.toLowerCase()}@spam.example`;
      const { status, body } = await send(form, { email, ...sent });
      expect([status, body]).toEqual([200, { message: 'Thanks!', redirectUrl: null }]);
      expect(await leadsOf(email)).toEqual([]);
      const [kept] = await submissions(form, 'spam');
      expect(kept).toMatchObject({ reasons: [reason], leadId: null, values: { email } });
      const path = `/v1/lead-forms/${form.id}/submissions/${kept.id}`;
      const { body: released } = await sales.expect(200, 'POST', `${path}/release`);
      const [lead] = await leadsOf(email);
      expect(released).toMatchObject({
        ...{ status: 'released', leadId: lead.id, releasedBy: sales.userId },
      });
      expect(lead.source).toBe('site');
      await sales.expect(409, 'POST', `${path}/release`);
      await sales.expect(409, 'DELETE', path);
    },
  );

  test('is a token that comes again with another address, but not a double click', async () => {
    const form = await formOf();
    const token = await tokenOf(form);
    const post = (email: string) =>
      visitor.expect(200, 'POST', form.path, { lastName: 'Doe', email, token });
    await post('one@token.example');
    await post('one@token.example');
    await post('two@token.example');
    const kept = await submissions(form, 'spam');
    expect(kept.map(({ values }: { values: object }) => values)).toEqual([
      expect.objectContaining({ email: 'two@token.example' }),
    ]);
    await sales.expect(204, 'DELETE', `/v1/lead-forms/${form.id}/submissions/${kept[0].id}`);
    expect(await submissions(form, 'spam')).toEqual([]);
  });

  test('is not the token of another form', async () => {
    const [one, other] = [await formOf(), await formOf()];
    await send(one, { email: 'other@token.example', token: await tokenOf(other) });
    expect(await submissions(one, 'spam')).toHaveLength(1);
  });

  test('is a value of its own that another lead has, of which the sender hears nothing', async () => {
    const vat = { name: 'vat', label: 'VAT', type: 'text', unique: true };
    await sales.expect(201, 'POST', '/v1/properties/leads', vat);
    const form = await formOf({ fields: [...FIELDS, { name: 'custom.vat' }] });
    await send(form, { email: 'vat1@form.example', custom: { vat: 'DE1' } });
    const { status, text } = await send(form, { email: 'vat2@form.example', 'custom.vat': 'DE1' });
    expect([status, text.includes('DE1')]).toEqual([200, false]);
    expect((await submissions(form, 'spam'))[0].reasons).toEqual(['duplicate']);
  });

  test('is seen only by those who manage forms', async () => {
    const member = await server.createUser('member', sales);
    const { id } = await formOf();
    await member.expect(200, 'GET', `/v1/lead-forms/${id}`);
    await member.expect(403, 'GET', `/v1/lead-forms/${id}/submissions`);
    await member.expect(403, 'PATCH', `/v1/lead-forms/${id}`, { name: 'Mine' });
  });
});

describe('managing', () => {
  test('checks fields, people, sites and pages, and keeps versions', async () => {
    const form = await formOf();
    const path = `/v1/lead-forms/${form.id}`;
    const patch = async (body: object) => {
      const reply = await sales.expect(422, 'PATCH', path, body);
      return reply.body.errors[0].pointer;
    };
    expect(await patch({ fields: [{ name: 'status' }] })).toBe('/fields/0/name');
    expect(await patch({ fields: [{ name: 'custom.none' }] })).toBe('/fields/0/name');
    expect(await patch({ fields: [{ name: 'email' }, { name: 'email' }] })).toBe('/fields/1/name');
    expect(await patch({ fields: [] })).toBe('/fields');
    expect(await patch({ ownerId: form.id })).toBe('/ownerId');
    expect(await patch({ allowedOrigins: ['javascript:alert(1)'] })).toBe('/allowedOrigins');
    expect(await patch({ redirectUrl: 'javascript:alert(1)' })).toBe('/redirectUrl');
    expect(await patch({ name: null })).toBe('/name');
    expect(await patch({ publicKey: 'mine' })).toBe('/publicKey');
    const { body } = await sales.expect(200, 'PATCH', path, { name: 'Other' });
    expect([body.name, body.version, body.publicKey]).toEqual(['Other', 2, form.publicKey]);
    await sales.expect(412, 'PATCH', path, { name: 'Third' }, { 'if-match': '"1"' });
    const { body: list } = await sales.expect(200, 'GET', '/v1/lead-forms?limit=1');
    expect([list.data[0].id, list.page.hasMore]).toEqual([form.id, true]);
    await sales.expect(400, 'GET', `${path}/submissions?status=odd`);
    await sales.expect(204, 'DELETE', path);
    await sales.expect(404, 'GET', path);
    await visitor.expect(404, 'GET', form.path);
  });
});

describe('a flood', () => {
  test('is stopped for its address and its form, and touches nobody who has signed in', async () => {
    const other = await server.startInstance({ throttleLimit: 500, throttleWindow: 60 });
    const at = (client: Client) => client.with({ url: other.url });
    const form = await formOf();
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      const reply = await at(visitor).api('GET', form.path);
      statuses.push(reply.status);
      expect(reply.headers.get('ratelimit-policy')).toBe('"form";q=5;w=60');
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    const { headers } = await at(sales).expect(200, 'GET', '/v1/leads');
    expect(headers.get('ratelimit')).toMatch(/r=499/);
  });
});
