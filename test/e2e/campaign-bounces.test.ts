import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { complaint, eximBounce, exchangeBounce, postfixBounce } from '../support/bounce-mails.js';
import type { Returned } from '../support/bounce-mails.js';
import {
  figuresOf,
  makeCampaign,
  makeContacts,
  startCampaignStage,
  untilStatus,
} from '../support/campaign-fixture.js';
import type { CampaignStage } from '../support/campaign-fixture.js';
import { handOver } from '../support/inbound-mail.js';
import type { Client, TestServer } from '../support/server.js';
import type { SmtpReceiver } from '../support/smtp-receiver.js';

/** Mails of campaigns that come back as reports of mail servers, in the mailbox of the workspace. */
let stage: CampaignStage;
let server: TestServer;
let smtp: SmtpReceiver;
let boss: Client;
let gateway: Client;
let campaignId: string;

const NAMES = ['postfix', 'exim', 'exchange', 'spam', 'fine'];
const addressOf = (name: string): string => `${name}@many.example`;

async function gatewayOf(owner: Client): Promise<Client> {
  const key = { name: 'Mail gateway', scopes: ['inboundEmail:receive'] };
  const { body } = await owner.expect(201, 'POST', '/v1/api-keys', key);
  return owner.with({ token: body.key });
}

beforeAll(async () => {
  stage = await startCampaignStage('Cups that come back');
  ({ server, smtp, boss } = stage);
  gateway = await gatewayOf(boss);
  const contacts = NAMES.map((name) => ({
    ...{ lastName: name, email: addressOf(name), tags: ['back'] },
  }));
  await makeContacts(boss, contacts);
  const { id } = await makeCampaign(boss, 'back');
  campaignId = id;
  await boss.expect(200, 'POST', `/v1/campaigns/${id}/send`, {});
  await untilStatus(boss, id, 'sent');
}, 60_000);

afterAll(() => stage.close());

const returned = async (name: string): Promise<Returned> => ({
  messageId: (await smtp.mailTo(addressOf(name))).parsed.messageId ?? '',
  to: addressOf(name),
});

const suppressed = async (): Promise<(string | null)[]> => {
  const entries = NAMES.map((name) => ({ channel: 'email', address: addressOf(name) }));
  const { body } = await boss.expect(200, 'POST', '/v1/suppressions/check', { entries });
  return body.data.map(({ reason = null }: { reason?: string | null }) => reason);
};

const nothing = [null, null, null, null, null];

describe('a report of a mail server', () => {
  test('that claims the mail of another workspace, or one that was never sent, says nothing', async () => {
    const other = await server.createWorkspace('Others');
    const foreign = await gatewayOf(other);
    const mail = await returned('fine');
    const stopped = { result: 'stopped', reason: 'bounce', bounced: 0, ticketId: null };
    expect(await handOver(foreign, postfixBounce(mail, 'foreign1'))).toMatchObject(stopped);
    expect(await handOver(foreign, complaint(mail, 'foreign2'))).toMatchObject(stopped);
    const invented = { ...mail, messageId: '<0198c0de-0000-7000-8000-000000000001@cups.example>' };
    expect(await handOver(gateway, exchangeBounce(invented, 'invented1'))).toMatchObject(stopped);
    const waiting = await makeCampaign(boss, 'back', { name: 'Scheduled' });
    await boss.expect(200, 'POST', `/v1/campaigns/${waiting.id}/schedule`, {
      sendAt: '2031-04-01T07:00:00.000Z',
    });
    const unsent = { ...mail, messageId: `<${waiting.id}@keel.example>` };
    expect(await handOver(gateway, postfixBounce(unsent, 'unsent'))).toMatchObject(stopped);
    expect(await suppressed()).toEqual(nothing);
    expect(await figuresOf(boss, campaignId)).toMatchObject({ sent: 5, bounced: 0, delivered: 5 });
  });

  test('records what came back for good, for now, or as spam, each once and without a ticket', async () => {
    const take = async (raw: string) => handOver(gateway, raw);
    const postfix = postfixBounce(await returned('postfix'));
    const told = { result: 'stopped', reason: 'bounce', bounced: 1, ticketId: null };
    expect(await take(postfix)).toMatchObject(told);
    expect(await take(eximBounce(await returned('exim')))).toMatchObject(told);
    expect(await take(exchangeBounce(await returned('exchange')))).toMatchObject(told);
    expect(await take(complaint(await returned('spam')))).toMatchObject(told);
    // The same again, and another report of the same mail.
    expect(await take(postfix)).toMatchObject({ result: 'duplicate', bounced: 0 });
    const again = postfixBounce(await returned('postfix'), 'another1');
    expect(await take(again)).toMatchObject({ ...told, bounced: 0 });
    expect(await suppressed()).toEqual(['bounced', null, 'bounced', 'complaint', null]);
    expect(await figuresOf(boss, campaignId)).toMatchObject({ sent: 5, bounced: 2, delivered: 3 });
    const { body } = await boss.expect(200, 'GET', '/v1/tickets?count=exact');
    expect(body.page.total).toBe(0);
    // Who is suppressed gets nothing more; whose mailbox was full does.
    const next = await makeCampaign(boss, 'back', { name: 'The next one' });
    const { body: audience } = await boss.expect(
      200,
      'POST',
      `/v1/campaigns/${next.id}/audience`,
      {},
    );
    expect(audience).toMatchObject({ recipients: 2, leftOut: { notPermitted: 3 } });
  });
});
