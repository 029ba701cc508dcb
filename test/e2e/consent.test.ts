import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { RequestContext } from '../../src/common/context.js';
import { Reachability } from '../../src/modules/consent/index.js';
import type { SMTPServerOptions } from 'smtp-server';
import { SignedLinks } from '../../src/platform/links/signed-links.js';
import { query } from '../support/database.js';
import { startWorker } from '../support/imports.js';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** A shop asks people whether it may write to them, and keeps to what they say. */
let smtp: SmtpReceiver;
let server: TestServer;
let worker: INestApplicationContext;
let shop: Client;
let stranger: Client;
let reachability: Reachability;

const BROWSER = { accept: 'text/html,application/xhtml+xml', 'user-agent': 'Firefox/140' };
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Tries of each address. The server puts some off once, and refuses some for good. */
const tries = new Map<string, number>();
const putOff: SMTPServerOptions['onRcptTo'] = ({ address }, _session, done) => {
  tries.set(address, (tries.get(address) ?? 0) + 1);
  const code = address.startsWith('never') ? 550 : address.startsWith('later') ? 451 : 250;
  if (code === 250 || (code === 451 && tries.get(address) === 2)) return done();
  done(Object.assign(new Error('Not now, or not ever'), { responseCode: code }));
};

beforeAll(async () => {
  smtp = await startSmtpReceiver({ onRcptTo: putOff });
  const mail = { smtpUrl: smtp.url, mailFrom: 'Shop <shop@example.com>' };
  server = await startServer({ ...mail, publicUrl: 'https://shop.example' });
  worker = await startWorker(server.config);
  shop = await server.createWorkspace('Shop');
  stranger = new Client(server.url, null);
  reachability = server.app.get(Reachability, { strict: false });
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
  await smtp.stop();
});

const make = async (path: string, body: object, by = shop) =>
  (await by.expect(201, 'POST', path, body)).body as { id: string };

let people = 0;
const person = async (by = shop) => {
  const email = `person-${(people += 1)}@example.com`;
  return { email, ...(await make('/v1/contacts', { lastName: `Person ${people}`, email }, by)) };
};

const put = async (id: string, body: object, by = shop) =>
  (await by.expect(200, 'POST', `/v1/contacts/${id}/consents`, body)).body;

const GRANT = { purpose: 'marketing', channel: 'email', status: 'granted' };
const WITHDRAW = { ...GRANT, status: 'withdrawn' };
/** Consent that somebody has already confirmed elsewhere. */
const CONFIRMED = { ...GRANT, confirmed: true, proof: { note: 'Confirmed in the old system' } };

const consentOf = async (id: string, channel = 'email', purpose = 'marketing') =>
  (await shop.expect(200, 'GET', `/v1/contacts/${id}/consents`)).body.data.find(
    (item: { channel: string; purpose: string }) =>
      item.channel === channel && item.purpose === purpose,
  );

const historyOf = async (id: string) =>
  (await shop.expect(200, 'GET', `/v1/contacts/${id}/consents/history`)).body.data;

const linkIn = (text: string | undefined): string =>
  new URL(/https:\/\/shop\.example\/\S+/.exec(text ?? '')?.[0] ?? '').pathname;

const contextOf = (client: Client): RequestContext => ({
  workspaceId: client.workspaceId,
  principal: { type: 'user', id: client.userId, userId: client.userId },
  grants: new Map(),
  ...{ accessKey: '', requestId: 'test', ip: null },
});

const mayMail = async (ids: string[], by = shop) => [
  ...(await reachability.reachable(contextOf(by), ids, 'marketing')).keys(),
];

/** Paths of the links of a mail to a contact. */
async function waysOut(id: string, by = shop) {
  const ctx = contextOf(by);
  const purpose = await reachability.purpose(ctx, 'marketing');
  const found = (await reachability.unsubscribeHeaders(ctx, [id], purpose)).get(id);
  if (!found) throw new Error('No links');
  const { unsubscribeUrl, preferencesUrl, headers } = found;
  const path = (url: string) => new URL(url).pathname;
  return { headers, unsubscribe: path(unsubscribeUrl), preferences: path(preferencesUrl) };
}

