import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { UserMailer } from '../../src/platform/mail/user-mailer.js';
import { query } from '../support/database.js';
import { startWorker } from '../support/imports.js';
import { Client, PASSWORD, signIn, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { ReceivedMail, SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** What Keel writes to people who are to sign in: invitations, and links for a new password. */
let server: TestServer;
let workers: INestApplicationContext[];
let receiver: SmtpReceiver;
let stranger: Client;
let count = 0;
/** How the server answers the next mails to an address. */
const refusals = new Map<string, number[]>();

beforeAll(async () => {
  receiver = await startSmtpReceiver({
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = refusals.get(address)?.shift();
      done(responseCode ? Object.assign(new Error('not now'), { responseCode }) : null);
    },
  });
  server = await startServer({ smtpUrl: receiver.url, mailFrom: 'Keel <keel@example.com>' });
  workers = [await startWorker(server.config), await startWorker(server.config)];
  for (const worker of workers) worker.get(UserMailer).start();
  stranger = new Client(server.url, null);
}, 90_000);

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await server.close();
  await receiver.stop();
});

const newEmail = () => `mailed-${(count += 1)}@example.com`;
const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FORM = { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' };

const invite = async (email: string) =>
  (
    await server.admin.expect(201, 'POST', '/v1/users', {
      ...{ email, name: 'Grace', roles: ['member'] },
    })
  ).body;

const userOf = async (id: string) =>
  (await server.admin.expect(200, 'GET', `/v1/users/${id}`)).body;

const mailsTo = (email: string) => receiver.mails.filter(({ to }) => to.includes(email));

const nthMail = (email: string, n: number): Promise<ReceivedMail> =>
  eventually(
    () => mailsTo(email)[n - 1],
    (mail) => mail !== undefined,
  ) as Promise<ReceivedMail>;

/** The token in a mail, which is nowhere but in its link. */
function tokenIn({ parsed, raw }: ReceivedMail, path: string): string {
  const text = parsed.text ?? '';
  const [, token = ''] = new RegExp(`/v1/auth/${path}/([\\w-]+)`).exec(text) ?? [];
  expect(token.length).toBeGreaterThan(50);
  expect(text.split(token)).toHaveLength(2);
  expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toContain(token);
  return token;
}

describe('an invitation', () => {
  test('is mailed, says on the user what became of it, and lets them in by its page', async () => {
    const email = newEmail();
    const made = await invite(email);
    expect(made).toMatchObject({
      ...{ status: 'invited', invitationToken: null },
      invitation: { mail: 'queued', sentAt: null, failure: null },
    });
    const mail = await nthMail(email, 1);
    expect(mail.parsed.subject).toBe('Invitation to Main');
    expect(mail.parsed.headers.get('auto-submitted')).toBe('auto-generated');
    const path = `/v1/auth/invitations/${tokenIn(mail, 'invitations')}`;
    const sent = await eventually(
      () => userOf(made.id),
      ({ invitation }) => invitation.mail === 'sent',
    );
    expect(sent.version).toBeGreaterThan(made.version);
    const { body } = await stranger.expect(200, 'GET', path);
    expect(body).toMatchObject({ workspaceName: 'Main', email, hasPassword: false });
    const page = await stranger.expect(200, 'GET', path, undefined, PAGE);
    expect(page.text).toContain('type="password"');
    expect(page.text).not.toContain('<script');
    await stranger.expect(422, 'POST', path, { password: 'short' });
    const done = await stranger.expect(
      ...([200, 'POST', path, `password=${encodeURIComponent(PASSWORD)}`, FORM] as const),
    );
    expect(done.text).toContain('You can sign in now');
    expect((await signIn(server.url, email, PASSWORD)).userId).toBe(made.id);
    expect((await userOf(made.id)).invitation).toBeNull();
    const over = await stranger.expect(404, 'GET', path, undefined, PAGE);
    expect(over.text).toContain('This did not work');
    expect(mailsTo(email)).toHaveLength(1);
  });

  test('that is sent again makes the link before it void', async () => {
    const email = newEmail();
    const { id } = await invite(email);
    const first = tokenIn(await nthMail(email, 1), 'invitations');
    const again = await server.admin.expect(201, 'POST', `/v1/users/${id}/invitation`);
    expect(again.body).toMatchObject({ invitationToken: null, invitation: { mail: 'queued' } });
    const second = tokenIn(await nthMail(email, 2), 'invitations');
    await stranger.expect(404, 'GET', `/v1/auth/invitations/${first}`);
    const accept = { token: first, password: PASSWORD };
    await stranger.expect(404, 'POST', '/v1/auth/accept-invitation', accept);
    await stranger.expect(204, 'POST', '/v1/auth/accept-invitation', { ...accept, token: second });
  });

  test('leads to the page of the product where there is one', async () => {
    const email = newEmail();
    server.config.invitationUrl = 'https://app.acme.example/welcome?token={token}';
    try {
      const { id } = await invite(email);
      const { parsed } = await nthMail(email, 1);
      const [, token = ''] = /https:\/\/app\.acme\.example\/welcome\?token=(\S+)/.exec(
        parsed.text ?? '',
      ) as RegExpExecArray;
      await stranger.expect(204, 'POST', '/v1/auth/accept-invitation', {
        ...{ token, password: PASSWORD },
      });
      expect((await userOf(id)).status).toBe('active');
    } finally {
      server.config.invitationUrl = undefined;
    }
  });

  test('waits for a server that is out of order, and says so', async () => {
    const email = newEmail();
    refusals.set(email, [451]);
    const { id } = await invite(email);
    const waiting = await eventually(
      () => userOf(id),
      ({ invitation }) => invitation.failure !== null,
    );
    expect(waiting.invitation).toMatchObject({ mail: 'queued', sentAt: null });
    await hurry();
    await eventually(
      () => userOf(id),
      ({ invitation }) => invitation.mail === 'sent' && invitation.failure === null,
    );
    expect(mailsTo(email)).toHaveLength(1);
  });

  test('that is refused for good has failed, and can be sent again', async () => {
    const email = newEmail();
    refusals.set(email, [550]);
    const { id } = await invite(email);
    const failed = await eventually(
      () => userOf(id),
      ({ invitation }) => invitation.mail === 'failed',
    );
    expect(failed.invitation.failure).toContain('not now');
    await server.admin.expect(201, 'POST', `/v1/users/${id}/invitation`);
    await nthMail(email, 1);
  });

  test('is sent once by several workers, and by another one when its own has died', async () => {
    const emails = Array.from({ length: 12 }, newEmail);
    // Taken by a worker that is no more: its lease keeps the others away until it is over.
    const dead = newEmail();
    refusals.set(dead, [451]);
    const { id } = await invite(dead);
    await eventually(
      () => userOf(id),
      ({ invitation }) => invitation.failure !== null,
    );
    await Promise.all(emails.map(invite));
    for (const email of emails) await nthMail(email, 1);
    expect(mailsTo(dead)).toEqual([]);
    await hurry();
    await nthMail(dead, 1);
    await invite(newEmail()).then(({ email: last }) => nthMail(last, 1));
    expect([dead, ...emails].map((email) => mailsTo(email).length)).toEqual(
      Array<number>(13).fill(1),
    );
  });

  test('is not sent any more when it was taken back', async () => {
    const email = newEmail();
    refusals.set(email, [451]);
    const { id } = await invite(email);
    await eventually(
      () => userOf(id),
      ({ invitation }) => invitation.failure !== null,
    );
    await server.admin.expect(204, 'DELETE', `/v1/users/${id}`);
    await hurry();
    await invite(newEmail()).then(({ email: last }) => nthMail(last, 1));
    expect(mailsTo(email)).toEqual([]);
  });
});

/** The pause before the next attempt is over. */
const hurry = () =>
  query(
    server.database.superuserUrl,
    'update user_mails set due_at = now() where sent_at is null and failed_at is null',
  );

describe('a forgotten password', () => {
  const forget = (email: string) =>
    stranger.expect(204, 'POST', '/v1/auth/forgot-password', { email });

  /** Lets the pause between two mails to an address be over. */
  const wait = () =>
    query(
      server.database.superuserUrl,
      "update password_resets set created_at = now() - interval '2 minutes'",
    );

  test('is set anew by a link, once; the sessions of the person end', async () => {
    const user = await server.createUser('member');
    const email = user.me?.user.email as string;
    const known = await forget(email.toUpperCase());
    const unknown = await forget(newEmail());
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    const mail = await nthMail(email, 1);
    expect(mail.parsed.subject).toBe('Your new password');
    const path = `/v1/auth/reset-password/${tokenIn(mail, 'reset-password')}`;
    expect((await stranger.expect(200, 'GET', path)).body.email).toBe(email);
    const page = await stranger.expect(200, 'GET', path, undefined, PAGE);
    expect(page.text).toContain('autocomplete="new-password"');
    await user.expect(200, 'GET', '/v1/auth/me');
    const password = 'a new horse, a new staple';
    const form = `password=${encodeURIComponent(password)}`;
    await stranger.expect(200, 'POST', path, form, FORM);
    await user.expect(401, 'GET', '/v1/auth/me');
    await stranger.expect(401, 'POST', '/v1/auth/login', { email, password: PASSWORD });
    const again = await signIn(server.url, email, password);
    await stranger.expect(404, 'POST', path, { password: 'yet another one' });
    const { body } = await server.admin.expect(200, 'GET', '/v1/audit?type=auth.password_reset');
    expect(body.data[0]).toMatchObject({ recordIds: [again.userId] });
  });

  test('has one mail a minute, and only the last link is good', async () => {
    const user = await server.createUser('member');
    const email = user.me?.user.email as string;
    await forget(email);
    const first = tokenIn(await nthMail(email, 1), 'reset-password');
    await forget(email);
    await wait();
    await forget(email);
    const second = tokenIn(await nthMail(email, 2), 'reset-password');
    const reset = (token: string, status: number) =>
      stranger.expect(status, 'POST', '/v1/auth/reset-password', { token, password: PASSWORD });
    await reset(first, 404);
    await reset('made-up', 404);
    await reset(second, 204);
    expect(mailsTo(email)).toHaveLength(2);
  });

  test('is nothing that somebody has who was deactivated, or has not joined', async () => {
    const gone = await server.createUser('member');
    await server.admin.expect(200, 'POST', `/v1/users/${gone.userId}/deactivate`, {});
    const invited = newEmail();
    await invite(invited);
    await nthMail(invited, 1);
    for (const email of [gone.me?.user.email as string, invited]) await forget(email);
    const [row] = await query(
      server.database.superuserUrl,
      `select count(*)::int as filed from user_mails m join users u on u.id = m.user_id
       where m.kind = 'passwordReset' and u.email in ('${gone.me?.user.email}', '${invited}')`,
    );
    expect(row).toEqual({ filed: 0 });
  });
});

test('the tokens of links are nowhere in the database, nor in what is told of users', async () => {
  const email = newEmail();
  const { id } = await invite(email);
  const token = tokenIn(await nthMail(email, 1), 'invitations');
  const { body } = await server.admin.expect(200, 'GET', '/v1/audit?limit=500');
  expect(JSON.stringify([body, await userOf(id)])).not.toContain(token);
  const [row] = await query(
    server.database.superuserUrl,
    `select string_agg(m::text, '') || (select string_agg(i::text, '') from invitations i) as all
     from user_mails m`,
  );
  expect(row.all).not.toContain(token);
});
