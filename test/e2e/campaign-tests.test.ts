import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Clock } from '../../src/common/clock.js';
import { WinnerWatch } from '../../src/modules/campaigns/index.js';
import {
  figuresOf,
  mailsByAddress,
  makeCampaign,
  makeContacts,
  openPurpose,
  startCampaignStage,
  untilStatus,
} from '../support/campaign-fixture.js';
import type { CampaignStage } from '../support/campaign-fixture.js';
import type { Client, TestServer } from '../support/server.js';
import type { ReceivedMail, SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

/** Campaigns that are tested with a part of their audience before the rest gets what did better. */
let stage: CampaignStage;
let server: TestServer;
let smtp: SmtpReceiver;
let boss: Client;

beforeAll(async () => {
  stage = await startCampaignStage('Cups and more');
  ({ server, smtp, boss } = stage);
}, 60_000);

afterAll(() => stage.close());

const does: CampaignStage['does'] = (...deed) => stage.does(...deed);

const visit = (url: string) => fetch(url, { redirect: 'manual' });

describe('a test of variants', () => {
  const audience = (tag: string) =>
    makeContacts(
      boss,
      Array.from({ length: 20 }, (_, n) => ({
        ...{ lastName: `${tag} ${n}`, email: `${tag}${n}@ab.example`, tags: [tag] },
      })),
    );
  const variants = [
    { name: 'Plain', share: 50, subject: 'Plain' },
    { name: 'Loud', share: 50, subject: 'LOUD' },
  ];
  const html = '<p><a href="https://shop.example/x">Look</a></p>';
  const mailsOf = (tag: string) => smtp.mails.filter(({ to }) => to[0]?.startsWith(tag));

  test('gives the rest of the audience what was followed more', async () => {
    await audience('ab');
    const { id } = await makeCampaign(boss, 'ab', {
      ...{ html, variants, testPercent: 40, winnerBy: 'manual' },
    });
    await does(id, 'send');
    await eventually(
      () => figuresOf(boss, id),
      ({ sent }) => sent === 8,
      30_000,
    );
    const subjects = mailsOf('ab').map(({ parsed }) => parsed.subject);
    expect(subjects.filter((subject) => subject === 'LOUD')).toHaveLength(4);
    expect(subjects.filter((subject) => subject === 'Plain')).toHaveLength(4);
    const { body } = await boss.expect(200, 'GET', `/v1/campaigns/${id}`);
    const unknown = { variantId: body.id };
    expect((await does(id, 'winner', unknown, 422)).errors[0].pointer).toBe('/variantId');
    const loud = body.variants.find(({ name }: { name: string }) => name === 'Loud');
    expect(await does(id, 'winner', { variantId: loud.id })).toMatchObject({
      winnerVariantId: loud.id,
    });
    await untilStatus(boss, id, 'sent');
    const figures = await figuresOf(boss, id);
    expect(figures).toMatchObject({ recipients: 20, sent: 20 });
    const byName = Object.fromEntries(
      figures.variants.map(({ name, sent }: { name: string; sent: number }) => [name, sent]),
    );
    expect(byName).toEqual({ Plain: 4, Loud: 16 });
    expect([...mailsByAddress(smtp).values()].every((count) => count === 1)).toBe(true);
  }, 60_000);

  /** Jumps the clock of the worker that decides. */
  const jump = (minutes: number) => {
    const clock = stage.worker.get(Clock, { strict: false });
    clock.now = () => Date.now() + minutes * 60_000;
  };
  afterEach(() => {
    jump(0);
  });

  /** Sends the test of a campaign with links; the mails of it. */
  const sendTest = async (tag: string, more: object) => {
    await audience(tag);
    const { id } = await makeCampaign(boss, tag, { html, variants, testPercent: 40, ...more });
    await does(id, 'send');
    await eventually(
      () => figuresOf(boss, id),
      ({ sent, waiting }) => sent === 8 && waiting === 12,
      30_000,
    );
    return { id, mails: mailsOf(tag) };
  };
  const follow = async ({ parsed }: ReceivedMail, what: string) => {
    const url = new RegExp(`"([^"]*campaign-${what}[^"]*)"`).exec(String(parsed.html))?.[1];
    await visit(url ?? '');
  };
  const loud = ({ parsed }: { parsed: { subject?: string } }) => parsed.subject === 'LOUD';
  const chosen = async (id: string) => {
    const path = `/v1/campaigns/${id}`;
    const { body } = await boss.expect(200, 'GET', path);
    const { data } = (await boss.expect(200, 'GET', `${path}/timeline`)).body;
    const events = data.filter(({ type }: { type: string }) => type === 'campaign.winnerChosen');
    const winner = body.variants.find(
      (variant: { id: string }) => variant.id === body.winnerVariantId,
    );
    return { winner: winner?.name, events };
  };

  test.each(['opens', 'clicks'])(
    'decides itself by %s when its time has come',
    async (by) => {
      const more = { winnerBy: by, winnerAfterMinutes: 240 };
      const { id, mails } = await sendTest(by, more);
      // All open the plain one, but the loud one is followed; by opens the plain one wins.
      const plain = mails.filter((mail) => !loud(mail));
      for (const mail of plain) await follow(mail, 'opens');
      for (const mail of mails.filter(loud).slice(0, 2)) await follow(mail, 'clicks');
      expect(Date.parse((await figuresOf(boss, id)).winnerAt) - Date.now()).toBeGreaterThan(
        239 * 60_000 - 30_000,
      );
      jump(239);
      await stage.worker.get(WinnerWatch, { strict: false }).look();
      expect(await chosen(id)).toEqual({ winner: undefined, events: [] });
      jump(241);
      await untilStatus(boss, id, 'sent');
      const { winner, events } = await chosen(id);
      expect(winner).toBe(by === 'opens' ? 'Plain' : 'Loud');
      expect(events).toHaveLength(1);
      const counts = by === 'opens' ? [4, 2] : [0, 2];
      expect(events[0].changes).toMatchObject({
        by,
        variants: counts.map((counted) => ({ sent: 4, counted })),
      });
      expect(await figuresOf(boss, id)).toMatchObject({ sent: 20, winnerAt: null });
      expect(mailsOf(by).filter(loud)).toHaveLength(by === 'opens' ? 4 : 16);
    },
    60_000,
  );

  test('decides by the orders that followed, and while the campaign is paused', async () => {
    const { id, mails } = await sendTest('buy', { winnerBy: 'orders', winnerAfterMinutes: 60 });
    const [buyer] = mails.filter(loud);
    for (const mail of mails) await follow(mail, 'opens');
    const address = buyer?.to[0] ?? '';
    const found = await boss.expect(200, 'GET', `/v1/contacts?filter[email]=${address}`);
    const { body: order } = await boss.expect(201, 'POST', '/v1/orders', {
      contactId: found.body.data[0].id,
      lines: [{ name: 'Cup', quantity: '2', unitPrice: '10.00' }],
    });
    await boss.expect(200, 'POST', `/v1/orders/${order.id}/confirm`, {});
    await does(id, 'pause');
    jump(61);
    await eventually(
      () => chosen(id),
      ({ winner }) => winner === 'Loud',
      20_000,
    );
    expect(mailsOf('buy')).toHaveLength(8);
    await does(id, 'resume');
    await untilStatus(boss, id, 'sent');
    expect(mailsOf('buy').filter(loud)).toHaveLength(16);
  }, 60_000);

  test('gives a tie to the first variant; whoever chose before is not overruled', async () => {
    const tie = await sendTest('tie', { winnerBy: 'clicks', winnerAfterMinutes: 60 });
    const hand = await sendTest('hand', { winnerBy: 'clicks', winnerAfterMinutes: 60 });
    const { body } = await boss.expect(200, 'GET', `/v1/campaigns/${hand.id}`);
    await does(hand.id, 'winner', { variantId: body.variants[1].id });
    jump(61);
    await untilStatus(boss, tie.id, 'sent');
    await untilStatus(boss, hand.id, 'sent');
    expect((await chosen(tie.id)).winner).toBe('Plain');
    const { winner, events } = await chosen(hand.id);
    expect([winner, events.length]).toEqual(['Loud', 1]);
    await does(hand.id, 'winner', { variantId: body.variants[0].id }, 409);
  }, 60_000);
});

describe('a test in a workspace that does not want to know who reads', () => {
  test('is refused unless somebody decides it', async () => {
    const shy = await server.createWorkspace('Shy tests');
    await openPurpose(shy);
    await makeContacts(shy, [{ lastName: 'Quiet', email: 'quiet@t.example', tags: ['t'] }]);
    const variants = ['A', 'B'].map((name) => ({ name, share: 1, subject: name }));
    const test = { variants, testPercent: 50, winnerBy: 'clicks' };
    const later = await makeCampaign(shy, 't', { ...test, name: 'Later' });
    const now = await makeCampaign(shy, 't', test);
    const path = `/v1/campaigns/${later.id}`;
    const sendAt = new Date(Date.now() + 3000).toISOString();
    await shy.expect(200, 'POST', `${path}/schedule`, { sendAt });
    await shy.expect(200, 'PATCH', '/v1/workspaces/current', { emailTracking: false });
    const { body } = await shy.expect(422, 'POST', `/v1/campaigns/${now.id}/send`, {});
    expect(body.errors).toMatchObject([{ pointer: '/winnerBy', code: 'trackingOff' }]);
    expect(body.errors[0].detail).toContain('emailTracking');
    // What was scheduled before is paused and says why.
    const paused = await untilStatus(shy, later.id, 'paused');
    expect(paused.problem).toContain('emailTracking');
    await shy.expect(200, 'PATCH', `/v1/campaigns/${now.id}`, { winnerBy: 'manual' });
    await shy.expect(200, 'POST', `/v1/campaigns/${now.id}/send`, {});
    // Without HTML nobody can be seen to open or follow anything.
    await shy.expect(200, 'PATCH', '/v1/workspaces/current', { emailTracking: true });
    const text = await makeCampaign(shy, 't', { ...test, name: 'Text', html: null, text: 'Hi' });
    const { body: silent } = await shy.expect(422, 'POST', `/v1/campaigns/${text.id}/send`, {});
    expect(silent.errors).toMatchObject([{ pointer: '/winnerBy', code: 'withoutHtml' }]);
  }, 60_000);
});
