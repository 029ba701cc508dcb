import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** A mail as the server took it. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** As it came over the wire. */
  raw: string;
  parsed: ParsedMail;
}

/** A real SMTP server on a free port of this machine, which keeps what it takes. */
export interface SmtpReceiver {
  url: string;
  mails: ReceivedMail[];
  /** The first mail (from now or before) to an address, waiting for it. @throws after 20 seconds. */
  mailTo(address: string, subject?: RegExp): Promise<ReceivedMail>;
  stop(): Promise<void>;
}

/**
 * Starts the server.
 * @param options handlers of smtp-server, such as an `onRcptTo` that refuses.
 */
export async function startSmtpReceiver(options: SMTPServerOptions = {}): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const { mailFrom, rcptTo } = session.envelope;
        void simpleParser(raw).then((parsed) => {
          const from = mailFrom ? mailFrom.address : '';
          mails.push({ from, to: rcptTo.map(({ address }) => address), raw, parsed });
          done();
        }, done);
      });
    },
    ...options,
  });
  // Clients that a test kills are no fault of the server.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    mailTo: (address, subject = /.*/) => waitFor(mails, address, subject),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function waitFor(
  mails: readonly ReceivedMail[],
  address: string,
  subject: RegExp,
): Promise<ReceivedMail> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = mails.find(
      ({ to, parsed }) => to.includes(address) && subject.test(parsed.subject ?? ''),
    );
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No mail to ${address} came`);
}