const check = async (address: string, by = shop) =>
  (
    await by.expect(200, 'POST', '/v1/suppressions/check', {
      entries: [{ channel: 'email', address }],
    })
  ).body.data[0];

test('from a sign-up to being forgotten, and still not written to', async () => {
  const text = 'Yes, send me offers by e-mail.';
  const { data } = (await shop.expect(200, 'GET', '/v1/consent-purposes')).body;
  expect(data).toMatchObject([{ key: 'marketing', doubleOptIn: true, consentNeeded: true }]);
  await shop.expect(200, 'PATCH', `/v1/consent-purposes/${data[0].id}`, { consentText: text });

  const maria = await make('/v1/contacts', { firstName: 'Maria', email: 'maria@example.com' });
  expect(await consentOf(maria.id)).toMatchObject({ status: 'none', allowed: false });
  const proof = { formId: 'footer', ip: '192.0.2.7', text };
  const asked = await put(maria.id, { ...GRANT, source: 'web-form', proof });
  expect(asked).toMatchObject({ status: 'pending', outcome: 'asked', allowed: false });
  expect(await mayMail([maria.id])).toEqual([]);

  const mail = await smtp.mailTo('maria@example.com');
  expect(mail.parsed.subject).toBe('Please confirm: Marketing');
  expect(mail.parsed.text).toContain(text);
  expect(mail.parsed.html).toContain('Hello Maria');
  const link = linkIn(mail.parsed.text);

  // A program that looks through mails opens the link, and confirms nothing.
  const page = await stranger.expect(200, 'GET', link, undefined, BROWSER);
  expect(page.text).toContain('<form method="post"><button type="submit">Yes, I confirm</button>');
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect((await stranger.expect(200, 'GET', link)).body.status).toBe('pending');
  expect((await consentOf(maria.id)).status).toBe('pending');

  const thanks = await stranger.expect(200, 'POST', link, '', { ...BROWSER, ...FORM });
  expect(thanks.text).toContain('You have confirmed: Marketing.');
  expect(await consentOf(maria.id)).toMatchObject({ status: 'granted', allowed: true });
  expect(await mayMail([maria.id])).toEqual([maria.id]);
  const [confirmed, request] = await historyOf(maria.id);
  expect(confirmed).toMatchObject({
    ...{ status: 'granted', source: 'double-opt-in', actor: { type: 'system' } },
    proof: { requestId: request.id, text, version: 2, ip: '127.0.0.1', userAgent: 'Firefox/140' },
  });
  expect(request).toMatchObject({ status: 'pending', source: 'web-form', proof });
  // Pressed again, nothing happens.
  expect((await stranger.expect(200, 'POST', link)).body.status).toBe('granted');
  expect(await historyOf(maria.id)).toHaveLength(2);

  const { headers, preferences, unsubscribe } = await waysOut(maria.id);
  expect(headers).toEqual({
    'List-Unsubscribe': `<https://shop.example${unsubscribe}>`,
    'List-Unsubscribe-Post': ONE_CLICK,
  });
  const shown = ['email', 'phone', 'sms', 'post'].map((channel) => `shown=marketing:${channel}`);
  const chosen = [...shown, 'box=marketing:email', 'box=marketing:sms'].join('&');
  const choice = await stranger.expect(200, 'POST', preferences, chosen, { ...BROWSER, ...FORM });
  expect(choice.text).toContain('What you chose is saved.');
  expect(choice.text.match(/checked/g)).toHaveLength(2);
  expect(await consentOf(maria.id, 'sms')).toMatchObject({
    ...{ status: 'granted', source: 'preferences' },
  });
  expect((await consentOf(maria.id, 'phone')).status).toBe('none');

  const click = await stranger.expect(200, 'POST', unsubscribe, ONE_CLICK, FORM);
  expect(click.body.status).toBe('unsubscribed');
  expect(await consentOf(maria.id)).toMatchObject({
    ...{ status: 'withdrawn', suppressed: 'unsubscribed', allowed: false, source: 'one-click' },
  });
  expect(await check('Maria@Example.com')).toMatchObject({
    ...{ suppressed: true, reason: 'unsubscribed' },
  });
  const timeline = (await shop.expect(200, 'GET', `/v1/contacts/${maria.id}/timeline`)).body.data;
  expect(timeline.map(({ type }: { type: string }) => type)).toEqual([
    ...['contact.consent_withdrawn', 'contact.consent_granted', 'contact.consent_granted'],
    ...['contact.consent_requested', 'contact.created'],
  ]);
  expect(timeline[0].changes).toEqual({
    'consent.marketing.email': ['granted', 'withdrawn'],
    source: 'one-click',
  });

  await shop.expect(204, 'DELETE', `/v1/contacts/${maria.id}?purge=true`);
  expect(await query(server.database.superuserUrl, historyRows(maria.id))).toEqual([]);
  const rows = await query(server.database.superuserUrl, 'select * from suppressions');
  expect(JSON.stringify(rows)).not.toMatch(/maria/i);

  const again = await make('/v1/contacts', { firstName: 'Maria', email: 'maria@example.com' });
  const batch = { records: [{ ...CONFIRMED, email: 'maria@example.com', source: 'old-list' }] };
  const { results } = (await shop.expect(200, 'POST', '/v1/consents/batch', batch)).body;
  expect(results).toMatchObject([{ status: 200, contactId: again.id, outcome: 'granted' }]);
  expect(await consentOf(again.id)).toMatchObject({
    status: 'granted',
    suppressed: 'unsubscribed',
  });
  expect(await mayMail([again.id])).toEqual([]);
  // The link of years ago still works.
  await stranger.expect(200, 'POST', unsubscribe, ONE_CLICK, FORM);
}, 60_000);

