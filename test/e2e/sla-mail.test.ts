import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { UserMailer } from '../../src/platform/mail/user-mailer.js';
import { handOver } from '../support/inbound-mail.js';
import { startSlaStage } from '../support/sla-fixture.js';
import type { SlaStage } from '../support/sla-fixture.js';
import type { Client } from '../support/server.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { ReceivedMail, SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** Escalations that tell people do so by e-mail. */
let stage: SlaStage;
let receiver: SmtpReceiver;
let anna: Client;

beforeAll(async () => {
  receiver = await startSmtpReceiver();
  const settings = { smtpUrl: receiver.url, mailFrom: 'Keel <keel@example.com>' };
  stage = await startSlaStage({ ...settings, publicUrl: 'https://crm.acme.example' });
  stage.worker.get(UserMailer).start();
}, 120_000);

afterAll(async () => {
  await stage.close();
  await receiver.stop();
});

beforeEach(async () => {
  stage.jump('2031-12-22T08:00:00Z');
  anna = await stage.server.createWorkspace('Service');
});

const make = async (path: string, body: object) =>
  (await anna.expect(201, 'POST', path, body)).body;

const emailOf = ({ me }: Client): string => me?.user.email as string;
const mailsTo = (user: Client) => receiver.mails.filter(({ to }) => to.includes(emailOf(user)));

/** The mail once it is there; a ticket that a job holds at the moment is fired by the next look. */
const mailFired = async (user: Client, subject: RegExp): Promise<ReceivedMail> =>
  (await eventually(
    async () => {
      await stage.look();
      return mailsTo(user).find(({ parsed }) => subject.test(parsed.subject ?? ''));
    },
    (mail) => mail !== undefined,
    20_000,
  )) as ReceivedMail;

const policy = (userIds: string[]) =>
  make('/v1/sla-policies', {
    ...{ name: 'Everybody', timeZone: 'UTC', workingHours: null },
    targets: { normal: { firstResponseMinutes: 60, resolutionMinutes: 600 } },
    escalations: [
      {
        ...{ when: 'warning', target: 'resolution' },
        actions: [{ type: 'notify', owner: true, userIds: [] }],
      },
      {
        ...{ when: 'breach', target: 'resolution' },
        actions: [{ type: 'notify', owner: true, userIds }],
      },
    ],
  });

test('users whom an escalation names get one mail each, however many workers look', async () => {
  const [bert, cleo, gone] = [
    await stage.server.createUser('member', anna),
    await stage.server.createUser('member', anna),
    await stage.server.createUser('member', anna),
  ];
  await policy([bert.userId, cleo.userId, gone.userId]);
  await anna.expect(200, 'POST', `/v1/users/${gone.userId}/deactivate`, {});
  const { id, number } = await make('/v1/tickets', { subject: 'Broken', ownerId: cleo.userId });
  stage.jump('2031-12-22T16:30:00Z');
  await Promise.all([stage.look(), stage.look(), stage.look()]);
  const warned = await mailFired(cleo, /^Due soon/);
  expect(warned.parsed.subject).toBe(`Due soon: ticket #${number}: Broken`);
  expect(warned.parsed.text).toContain('The solution is due 2031-12-22 18:00 UTC.');
  stage.jump('2031-12-22T18:00:00Z');
  for (let looks = 0; looks < 3; looks += 1) await Promise.all([stage.look(), stage.look()]);
  for (const user of [bert, cleo]) {
    const { parsed } = await mailFired(user, /^Overdue/);
    expect(parsed.subject).toBe(`Overdue: ticket #${number}: Broken`);
    expect(parsed.text).toContain('The solution was due 2031-12-22 18:00 UTC.');
    expect(parsed.text).toContain(`https://crm.acme.example/v1/tickets/${id}`);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
  }
  // One more ticket: when its mails are there, all before it were sent.
  const last = await make('/v1/tickets', { subject: 'Last', ownerId: bert.userId });
  stage.jump('2031-12-23T18:00:00Z');
  await mailFired(bert, new RegExp(`^Overdue: ticket #${last.number}:`));
  const about = (user: Client) =>
    mailsTo(user).filter(({ parsed }) => parsed.subject?.endsWith('Broken')).length;
  expect([about(bert), about(cleo), mailsTo(gone).length]).toEqual([1, 2, 0]);
});

test('a program that answers such mails makes no tickets, nor mails about those', async () => {
  const bert = await stage.server.createUser('member', anna);
  await policy([bert.userId]);
  const { body: key } = await anna.expect(201, 'POST', '/v1/api-keys', {
    ...{ name: 'Mail gateway', scopes: ['inboundEmail:receive'] },
  });
  const gateway = anna.with({ token: key.key });
  await make('/v1/tickets', { subject: 'Broken' });
  stage.jump('2031-12-22T20:00:00Z');
  const { parsed } = await mailFired(bert, /Broken/);
  const answer = { from: emailOf(bert), subject: 'I am away', body: 'Until spring.' };
  expect(await handOver(gateway, { ...answer, inReplyTo: parsed.messageId })).toMatchObject({
    ...{ result: 'stopped', reason: 'loop' },
  });
  // One that does not even say what it answers makes a ticket of its own, which tells them nothing.
  const { ticketId } = await handOver(gateway, answer);
  stage.jump('2031-12-23T20:00:00Z');
  await eventually(
    async () => {
      await stage.look();
      return (await anna.expect(200, 'GET', '/v1/events?types=ticket.escalated')).body.data;
    },
    (events) => events.some(({ recordIds }: { recordIds: string[] }) => recordIds[0] === ticketId),
  );
  const { number } = await make('/v1/tickets', { subject: 'Last' });
  stage.jump('2031-12-24T20:00:00Z');
  await mailFired(bert, new RegExp(`ticket #${number}:`));
  expect(mailsTo(bert)).toHaveLength(2);
});
