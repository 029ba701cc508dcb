import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { query } from '../support/database.js';
import { runImport, startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** The life of leads, as somebody who sells meets them. */
let server: TestServer;
let worker: INestApplicationContext;
let sales: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  sales = await server.createWorkspace('Selling');
});

afterAll(async () => {
  await worker.close();
  await server.close();
});

const make = async (path: string, body: object, client = sales) =>
  (await client.expect(201, 'POST', path, body)).body;

const get = async (path: string) => (await sales.expect(200, 'GET', path)).body;

const typesOf = async (path: string): Promise<string[]> =>
  (await get(`${path}/timeline`)).data.map(({ type }: { type: string }) => type);

const convert = (id: string, body: object, status = 200) =>
  sales.expect(status, 'POST', `/v1/leads/${id}/convert`, body);

describe('a lead', () => {
  test('comes in, is assigned, and becomes a contact, a company and a deal', async () => {
    const seller = await server.createUser('member', sales);
    await make('/v1/assignment-rules', {
      ...{ name: 'Everything', method: 'roundRobin', userIds: [seller.userId] },
    });
    const lead = await make('/v1/leads', {
      ...{ firstName: 'Jonas', lastName: 'Bergulfsen', email: 'Jonas@Sante-Gourmet.example' },
      ...{ phone: '+47 22 12 34 56', title: 'Owner', companyName: 'Santé Gourmet AS' },
      ...{ website: 'https://www.sante-gourmet.example/', industry: 'Food', employees: 12 },
      ...{ address: { city: 'Stavern', country: 'Norway' }, source: 'fair', rating: 'hot' },
      ...{ message: 'Twelve cases a month, please.', tags: ['oslo'], language: 'nb' },
    });
    expect(lead).toMatchObject({ status: 'new', ownerId: seller.userId, rating: 'hot' });
    const path = `/v1/leads/${lead.id}`;
    await seller.expect(200, 'PATCH', path, { status: 'working', score: 40 });
    await seller.expect(200, 'PATCH', path, { status: 'qualified' });

    const deal = { name: 'First cases', amount: '1250.00', currency: 'EUR' };
    const trial = await seller.expect(200, 'POST', `${path}/convert`, { deal, dryRun: true });
    expect(trial.body).toMatchObject({
      ...{ dryRun: true, lead: null, contact: { action: 'created', id: null } },
      ...{ company: { action: 'created', id: null, values: { domain: 'sante-gourmet.example' } } },
      deal: { action: 'created', id: null },
    });
    expect((await get('/v1/contacts')).data).toEqual([]);
    expect((await get(path)).status).toBe('qualified');

    const { body } = await seller.expect(200, 'POST', `${path}/convert`, { deal });
    expect(body.lead).toMatchObject({
      ...{ status: 'converted', convertedContactId: body.contact.id },
      ...{ convertedCompanyId: body.company.id, convertedDealId: body.deal.id },
    });
    expect(body.lead.convertedAt).toMatch(/Z$/);
    expect(await get(`/v1/contacts/${body.contact.id}`)).toMatchObject({
      ...{ firstName: 'Jonas', lastName: 'Bergulfsen', email: 'jonas@sante-gourmet.example' },
      ...{ phone: '+4722123456', companyId: body.company.id, ownerId: seller.userId },
      ...{ tags: ['oslo'], source: 'fair', language: 'nb', title: 'Owner' },
    });
    expect(await get(`/v1/companies/${body.company.id}`)).toMatchObject({
      ...{ name: 'Santé Gourmet AS', domain: 'sante-gourmet.example', industry: 'Food' },
      ...{ employees: 12, ownerId: seller.userId },
    });
    expect(await get(`/v1/deals/${body.deal.id}`)).toMatchObject({
      ...{ name: 'First cases', amount: '1250.00', currency: 'EUR', ownerId: seller.userId },
      ...{ contactId: body.contact.id, companyId: body.company.id, status: 'open' },
    });
    const history = ['lead.updated', 'lead.updated', 'lead.created'];
    expect(await typesOf(path)).toEqual(['lead.converted', ...history]);
    // What was written about the lead is read where people look from now on.
    for (const record of [`/v1/contacts/${body.contact.id}`, `/v1/deals/${body.deal.id}`]) {
      expect(await typesOf(record)).toEqual(expect.arrayContaining(['lead.converted', ...history]));
    }
    const again = await seller.expect(409, 'POST', `${path}/convert`, {});
    expect(again.body).toMatchObject({
      ...{ convertedContactId: body.contact.id, convertedDealId: body.deal.id },
      convertedCompanyId: body.company.id,
    });
    const included = await get(`${path}?include=convertedContact,convertedDeal`);
    expect(included.convertedContact.lastName).toBe('Bergulfsen');
    expect(included.convertedDeal.name).toBe('First cases');
    await make('/v1/contacts', { lastName: 'Survivor' }).then(({ id }) =>
      sales.expect(200, 'POST', `/v1/contacts/${id}/merge`, { duplicateIds: [body.contact.id] }),
    );
    expect((await get(path)).convertedContactId).not.toBe(body.contact.id);
    const { data } = await get('/v1/assignment-rules');
    await sales.expect(204, 'DELETE', `/v1/assignment-rules/${data[0].id}`);
  }, 30_000);

  test('is given up with a reason and taken up again; a patch can do neither', async () => {
    const { id } = await make('/v1/leads', { lastName: 'Maybe' });
    const path = `/v1/leads/${id}`;
    for (const status of ['disqualified', 'converted']) {
      const { body } = await sales.expect(422, 'PATCH', path, { status });
      expect(body.errors[0].pointer).toBe('/status');
      await sales.expect(422, 'POST', '/v1/leads', { lastName: 'X', status });
    }
    await sales.expect(422, 'PATCH', path, { disqualifiedReason: 'None' });
    await sales.expect(422, 'POST', `${path}/disqualify`, {});
    await sales.expect(409, 'POST', `${path}/requalify`);
    const { body: lost } = await sales.expect(200, 'POST', `${path}/disqualify`, {
      reason: 'No budget',
    });
    expect(lost).toMatchObject({ status: 'disqualified', disqualifiedReason: 'No budget' });
    const { body: refused } = await sales.expect(409, 'POST', `${path}/disqualify`, {
      reason: 'Again',
    });
    expect(refused.allowed).toEqual(['requalify']);
    expect((await convert(id, {}, 409)).body.allowed).toEqual(['requalify']);
    expect(
      (await sales.expect(422, 'PATCH', path, { status: 'new' })).body.errors[0].detail,
    ).toContain('requalify');
    const { body: back } = await sales.expect(200, 'POST', `${path}/requalify`);
    expect(back).toMatchObject({ status: 'working', disqualifiedReason: null });
    expect(await typesOf(path)).toEqual(['lead.requalified', 'lead.disqualified', 'lead.created']);
  });

  test('is assigned to somebody, or again by the rules', async () => {
    const [ann, bob] = [
      await server.createUser('member', sales),
      await server.createUser('member', sales),
    ];
    const lead = await make('/v1/leads', { lastName: 'Whose' });
    const path = `/v1/leads/${lead.id}/assign`;
    const { body } = await sales.expect(200, 'POST', path, { ownerId: ann.userId });
    expect(body).toMatchObject({ ownerId: ann.userId, assignedBy: null });
    expect(Date.parse(body.assignedAt)).toBeGreaterThanOrEqual(Date.parse(lead.assignedAt));
    await sales.expect(409, 'POST', path, { rule: true });
    const rule = await make('/v1/assignment-rules', {
      ...{ name: 'Bob', method: 'fixed', userIds: [bob.userId] },
    });
    const { body: ruled } = await sales.expect(200, 'POST', path, { rule: true });
    expect(ruled).toMatchObject({ ownerId: bob.userId, assignedBy: rule.id });
    await sales.expect(422, 'POST', path, {});
    await sales.expect(422, 'POST', path, { ownerId: lead.id });
    const patched = await sales.expect(200, 'PATCH', `/v1/leads/${lead.id}`, {
      ownerId: ann.userId,
    });
    expect(patched.body.assignedBy).toBeNull();
    expect(await typesOf(`/v1/leads/${lead.id}`)).toEqual([
      ...['lead.updated', 'lead.assigned', 'lead.assigned', 'lead.created'],
    ]);
    await sales.expect(204, 'DELETE', `/v1/assignment-rules/${rule.id}`);
  });

  test('has all that records have: search, duplicates, merge, import and export', async () => {
    const one = await make('/v1/leads', { lastName: 'Twin', email: 'twin@two.example' });
    const two = await make('/v1/leads', { lastName: 'Twin', email: 'twin@two.example' });
    const duplicates = await get(`/v1/leads/${one.id}/duplicates`);
    expect(duplicates.data[0]).toMatchObject({ id: two.id });
    expect(duplicates.data[0].reasons).toContain('email');
    await convert(two.id, { deal: null });
    const merge = { duplicateIds: [two.id] };
    const { body } = await sales.expect(200, 'POST', `/v1/leads/${one.id}/merge`, merge);
    // Who has become a customer does not become a lead again.
    expect(body.record).toMatchObject({ id: one.id, status: 'converted' });
    expect(body.record.convertedContactId).not.toBeNull();
    const found = await get('/v1/search?q=twin&types=lead');
    expect(found.data.map(({ id }: { id: string }) => id)).toEqual([one.id]);
    const file = [
      'First name,Last name,Email,Company,Status,Country',
      'Ada,King,ada@engines.example,Engines Ltd,Qualified,United Kingdom',
      'Bad,Row,bad@row.example,,converted,',
    ].join('\n');
    const done = await runImport(sales, { options: { object: 'leads' }, file });
    expect(done.totals).toMatchObject({ read: 2, created: 1, failed: 1 });
    const { text } = await sales.expect(
      200,
      'GET',
      '/v1/leads/export?fields=email,status,address.country&filter[email]=ada@engines.example',
    );
    expect(text).toContain('ada@engines.example,qualified,GB');
  }, 30_000);
});