const historyRows = (id: string) => `select from consent_history where contact_id = '${id}'`;

describe('double opt-in', () => {
  test('asks again only after a while, and the link of the first mail still works', async () => {
    const { id, email } = await person();
    await put(id, GRANT);
    const first = await smtp.mailTo(email);
    const soon = await put(id, GRANT);
    expect(soon).toMatchObject({ status: 'pending', outcome: 'notAsked' });
    const pause = Date.parse(soon.confirmation.nextAskAt) - Date.parse(soon.confirmation.askedAt);
    expect([soon.confirmation.asks, pause]).toEqual([1, 15 * 60_000]);
    await query(
      server.database.superuserUrl,
      `update consents set asked_at = asked_at - interval '16 minutes' where contact_id = '${id}'`,
    );
    expect(await put(id, GRANT)).toMatchObject({ outcome: 'asked', confirmation: { asks: 2 } });
    const mails = () => smtp.mails.filter(({ to }) => to.includes(email));
    await eventually(mails, ({ length }) => length === 2);
    expect(new Set(mails().map(({ parsed }) => parsed.messageId)).size).toBe(2);
    await stranger.expect(200, 'POST', linkIn(first.parsed.text));
    expect((await consentOf(id)).status).toBe('granted');
  });

  test('is over once withdrawn or asked anew, and says so', async () => {
    const { id, email } = await person();
    await put(id, GRANT);
    const link = linkIn((await smtp.mailTo(email)).parsed.text);
    await put(id, WITHDRAW);
    const { body } = await stranger.expect(410, 'POST', link);
    expect(body).toMatchObject({ code: 'gone', detail: 'This is no longer to be confirmed.' });
    const page = await stranger.expect(410, 'GET', link, undefined, BROWSER);
    expect(page.text).toContain('This link is over');
    expect((await consentOf(id)).status).toBe('withdrawn');
    // Nor does this get around the pause between two mails.
    expect(await put(id, GRANT)).toMatchObject({ status: 'pending', outcome: 'notAsked' });
  });

  test('is over after a week, and says so', async () => {
    const { id } = await person();
    await put(id, GRANT);
    const [{ id: requestId }] = await historyOf(id);
    const { data } = (await shop.expect(200, 'GET', '/v1/consent-purposes')).body;
    const { id: purposeId } = data.find(({ key }: { key: string }) => key === 'marketing');
    const signed = async (days: number) => {
      const expiresAt = new Date(Date.now() + days * 86_400_000);
      const payload = [id, purposeId, requestId];
      const links = server.app.get(SignedLinks, { strict: false });
      return links.sign(shop.workspaceId, 'consent-confirm', payload, { expiresAt });
    };
    const over = await stranger.expect(410, 'POST', `/v1/consents/confirm/${await signed(-1)}`);
    expect(over.body.detail).toBe('This link has expired.');
    expect((await consentOf(id)).status).toBe('pending');
    const good = await stranger.expect(200, 'POST', `/v1/consents/confirm/${await signed(1)}`);
    expect(good.headers.get('ratelimit-policy')).toMatch(/^"link";/);
    expect((await consentOf(id)).status).toBe('granted');
  });

  test('is asked for again by whoever had unsubscribed, and lets them back in', async () => {
    const { id, email } = await person();
    await put(id, CONFIRMED);
    await put(id, WITHDRAW);
    expect(await consentOf(id)).toMatchObject({ suppressed: 'unsubscribed' });
    expect(await put(id, GRANT)).toMatchObject({ outcome: 'asked' });
    await stranger.expect(200, 'POST', linkIn((await smtp.mailTo(email)).parsed.text));
    expect(await consentOf(id)).toMatchObject({ suppressed: null, allowed: true });
  });

  test('mails nobody who complained, nor from a list whoever unsubscribed', async () => {
    const [angry, tired] = [await person(), await person()];
    await reachability.suppress(contextOf(shop), angry.email.toUpperCase(), 'complaint');
    expect(await put(angry.id, GRANT)).toMatchObject({ status: 'pending', outcome: 'notAsked' });
    await put(tired.id, WITHDRAW);
    const records = [{ ...GRANT, email: tired.email }];
    const { body } = await shop.expect(200, 'POST', '/v1/consents/batch', { records });
    expect(body.results[0]).toMatchObject({ outcome: 'notAsked', consent: 'pending' });
    const jobs = await query(
      server.database.superuserUrl,
      `select from job_outbox where name = 'consent-confirmation'
        and data->>'contactId' in ('${angry.id}', '${tired.id}')`,
    );
    expect(jobs).toEqual([]);
  });

  test('sends a mail later that a server put off, and one that it refused not again', async () => {
    const [later, never] = ['later@example.com', 'never@example.com'];
    const made = [];
    for (const email of [later, never]) made.push(await make('/v1/contacts', { email }));
    for (const { id } of made.toReversed()) await put(id, GRANT);
    const mail = await smtp.mailTo(later);
    expect(tries.get(later)).toBe(2);
    await stranger.expect(200, 'POST', linkIn(mail.parsed.text));
    const [willing, unreachable] = made as [{ id: string }, { id: string }];
    expect((await consentOf(willing.id)).status).toBe('granted');
    expect((await consentOf(unreachable.id)).status).toBe('pending');
    expect(tries.get(never)).toBe(1);
  }, 40_000);

  test('needs an e-mail address, a purpose that is there, and proof of what is confirmed', async () => {
    const { id } = await make('/v1/contacts', { lastName: 'Silent' });
    const refused = async (body: object) =>
      (await shop.expect(422, 'POST', `/v1/contacts/${id}/consents`, body)).body.errors[0];
    expect(await refused(GRANT)).toMatchObject({ pointer: '/channel', code: 'noAddress' });
    expect(await refused({ ...GRANT, purpose: 'spam' })).toMatchObject({
      ...{ pointer: '/purpose', detail: "must be one of this workspace's: marketing" },
    });
    expect(await refused({ ...GRANT, confirmed: true })).toMatchObject({ pointer: '/proof' });
    expect(await refused({ ...GRANT, occurredAt: '2099-01-01T00:00:00Z' })).toMatchObject({
      ...{ pointer: '/occurredAt', code: 'future' },
    });
    expect(await refused({ ...GRANT, channel: 'pigeon' })).toMatchObject({ pointer: '/channel' });
  });
});

