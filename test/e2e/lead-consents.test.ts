import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

/** What people agree to in forms of web sites, until it is told of the contacts they become. */
let server: TestServer;
let sales: Client;
let visitor: Client;

const TEXT = 'Yes, write to me about new cups. I can withdraw this at any time.';
const FIELDS = [{ name: 'lastName', required: true }, { name: 'email' }];

beforeAll(async () => {
  server = await startServer();
  sales = await server.createWorkspace('Forms and consent');
  visitor = new Client(server.url, null);
  for (const [key, doubleOptIn] of [
    ['news', true],
    ['offers', false],
  ] as const) {
    const purpose = { key, name: key, channels: ['email'], doubleOptIn };
    await sales.expect(201, 'POST', '/v1/consent-purposes', purpose);
  }
});

afterAll(() => server.close());

const formFor = async (consentPurpose: string | null) =>
  (
    await sales.expect(201, 'POST', '/v1/lead-forms', {
      ...{ name: 'News', fields: FIELDS, minSeconds: 0, consentText: TEXT, consentPurpose },
    })
  ).body as { id: string; publicKey: string };

/** Sends a form as a person would; the lead it makes. */
async function enquire(form: { publicKey: string }, email: string): Promise<string> {
  const path = `/v1/forms/${form.publicKey}`;
  const { token } = (await visitor.expect(200, 'GET', path)).body;
  const headers = { origin: 'https://cups.example' };
  await visitor.expect(
    200,
    'POST',
    path,
    { lastName: 'Doe', email, consent: true, token },
    headers,
  );
  const found = await sales.expect(200, 'GET', `/v1/leads?filter[email]=${email}&sort=-createdAt`);
  return found.body.data[0].id;
}

const convert = async (leadId: string, body: object = {}): Promise<string> =>
  (await sales.expect(200, 'POST', `/v1/leads/${leadId}/convert`, body)).body.contact.id;

const stateOf = async (contactId: string, purpose: string) => {
  const { data } = (await sales.expect(200, 'GET', `/v1/contacts/${contactId}/consents`)).body;
  return data.find(
    (one: { purpose: string; channel: string }) =>
      one.purpose === purpose && one.channel === 'email',
  );
};

const historyOf = async (contactId: string) =>
  (await sales.expect(200, 'GET', `/v1/contacts/${contactId}/consents/history`)).body.data;

const contactOf = async (email: string): Promise<string> =>
  (await sales.expect(201, 'POST', '/v1/contacts', { lastName: 'Doe', email })).body.id;

const say = (contactId: string, purpose: string, status: string, occurredAt?: string) =>
  sales.expect(200, 'POST', `/v1/contacts/${contactId}/consents`, {
    ...{ purpose, channel: 'email', status },
    ...(occurredAt === undefined ? {} : { occurredAt }),
  });

