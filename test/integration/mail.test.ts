import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { Config } from '../../src/config/config.js';
import { Mailer } from '../../src/platform/mail/mailer.js';
import { startSmtpReceiver } from '../support/smtp-receiver.js';
import type { SmtpReceiver } from '../support/smtp-receiver.js';
import { eventually } from '../support/worker-app.js';

const mailers: Mailer[] = [];

function mailerFor(smtpUrl: string | undefined, mailFrom = 'Keel <crm@example.com>'): Mailer {
  const mailer = new Mailer(Object.assign(new Config(), { smtpUrl, mailFrom }));
  mailers.push(mailer);
  return mailer;
}

afterEach(() => {
  for (const mailer of mailers.splice(0)) mailer.onApplicationShutdown();
});

const MAIL = { to: { address: 'maria@example.org' }, subject: 'Hello', text: 'Good day' };

describe('a mail', () => {
  let receiver: SmtpReceiver;
  beforeAll(async () => {
    receiver = await startSmtpReceiver({
      onRcptTo: ({ address }, _session, done) => {
        const status = { 'gone@example.org': 550, 'full@example.org': 452 }[address];
        done(status ? Object.assign(new Error('no'), { responseCode: status }) : null);
      },
    });
  });
  afterAll(() => receiver.stop());

  it('arrives with all that was given', async () => {
    const mailer = mailerFor(receiver.url);
    expect(mailer.isConfigured).toBe(true);
    const { messageId, response } = await mailer.send({
      to: { address: 'maria@example.org', name: 'María "Ünal", Müller' },
      replyTo: 'support+x7@example.com',
      subject: 'Grüße — 你好',
      text: 'Zwölf',
      html: '<p>Zwölf</p>',
      messageId: '<m1@keel.example.com>',
      inReplyTo: '<m0@example.org>',
      references: ['<a@example.org>', '<m0@example.org>'],
      headers: { 'List-Unsubscribe': '<https://example.com/u>' },
      attachments: [
        {
          filename: 'Rechnung ä.pdf',
          contentType: 'application/pdf',
          content: Buffer.from('%PDF'),
        },
      ],
    });
    expect(messageId).toBe('<m1@keel.example.com>');
    expect(response).toMatch(/^250 /);
    const { from, to, parsed } = await receiver.mailTo('maria@example.org');
    expect({ from, to }).toEqual({ from: 'crm@example.com', to: ['maria@example.org'] });
    expect(parsed).toMatchObject({
      subject: 'Grüße — 你好',
      html: '<p>Zwölf</p>',
      inReplyTo: '<m0@example.org>',
      references: ['<a@example.org>', '<m0@example.org>'],
      from: { value: [{ name: 'Keel', address: 'crm@example.com' }] },
      to: { value: [{ name: 'María "Ünal", Müller' }] },
      replyTo: { value: [{ address: 'support+x7@example.com' }] },
    });
    expect(parsed.text?.trim()).toBe('Zwölf');
    expect(parsed.attachments).toMatchObject([{ filename: 'Rechnung ä.pdf', size: 4 }]);
    expect(parsed.headers.get('list')).toMatchObject({
      unsubscribe: { url: 'https://example.com/u' },
    });
  });

  it('cannot be made to carry further headers or receivers by what is written into it', async () => {
    const mailer = mailerFor(receiver.url);
    await mailer.send({
      ...MAIL,
      to: { address: 'ann@example.org', name: 'Ann\r\nBcc: spy@example.org' },
      subject: 'Hi\r\nBcc: spy@example.org',
    });
    const { to, parsed } = await receiver.mailTo('ann@example.org');
    expect(to).toEqual(['ann@example.org']);
    expect(parsed.bcc).toBeUndefined();
  });

  it('is refused for good, or for now, as the server says', async () => {
    const mailer = mailerFor(receiver.url);
    const sendTo = (address: string) => mailer.send({ ...MAIL, to: { address } });
    await expect(sendTo('gone@example.org')).rejects.toMatchObject({
      ...{ name: 'MailError', failure: 'refused', status: 550 },
    });
    await expect(sendTo('full@example.org')).rejects.toMatchObject({
      ...{ failure: 'temporary', status: 452 },
    });
    await sendTo('next@example.org');
  });
});