describe('links', () => {
  test('made up, changed, or for something else are nowhere', async () => {
    const { id } = await person();
    const { unsubscribe, preferences } = await waysOut(id);
    const token = (path: string) => path.split('/').at(-1) as string;
    const changed = `${token(unsubscribe).slice(0, -2)}AA`;
    const paths = [
      ...['/v1/unsubscribe/x', '/v1/preferences/x', '/v1/consents/confirm/x'],
      ...[`/v1/unsubscribe/${changed}`, `/v1/unsubscribe/${token(preferences)}`],
      ...[`/v1/preferences/${token(unsubscribe)}`, `/v1/consents/confirm/${token(preferences)}`],
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const { body } = await stranger.expect(404, method, path);
        expect(body.detail).toBe('There is nothing at this address.');
      }
    }
    const page = await stranger.expect(404, 'GET', '/v1/preferences/x', undefined, BROWSER);
    expect(page.text).toContain('There is nothing at this address.');
  });

  test('out of a list show a button first, and take every form of one click', async () => {
    const multipart = new FormData();
    multipart.append('List-Unsubscribe', 'One-Click');
    for (const [body, headers] of [
      [multipart, {}],
      [ONE_CLICK, FORM],
      [undefined, {}],
    ] as const) {
      const { id } = await person();
      await put(id, CONFIRMED);
      const { unsubscribe } = await waysOut(id);
      const page = await stranger.expect(200, 'GET', unsubscribe, undefined, BROWSER);
      expect(page.text).toContain('<button type="submit">Unsubscribe</button>');
      expect((await consentOf(id)).status).toBe('granted');
      await stranger.expect(200, 'POST', unsubscribe, body, headers);
      expect((await consentOf(id)).status).toBe('withdrawn');
    }
  });

  test('lead to the survivor of a merge, and change nothing in another workspace', async () => {
    const other = await server.createWorkspace('Other');
    const [kept, lost] = [await person(), await person()];
    const foreign = await make('/v1/contacts', { lastName: 'X', email: kept.email }, other);
    await put(foreign.id, CONFIRMED, other);
    await put(kept.id, CONFIRMED);
    const { unsubscribe } = await waysOut(lost.id);
    await shop.expect(200, 'POST', `/v1/contacts/${kept.id}/merge`, { duplicateIds: [lost.id] });
    await stranger.expect(200, 'POST', unsubscribe);
    expect((await consentOf(kept.id)).status).toBe('withdrawn');
    expect(await check(kept.email)).toMatchObject({ reason: 'unsubscribed' });
    expect(await check(kept.email, other)).toMatchObject({ suppressed: false });
    expect(await mayMail([foreign.id], other)).toEqual([foreign.id]);
    expect(await mayMail([foreign.id, kept.id])).toEqual([]);
  });
});

