import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { query } from '../support/database.js';
import fc from '../support/seeded-fast-check.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Consent of many contacts at once, of contacts that become one, and lists of addresses. */
let server: TestServer;
let shop: Client;

beforeAll(async () => {
  server = await startServer();
  shop = await server.createWorkspace('Shop');
}, 60_000);

afterAll(() => server.close());

let people = 0;
const newEmail = () => `person-${(people += 1)}@example.com`;
const contact = async (fields: object = {}, by = shop) => {
  const body = { lastName: 'Person', ...fields };
  return (await by.expect(201, 'POST', '/v1/contacts', body)).body as { id: string };
};

const GRANTED = {
  ...{ purpose: 'marketing', channel: 'email', status: 'granted', confirmed: true },
  proof: { note: 'On paper' },
};
const WITHDRAWN = { purpose: 'marketing', channel: 'email', status: 'withdrawn' };

const batch = async (status: number, records: object[], by = shop) =>
  (await by.expect(status, 'POST', '/v1/consents/batch', { records })).body;

const statusOf = async (id: string, channel = 'email') =>
  (await shop.expect(200, 'GET', `/v1/contacts/${id}/consents`)).body.data.find(
    (item: { channel: string }) => item.channel === channel,
  );

const historyOf = async (id: string) =>
  (await shop.expect(200, 'GET', `/v1/contacts/${id}/consents/history`)).body.data;

const suppress = async (entries: object[], more: object = {}, by = shop) =>
  (await by.expect(200, 'POST', '/v1/suppressions', { entries, ...more })).body;

const mail = (address: string) => ({ channel: 'email', address });

const check = async (...addresses: string[]) =>
  (await shop.expect(200, 'POST', '/v1/suppressions/check', { entries: addresses.map(mail) })).body
    .data;