describe('what somebody agrees to in a form', () => {
  test('is in the history of the contact they become, with form, time, address and text', async () => {
    const form = await formFor('news');
    const leadId = await enquire(form, 'ann@doe.example');
    // A dry run leaves nothing; and what users write into the lead, or the end of the form, changes
    // nothing of the proof.
    const { body: dry } = await sales.expect(200, 'POST', `/v1/leads/${leadId}/convert`, {
      dryRun: true,
    });
    expect(dry.contact.id).toBeNull();
    await sales.expect(200, 'PATCH', `/v1/leads/${leadId}`, { consentText: 'Everything' });
    const { body: lead } = await sales.expect(200, 'GET', `/v1/leads/${leadId}`);
    await sales.expect(204, 'DELETE', `/v1/lead-forms/${form.id}`);
    const contactId = await convert(leadId);
    const [entry, ...others] = await historyOf(contactId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      ...{ purpose: 'news', channel: 'email', status: 'pending', source: 'form' },
      ...{ occurredAt: lead.consentAt },
      proof: { text: TEXT, formId: form.id, url: 'https://cups.example' },
    });
    expect(entry.proof.ip).toMatch(/^(?:::ffff:)?127\.0\.0\.1$|^::1$/);
    // The purpose wants it confirmed: they are asked, and not reached before.
    expect(await stateOf(contactId, 'news')).toMatchObject({
      ...{ status: 'pending', allowed: false, confirmation: { asks: 1 } },
    });
  });

  test('counts at once where the purpose needs no confirmation, also for a known contact', async () => {
    const contactId = await contactOf('ben@doe.example');
    const leadId = await enquire(await formFor('offers'), 'ben@doe.example');
    expect(await convert(leadId)).toBe(contactId);
    expect(await stateOf(contactId, 'offers')).toMatchObject({ status: 'granted', allowed: true });
    // A form that names no purpose means the first one.
    const second = await enquire(await formFor(null), 'ben2@doe.example');
    expect(await stateOf(await convert(second), 'marketing')).toMatchObject({ status: 'pending' });
  });

  test('does not undo what the contact has said later, and is heard when it is the later', async () => {
    const form = await formFor('offers');
    const contactId = await contactOf('cora@doe.example');
    const leadId = await enquire(form, 'cora@doe.example');
    await say(contactId, 'offers', 'withdrawn');
    await convert(leadId);
    expect(await stateOf(contactId, 'offers')).toMatchObject({ status: 'withdrawn' });
    expect(await historyOf(contactId)).toHaveLength(1);
    // They come back: newer, and said by themselves.
    await convert(await enquire(form, 'cora@doe.example'));
    const [entry] = await historyOf(contactId);
    expect(entry).toMatchObject({ status: 'granted', source: 'form' });
    // Their address stays suppressed until they lift that themselves.
    expect(await stateOf(contactId, 'offers')).toMatchObject({
      ...{ status: 'granted', suppressed: 'unsubscribed', allowed: false },
    });
  });

  test('is told of nobody with another address, nor for a purpose that is closed', async () => {
    const contactId = await contactOf('dan@doe.example');
    const form = await formFor('offers');
    const contact = { id: contactId };
    await convert(await enquire(form, 'private@doe.example'), { contact });
    expect(await historyOf(contactId)).toEqual([]);
    const { data } = (await sales.expect(200, 'GET', '/v1/consent-purposes')).body;
    const { id } = data.find(({ key }: { key: string }) => key === 'offers');
    const leadId = await enquire(form, 'dan@doe.example');
    await sales.expect(200, 'PATCH', `/v1/consent-purposes/${id}`, { active: false });
    await convert(leadId);
    expect(await historyOf(contactId)).toEqual([]);
    const { body } = await sales.expect(422, 'POST', '/v1/lead-forms', {
      ...{ name: 'Closed', fields: FIELDS, consentText: TEXT, consentPurpose: 'offers' },
    });
    expect(body.errors).toMatchObject([{ pointer: '/consentPurpose', code: 'reference' }]);
    await sales.expect(200, 'PATCH', `/v1/consent-purposes/${id}`, { active: true });
  });

  test('is carried from each form they sent, and from leads that were merged', async () => {
    const news = await formFor('news');
    const offers = await formFor('offers');
    const first = await enquire(news, 'eve@doe.example');
    expect(await enquire(offers, 'eve@doe.example')).toBe(first);
    const { body: other } = await sales.expect(201, 'POST', '/v1/leads', {
      ...{ lastName: 'Doe', email: 'eve@doe.example' },
    });
    const merge = { duplicateIds: [first] };
    await sales.expect(200, 'POST', `/v1/leads/${other.id}/merge`, merge);
    const contactId = await convert(other.id);
    const told = (await historyOf(contactId)).map(
      ({ purpose, status }: { purpose: string; status: string }) => `${purpose} ${status}`,
    );
    expect(told.sort()).toEqual(['news pending', 'offers granted']);
  });
});