describe('whoever wants to know when a mail ends', () => {
  const told = async (url: string, text: string): Promise<string[]> => {
    const steps: string[] = [];
    await mailerFor(url).send(
      { ...MAIL, text },
      {
        beforeEnd: async () => {
          steps.push('before');
          await Promise.resolve();
        },
        atEnd: () => steps.push('at'),
        afterEnd: () => steps.push('after'),
      },
    );
    return eventually(
      () => steps,
      ({ length }) => length === 3,
    );
  };

  let plain: SmtpReceiver;
  let secret: SmtpReceiver;
  beforeAll(async () => {
    plain = await startSmtpReceiver();
    secret = await startSmtpReceiver({ secure: true, logger: false });
  });
  afterAll(async () => {
    await plain.stop();
    await secret.stop();
  });

  const ENDS = ['Good day', '', 'Lines\r\n', '.\r\n.\r\n', `${'x'.repeat(100_000)}\n.\r\n`];

  it.each(ENDS)('is told before, at and after it, whatever it ends with', async (text) => {
    expect(await told(plain.url, text)).toEqual(['before', 'at', 'after']);
  });

  it('is told on an encrypted connection, too', async () => {
    const url = `${secret.url.replace('smtp:', 'smtps:')}?tls.rejectUnauthorized=false`;
    expect(await told(url, 'Good day')).toEqual(['before', 'at', 'after']);
    expect(secret.mails).toHaveLength(1);
  });

  it('keeps it from ending by an error, at the last moment, too', async () => {
    const fail = () => {
      throw new Error('the disk is full');
    };
    const none = () => undefined;
    const endings = [
      { beforeEnd: () => Promise.reject(new Error('no more')), atEnd: none, afterEnd: none },
      { beforeEnd: () => Promise.resolve(), atEnd: fail, afterEnd: none },
    ];
    const mailer = mailerFor(plain.url);
    const message = { ...MAIL, to: { address: 'last@example.org' } };
    for (const ending of endings) await expect(mailer.send(message, ending)).rejects.toThrow();
    await mailer.send({ ...message, subject: 'The next one' });
    const arrived = plain.mails.filter(({ to }) => to.includes('last@example.org'));
    expect(arrived.map(({ parsed }) => parsed.subject)).toEqual(['The next one']);
  });
});

describe('without a server that answers', () => {
  let server: Server;
  let sessions = 0;

  /** Speaks SMTP up to a point, and hangs up there. */
  const hangUp = async (at: RegExp): Promise<string> => {
    sessions = 0;
    server = createServer((socket) => {
      let inData = false;
      socket.write('220 hello\r\n');
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        if (at.test(text)) {
          sessions += 1;
          return socket.destroy();
        }
        if (!inData) socket.write(text.startsWith('DATA') ? '354 go\r\n' : '250 ok\r\n');
        inData ||= text.startsWith('DATA');
        return undefined;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server.close();
  });

  it('a mail that was not wholly sent may be sent again', async () => {
    const url = await hangUp(/^RCPT/);
    await expect(mailerFor(url).send(MAIL)).rejects.toMatchObject({ failure: 'temporary' });
    server.close();
    await expect(mailerFor(url).send(MAIL)).rejects.toMatchObject({ failure: 'temporary' });
  });

  it('nobody knows of one that was wholly sent, and it is not sent a second time', async () => {
    const url = await hangUp(/\r\n\.\r\n$/);
    await expect(mailerFor(url).send(MAIL)).rejects.toMatchObject({ failure: 'unknown' });
    expect(sessions).toBe(1);
  });

  it('and without settings the error says which one is missing', async () => {
    await hangUp(/^EHLO/);
    expect(mailerFor(undefined).isConfigured).toBe(false);
    await expect(mailerFor(undefined).send(MAIL)).rejects.toMatchObject({
      ...{ failure: 'unconfigured', message: 'There is no SMTP_URL to send with' },
    });
    const config = Object.assign(new Config(), { smtpUrl: 'smtp://127.0.0.1:1' });
    const nameless = new Mailer(config);
    mailers.push(nameless);
    await expect(nameless.send(MAIL)).rejects.toMatchObject({ failure: 'unconfigured' });
  });
});