describe('a list from another system', () => {
  test('is taken once, however often it is sent; bad items keep no good one out', async () => {
    const [first, second] = [newEmail(), newEmail()];
    const { id } = await contact({ email: first });
    const { id: other } = await contact({ email: second });
    const records = [
      { ...GRANTED, email: first.toUpperCase(), occurredAt: '2024-05-01T10:00:00Z' },
      { ...WITHDRAWN, contactId: other, occurredAt: '2025-01-01T10:00:00Z' },
      { ...GRANTED, email: 'nobody@example.com' },
      { ...GRANTED, email: first, contactId: id },
      { ...GRANTED, email: first, purpose: 'none' },
    ];
    const done = await batch(207, records);
    expect([done.succeeded, done.failed]).toEqual([2, 3]);
    expect(done.results).toMatchObject([
      { index: 0, status: 200, contactId: id, outcome: 'granted', consent: 'granted' },
      { index: 1, status: 200, contactId: other, outcome: 'withdrawn' },
      { index: 2, status: 404 },
      { index: 3, status: 422, error: { errors: [{ pointer: '/contactId' }] } },
      { index: 4, status: 422, error: { errors: [{ pointer: '/purpose' }] } },
    ]);
    expect(await statusOf(id)).toMatchObject({ changedAt: '2024-05-01T10:00:00.000Z' });
    const again = await batch(207, records);
    expect(again.results).toMatchObject([
      { outcome: 'unchanged' },
      { outcome: 'unchanged' },
      {},
      {},
      {},
    ]);
    expect(await historyOf(id)).toHaveLength(1);
    const earlier = { contactId: other, occurredAt: '2024-12-31T10:00:00Z' };
    const late = await batch(200, [{ ...GRANTED, ...earlier }]);
    expect(late.results).toMatchObject([{ outcome: 'superseded', consent: 'withdrawn' }]);
  });

  test('goes out again page by page, for who may read all contacts', async () => {
    const other = await server.createWorkspace('Other');
    const said = [];
    for (const status of [GRANTED, WITHDRAWN, GRANTED]) {
      const email = newEmail();
      const { id } = await contact({ email }, other);
      said.push({ email, contactId: id, status: status.status, purpose: 'marketing' });
      await batch(200, [{ ...status, email }], other);
    }
    const pages: object[] = [];
    let path: string | undefined = '/v1/consents?limit=2';
    while (path !== undefined) {
      const { body, headers } = await other.expect(200, 'GET', path);
      pages.push(...body.data);
      path = /<(.+)>/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(pages).toMatchObject(said);
    const role = { name: 'Own', permissions: ['contact:read:own'] };
    await other.expect(201, 'POST', '/v1/roles', role);
    const limited = await server.createUser('Own', other);
    await limited.expect(403, 'GET', '/v1/consents');
  });

  test('of 1,000 is one event with an entry on each timeline, and 1,001 are too many', async () => {
    const people = Array.from({ length: 1000 }, () => ({ lastName: 'Many', email: newEmail() }));
    const made = await shop.expect(200, 'POST', '/v1/contacts/batch', {
      ...{ operation: 'create', records: people },
    });
    const ids = made.body.results.map(({ id }: { id: string }) => id) as string[];
    const done = await batch(
      200,
      ids.map((contactId) => ({ ...GRANTED, contactId })),
    );
    expect(done.succeeded).toBe(1000);
    const feed = await shop.expect(
      200,
      'GET',
      '/v1/events?types=contact.consent_granted&limit=500',
    );
    expect(feed.body.data.at(-1).recordIds).toHaveLength(1000);
    const path = `/v1/contacts/${ids[777] as string}/timeline`;
    const [entry] = (await shop.expect(200, 'GET', path)).body.data;
    expect(entry).toMatchObject({
      type: 'contact.consent_granted',
      changes: { 'consent.marketing.email': [null, 'granted'], source: 'api' },
    });
    const over = Array.from({ length: 1001 }, () => ({ ...GRANTED, email: 'x@example.com' }));
    const { errors } = await batch(422, over);
    expect(errors[0]).toMatchObject({ pointer: '/records' });
  }, 60_000);

  test('changes only the contacts that the caller owns, if they may change no others', async () => {
    const member = await server.createUser('member', shop);
    const theirs = await contact({ email: newEmail() }, member);
    const others = await contact({ email: newEmail() });
    const records = [theirs, others].map(({ id }) => ({ ...GRANTED, contactId: id }));
    const { results } = await batch(207, records, member);
    expect(results).toMatchObject([{ status: 200 }, { status: 403 }]);
    await member.expect(403, 'POST', `/v1/contacts/${others.id}/consents`, WITHDRAWN);
    const viewer = await server.createUser('viewer', shop);
    await viewer.expect(200, 'GET', `/v1/contacts/${others.id}/consents`);
    await viewer.expect(403, 'POST', `/v1/contacts/${others.id}/consents`, WITHDRAWN);
    await viewer.expect(403, 'POST', '/v1/suppressions', { entries: [mail('x@example.com')] });
  });
});

test('the history is only ever added to, also by the server itself', async () => {
  const { id } = await contact({ email: newEmail() });
  await batch(200, [{ ...GRANTED, contactId: id }]);
  for (const change of [
    "update consent_history set status = 'withdrawn'",
    'delete from consent_history',
  ]) {
    const statement = `begin; set local role keel_app;
      select set_config('app.workspace', '${shop.workspaceId}', true); ${change}; commit`;
    await expect(query(server.database.superuserUrl, statement)).rejects.toThrow(
      'permission denied',
    );
  }
  expect(await historyOf(id)).toHaveLength(1);
});

describe('contacts that become one', () => {
  const STATUSES = ['none', 'granted', 'withdrawn'] as const;
  type Status = (typeof STATUSES)[number];

  /** What the survivor may be reached for: a grant of another's goes with the address alone. */
  const expected = (kept: Status, lost: readonly Status[]): Status => {
    if ([kept, ...lost].includes('withdrawn')) return 'withdrawn';
    return kept;
  };

  test('have what the strictest of them said, in whichever order they are merged', async () => {
    const status = fc.constantFrom(...STATUSES);
    const sets = fc.tuple(status, fc.array(status, { minLength: 1, maxLength: 3 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(sets, async ([kept, lost, atOnce]) => {
        const all = [kept, ...lost];
        const ids: string[] = [];
        while (ids.length < all.length) ids.push((await contact({ email: newEmail() })).id);
        const records = all.flatMap((said, index) => {
          const contactId = ids[index] as string;
          return said === 'none'
            ? []
            : [{ ...(said === 'granted' ? GRANTED : WITHDRAWN), contactId }];
        });
        if (records.length > 0) await batch(200, records);
        const [survivor, ...duplicates] = ids as [string, ...string[]];
        const rounds = atOnce ? [duplicates] : duplicates.map((id) => [id]).reverse();
        for (const duplicateIds of rounds) {
          await shop.expect(200, 'POST', `/v1/contacts/${survivor}/merge`, { duplicateIds });
        }
        expect((await statusOf(survivor)).status).toBe(expected(kept, lost));
        const history = (await historyOf(survivor)) as { source: string }[];
        expect(history.filter(({ source }) => source !== 'merge')).toHaveLength(records.length);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test('take a grant over with the address that it was given for', async () => {
    const email = newEmail();
    const kept = await contact({ phone: '+49 30 901820' });
    const lost = await contact({ email });
    await batch(200, [{ ...GRANTED, contactId: lost.id }]);
    const path = `/v1/contacts/${kept.id}/merge`;
    const dry = await shop.expect(200, 'POST', path, { duplicateIds: [lost.id], dryRun: true });
    expect(dry.body.changes.email).toEqual([null, email]);
    expect((await statusOf(kept.id)).status).toBe('none');
    await shop.expect(200, 'POST', path, { duplicateIds: [lost.id] });
    expect(await statusOf(kept.id)).toMatchObject({ status: 'granted', allowed: true });
    const [, moved] = await historyOf(kept.id);
    expect(moved.proof).toEqual({ note: 'On paper', mergedFrom: lost.id });
    await shop.expect(301, 'GET', `/v1/contacts/${lost.id}/consents`);
  });
});

describe('suppressed addresses', () => {
  test('are added and found in any spelling, listed without being told, and taken off', async () => {
    const entries = [mail('Angry@Example.com'), mail('angry@example.com '.trim())];
    expect(await suppress(entries, { note: 'By letter' })).toEqual({ added: 1, known: 0 });
    expect(await suppress(entries)).toEqual({ added: 0, known: 1 });
    const phone = { channel: 'sms', address: '+49 (170) 1234567' };
    expect(await suppress([phone])).toEqual({ added: 1, known: 0 });
    const found = await shop.expect(200, 'POST', '/v1/suppressions/check', {
      entries: [{ channel: 'sms', address: '+491701234567' }, mail('else@example.com')],
    });
    expect(found.body.data).toMatchObject([{ suppressed: true }, { suppressed: false, id: null }]);
    const [{ id }] = await check('angry@example.com');
    const page = await shop.expect(200, 'GET', '/v1/suppressions?reason=manual&limit=1');
    expect(page.body).toMatchObject({ data: [{ channel: 'sms' }], page: { hasMore: true } });
    expect(page.text).not.toContain('example.com');
    await shop.expect(400, 'DELETE', `/v1/suppressions/${id}`);
    await shop.expect(204, 'DELETE', `/v1/suppressions/${id}?reason=They+asked+us+to`);
    await shop.expect(404, 'GET', `/v1/suppressions/${id}`);
    expect(await check('angry@example.com')).toMatchObject([{ suppressed: false }]);
    const audit = await shop.expect(200, 'GET', '/v1/audit?type=suppression.removed');
    expect(audit.body.data[0].changes).toMatchObject({ why: 'They asked us to', reason: 'manual' });
  });

  test('that are none are named, each', async () => {
    const { body } = await shop.expect(422, 'POST', '/v1/suppressions', {
      entries: [
        mail('fine@example.com'),
        mail('no address'),
        { channel: 'phone', address: '030 1' },
      ],
    });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      ...['/entries/1/address', '/entries/2/address'],
    ]);
    expect(await check('fine@example.com')).toMatchObject([{ suppressed: false }]);
  });

  test('keep the strongest reason', async () => {
    const address = newEmail();
    for (const reason of ['bounced', 'complaint', 'unsubscribed'])
      await suppress([mail(address)], { reason });
    expect(await check(address)).toMatchObject([{ reason: 'complaint' }]);
  });

  test('are another workspace’s own, under another key', async () => {
    const address = newEmail();
    const other = await server.createWorkspace('Other');
    await suppress([mail(address)]);
    await suppress([mail(address)], {}, other);
    const hashes = await query(
      server.database.superuserUrl,
      `select count(distinct address_hash)::int as count from suppressions
        where workspace_id in ('${shop.workspaceId}', '${other.workspaceId}') and id in (
          select id from suppressions order by id desc limit 2)`,
    );
    expect(hashes).toEqual([{ count: 2 }]);
  });

  test('are what remains of somebody who had withdrawn one of several consents', async () => {
    const purpose = { key: 'events', name: 'Events', doubleOptIn: false };
    await shop.expect(201, 'POST', '/v1/consent-purposes', purpose);
    const email = newEmail();
    const { id } = await contact({ email, mobile: '+491709999999' });
    await batch(200, [
      { ...GRANTED, contactId: id, purpose: 'events' },
      { ...WITHDRAWN, contactId: id },
    ]);
    expect(await check(email)).toMatchObject([{ suppressed: false }]);
    await shop.expect(204, 'DELETE', `/v1/contacts/${id}?purge=true`);
    expect(await check(email)).toMatchObject([{ suppressed: true, reason: 'erased' }]);
  });
});

describe('purposes', () => {
  test('are made, changed and removed while nobody has said anything about them', async () => {
    const path = '/v1/consent-purposes';
    const made = await shop.expect(201, 'POST', path, { key: 'survey', name: 'Surveys' });
    expect(made.body).toMatchObject({ version: 1, channels: ['email', 'phone', 'sms', 'post'] });
    const { body } = await shop.expect(409, 'POST', path, { key: 'survey', name: 'Again' });
    expect(body).toMatchObject({ code: 'duplicate', existingId: made.body.id });
    const at = `${path}/${made.body.id as string}`;
    const changed = await shop.expect(
      200,
      'PATCH',
      at,
      { channels: ['sms', 'email'] },
      { 'if-match': '"1"' },
    );
    expect(changed.body).toMatchObject({ version: 2, channels: ['email', 'sms'] });
    await shop.expect(412, 'PATCH', at, { name: 'X' }, { 'if-match': '"1"' });
    await shop.expect(422, 'PATCH', at, { key: 'other' });
    const { id } = await contact({ phone: '+4930901820' });
    const byPhone = { purpose: 'survey', channel: 'phone', status: 'granted' };
    const refused = await shop.expect(422, 'POST', `/v1/contacts/${id}/consents`, byPhone);
    expect(refused.body.errors[0].pointer).toBe('/channel');
    const text = await shop.expect(200, 'POST', `/v1/contacts/${id}/consents`, {
      ...byPhone,
      channel: 'sms',
    });
    expect(text.body).toMatchObject({ status: 'granted', allowed: true });
    const kept = await shop.expect(409, 'DELETE', at);
    expect(kept.body.detail).toContain('Set active to false');
    await shop.expect(200, 'PATCH', at, { active: false });
    await shop.expect(422, 'POST', `/v1/contacts/${id}/consents`, { ...byPhone, channel: 'email' });
    await shop.expect(204, 'DELETE', `/v1/contacts/${id}?purge=true`);
    await shop.expect(204, 'DELETE', at);
  });
});