describe('preferences', () => {
  test('are JSON for programs, and refuse what the page does not have', async () => {
    const { id } = await person();
    const { preferences } = await waysOut(id);
    const { body } = await stranger.expect(200, 'GET', preferences);
    expect(body.purposes).toMatchObject([
      { purpose: 'marketing', channels: [{ channel: 'email', granted: false }, {}, {}, {}] },
    ]);
    const wish = (purpose: string, channel: string, granted: unknown) => ({
      preferences: [{ purpose, channel, granted }],
    });
    const saved = await stranger.expect(200, 'POST', preferences, wish('marketing', 'email', true));
    expect(saved.body.purposes[0].channels[0].granted).toBe(true);
    expect(await consentOf(id)).toMatchObject({ status: 'granted', allowed: true });
    for (const wrong of [
      wish('spam', 'email', true),
      wish('marketing', 'email', 'yes'),
      { x: 1 },
    ]) {
      await stranger.expect(422, 'POST', preferences, wrong);
    }
  });

  test('of somebody who wants nothing end what needs no consent, too', async () => {
    const service = { key: 'service', name: 'Service', consentNeeded: false, channels: ['email'] };
    const { id: purposeId } = await make('/v1/consent-purposes', service);
    const { id, email } = await person();
    await put(id, CONFIRMED);
    expect(await consentOf(id, 'email', 'service')).toMatchObject({
      status: 'none',
      allowed: true,
    });
    await put(id, WITHDRAW);
    // There is still something that might be sent.
    expect(await check(email)).toMatchObject({ suppressed: false });
    const { preferences } = await waysOut(id);
    await stranger.expect(200, 'POST', preferences, 'unsubscribeAll=true', FORM);
    expect(await consentOf(id, 'email', 'service')).toMatchObject({ status: 'withdrawn' });
    expect(await consentOf(id, 'post')).toMatchObject({ status: 'withdrawn' });
    expect(await check(email)).toMatchObject({ reason: 'unsubscribed' });
    await shop.expect(409, 'DELETE', `/v1/consent-purposes/${purposeId}`);
    await shop.expect(200, 'PATCH', `/v1/consent-purposes/${purposeId}`, { active: false });
  });
});
