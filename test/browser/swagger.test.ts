import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { makeDataDir, startKeel } from '../support/keel-process.js';
import type { WatchedProcess } from '../support/keel-process.js';
import { findFreePort } from '../support/tools.js';

/** Everything as `npm start` runs it, used as an operator would, by clicking. */
const ADMIN = { email: 'owner@example.com', password: 'correct horse battery staple' };
const PEOPLE = 'First name,Last name,E-mail\nAnna,Müller,anna@example.com\nBo,Li,bo@example.com\n';
/** A browser beside a database is slow on a busy machine. */
const LIMIT = 300_000;

let dataDir: string;
let keel: WatchedProcess;
let browser: Browser | undefined;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  dataDir = makeDataDir();
  keel = startKeel(process.env.KEEL_TEST_BUILD as string, {
    PORT: String(await findFreePort()),
    KEEL_DATA_DIR: dataDir,
    KEEL_ADMIN_EMAIL: ADMIN.email,
    KEEL_ADMIN_PASSWORD: ADMIN.password,
  });
  const url = await keel.ready();
  browser = await launchBrowser();
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${url}/docs`);
}, LIMIT);

afterAll(async () => {
  await browser?.close();
  keel.signal('SIGTERM');
  await keel.exited;
  await rm(dataDir, { recursive: true, force: true });
}, LIMIT);

/** Opens an operation in its group. */
async function open(tag: string, id: string): Promise<Locator> {
  const group = page.locator(`#operations-tag-${tag}`);
  if ((await group.getAttribute('data-is-open')) !== 'true') await group.click();
  const operation = page.locator(`#operations-${tag}-${id}`);
  if (!(await operation.locator('.execute').isVisible())) {
    await operation.locator('.opblock-summary-control').click();
  }
  await operation.locator('.execute').waitFor();
  return operation;
}

/** Presses Execute; what the page then shows must be what was answered. */
async function execute(operation: Locator) {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url().includes('/v1/')),
    operation.locator('.execute').click(),
  ]);
  const shown = operation.locator('.live-responses-table .response-col_status');
  await shown.filter({ hasText: String(response.status()) }).waitFor();
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  return { status: response.status(), body, request: response.request() };
}

const box = (operation: Locator, parameter: string): Locator =>
  operation.locator(`tr[data-param-name="${parameter}"] input`);

test(
  'an operator signs in once, makes a contact, imports a file, watches it and finds who was in it',
  async () => {
    const login = await open('Sign-in', 'Auth_login');
    await login.locator('textarea').fill(JSON.stringify(ADMIN));
    expect((await execute(login)).status).toBe(200);

    await page.reload();
    const me = await execute(await open('Sign-in', 'Auth_me'));
    expect(me).toMatchObject({ status: 200, body: { user: { email: ADMIN.email } } });

    const created = await execute(await open('Contacts', 'Contacts_create'));
    expect(created).toMatchObject({ status: 201, body: { lastName: 'Anders' } });

    const upload = await open('Imports', 'Imports_start');
    await upload
      .locator('input[type=file]')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(PEOPLE) });
    const started = await execute(upload);
    expect(started.status).toBe(202);

    const watch = await open('Imports', 'Imports_get');
    await box(watch, 'id').fill(String(started.body?.['id']));
    let seen = await execute(watch);
    while (['queued', 'running'].includes(String(seen.body?.['status']))) {
      await page.waitForTimeout(200);
      seen = await execute(watch);
    }
    expect(seen.body).toMatchObject({
      status: 'completed',
      progress: 1,
      totals: { read: 2, created: 2, failed: 0 },
    });

    const search = await open('Search', 'Search_find');
    await box(search, 'q').fill('muller');
    const found = await execute(search);
    expect(found.body).toMatchObject({ data: [{ type: 'contact', title: 'Anna Müller' }] });
    expect(complaints).toEqual([]);
  },
  LIMIT,
);

test(
  'lists are executed as they stand, and filters are sent as the API reads them',
  async () => {
    const list = await open('Contacts', 'Contacts_list');
    const plain = await execute(list);
    expect(plain.status).toBe(200);
    expect(plain.request.url()).not.toContain('filter');
    await list.locator('tr[data-param-name="filter"] select').selectOption('since');
    const filtered = await execute(list);
    expect(filtered.status).toBe(200);
    expect(decodeURIComponent(filtered.request.url())).toContain('filter[createdAt][gte]=');
    expect(filtered.body?.['data']).toHaveLength(3);
  },
  LIMIT,
);

test(
  'a token that is about to expire is renewed first, and signing out forgets it',
  async () => {
    const before = await page.evaluate<string>(SESSION_THAT_ENDS);
    const [exchange, me] = await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith('/v1/auth/refresh')),
      open('Sign-in', 'Auth_me').then(async (operation) => {
        await operation.locator('.execute').click();
        return page.waitForResponse((answer) => answer.url().endsWith('/v1/auth/me'));
      }),
    ]);
    expect([exchange.status(), me.status()]).toEqual([200, 200]);
    expect(me.request().headers()['authorization']).not.toBe(`Bearer ${before}`);

    expect((await execute(await open('Sign-in', 'Auth_logout'))).status).toBe(204);
    await page.reload();
    const anonymous = await execute(await open('Sign-in', 'Auth_me'));
    expect(anonymous).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('eyJ');
  },
  LIMIT,
);

/** Run in the page: puts the renewal in the past, and gives the token there is. */
const SESSION_THAT_ENDS = `(() => {
  const session = JSON.parse(localStorage.getItem('keel.session'));
  localStorage.setItem('keel.session', JSON.stringify({ ...session, refreshAt: 0 }));
  return session.accessToken;
})()`;