describe('converting', () => {
  test('matches a contact by its address and a company by its domain, and fills gaps only', async () => {
    const company = await make('/v1/companies', {
      ...{ name: 'Old name', domain: 'gaps.example', industry: 'Brewing' },
    });
    const contact = await make('/v1/contacts', {
      ...{ lastName: 'Known', email: 'known@gaps.example', title: 'Boss' },
    });
    const lead = await make('/v1/leads', {
      ...{ firstName: 'New', lastName: 'Other', email: 'known@gaps.example', title: 'Clerk' },
      ...{ companyName: 'Another name', industry: 'Food', employees: 7 },
      address: { city: 'Kronach', country: 'DE' },
    });
    const { body } = await convert(lead.id, { deal: 'none' });
    expect(body).toMatchObject({
      contact: { action: 'matched', id: contact.id, matchedBy: ['email'] },
      company: { action: 'matched', id: company.id, matchedBy: ['domain'] },
      deal: { action: 'none', id: null },
    });
    expect(Object.keys(body.contact.values).sort()).toEqual(['address', 'companyId', 'firstName']);
    expect(await get(`/v1/contacts/${contact.id}`)).toMatchObject({
      ...{ firstName: 'New', lastName: 'Known', title: 'Boss', companyId: company.id },
      address: { city: 'Kronach' },
    });
    expect(await get(`/v1/companies/${company.id}`)).toMatchObject({
      ...{ name: 'Old name', industry: 'Brewing', employees: 7 },
    });
    expect((await get('/v1/deals')).data.map(({ name }: { name: string }) => name)).not.toContain(
      'Another name',
    );
  });

  test('takes names for the same whatever their legal form, case and accents', async () => {
    const company = await make('/v1/companies', { name: 'Müller & Söhne GmbH & Co. KG' });
    const lead = await make('/v1/leads', {
      ...{ lastName: 'Müller', email: 'someone@gmail.com', companyName: 'MULLER & SOHNE' },
    });
    const { body } = await convert(lead.id, { deal: null });
    expect(body.company).toMatchObject({ id: company.id, matchedBy: ['name'] });
  });

  test('names who may be meant when that is not certain, and waits for an answer', async () => {
    const phone = '+49 30 901820';
    const [ann, bob] = [
      await make('/v1/contacts', { lastName: 'Ann', phone }),
      await make('/v1/contacts', { lastName: 'Bob', mobile: phone }),
    ];
    const twins = [
      await make('/v1/companies', { name: 'Twin Works' }),
      await make('/v1/companies', { name: 'Twin Works Ltd' }),
    ];
    const lead = await make('/v1/leads', { firstName: 'A', phone, companyName: 'twin works' });
    const trial = (await convert(lead.id, { dryRun: true })).body;
    const idsOf = ({ candidates }: { candidates: { id: string }[] }) =>
      candidates.map(({ id }) => id).sort();
    expect([trial.contact.action, trial.company.action]).toEqual(['ambiguous', 'ambiguous']);
    expect(idsOf(trial.contact)).toEqual([ann.id, bob.id].sort());
    expect(idsOf(trial.company)).toEqual(twins.map(({ id }) => id).sort());
    const refused = (await convert(lead.id, {}, 409)).body;
    expect(refused.candidates.contact).toEqual(trial.contact.candidates);
    expect((await get(`/v1/leads/${lead.id}`)).status).toBe('new');
    const { body } = await convert(lead.id, {
      contact: { id: bob.id },
      company: { fields: { name: 'Twin Works of Leeds' } },
      deal: null,
    });
    expect([body.contact.action, body.contact.id]).toEqual(['chosen', bob.id]);
    expect(body.company.action).toBe('created');
    expect((await get(`/v1/contacts/${bob.id}`)).companyId).toBe(body.company.id);
  });

  test('leaves nothing behind when one part of it is refused', async () => {
    const { body: property } = await sales.expect(201, 'POST', '/v1/properties/leads', {
      ...{ name: 'plan', label: 'Plan', type: 'text' },
    });
    expect(property.name).toBe('plan');
    const matched = await make('/v1/contacts', { lastName: 'Same', email: 'same@half.example' });
    const lead = await make('/v1/leads', {
      ...{ firstName: 'Half', lastName: 'Same', email: 'same@half.example' },
      ...{ companyName: 'Half Done', custom: { plan: 'gold' } },
    });
    const state = async () => {
      const tables = ['leads', 'contacts', 'companies', 'deals', 'events', 'event_records'];
      const rows: unknown[] = [];
      for (const table of [...tables, 'search_documents', 'record_index']) {
        rows.push(
          await query(
            server.database.superuserUrl,
            `select to_jsonb(t) - 'position' as row from ${table} t
              where workspace_id = '${sales.workspaceId}' order by to_jsonb(t)::text`,
          ),
        );
      }
      return rows;
    };
    const before = await state();
    const nowhere = '0198c0de-0000-7000-8000-000000000000';
    const { body } = await convert(lead.id, { deal: { name: 'X', pipelineId: nowhere } }, 422);
    expect(body.errors[0].pointer).toBe('/deal/pipelineId');
    expect(await state()).toEqual(before);
    for (const deal of [{ name: '' }, { amount: 'much' }, { color: 'red' }]) {
      const refusal = await convert(lead.id, { deal }, 422);
      expect(refusal.body.errors[0].pointer).toMatch(/^\/deal\//);
    }
    await convert(lead.id, { contact: { id: nowhere } }, 422);
    await convert(lead.id, { ownerId: nowhere }, 422);
    await convert(lead.id, { company: { fields: { domain: '?' } } }, 422);
    expect(await state()).toEqual(before);
    const headers = { 'idempotency-key': 'a-trial' };
    const trial = { dryRun: true };
    await sales.expect(200, 'POST', `/v1/leads/${lead.id}/convert`, trial, headers);
    expect((await get(`/v1/leads/${lead.id}`)).status).toBe('new');
    expect((await get(`/v1/contacts/${matched.id}`)).version).toBe(1);
  });

  test('happens once, however many ask at once', async () => {
    const lead = await make('/v1/leads', { lastName: 'Once', companyName: 'Once Only' });
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => sales.api('POST', `/v1/leads/${lead.id}/convert`, {})),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)]);
    const found = await get('/v1/companies?filter[name]=Once Only&count=exact');
    expect(found.page.total).toBe(1);
  });

  test('needs the permissions for what it makes, and leaves alone what others own', async () => {
    await make('/v1/roles', {
      ...{ name: 'Lead clerk', permissions: ['lead:*', 'contact:read', 'contact:create'] },
    });
    const clerk = await server.createUser('Lead clerk', sales);
    const contact = await make('/v1/contacts', { lastName: 'Theirs', email: 'theirs@x.example' });
    const lead = await make('/v1/leads', { firstName: 'T', email: 'theirs@x.example' });
    const path = `/v1/leads/${lead.id}/convert`;
    expect((await clerk.expect(403, 'POST', path, {})).body.detail).toContain('deal:create');
    const { body } = await clerk.expect(200, 'POST', path, { deal: null });
    expect(body.contact).toMatchObject({ id: contact.id, values: {} });
    expect((await get(`/v1/contacts/${contact.id}`)).version).toBe(1);
  });
});
