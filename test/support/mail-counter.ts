import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server that only counts: for tests that send many mails. */
export interface MailCounter {
  url: string;
  /** Addresses that begin so and got a mail. */
  count(prefix: string): number;
  addresses(prefix: string): Set<string>;
  /** Those of them that got more than one. */
  twice(prefix: string): string[];
  messageIds(prefix: string): Set<string>;
  stop(): Promise<void>;
}

export async function startMailCounter(): Promise<MailCounter> {
  const mails = new Map<string, string[]>();
  const counts = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      // Only what was ended is a mail: a client that dies before has sent nothing.
      stream.on('end', () => {
        const address = envelope.rcptTo[0]?.address ?? '';
        const id = /^Message-ID: *(\S+)/im.exec(Buffer.concat(chunks).toString())?.[1] ?? '';
        const ids = mails.get(address) ?? [];
        if (ids.length === 0) {
          const prefix = address.replace(/\d+@.*/, '');
          counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
        }
        mails.set(address, [...ids, id]);
        done();
      });
    },
  });
  // Clients that a test kills are no fault of the server.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const of = (prefix: string) => [...mails].filter(([address]) => address.startsWith(prefix));
  return {
    url: `smtp://127.0.0.1:${port}`,
    count: (prefix) => counts.get(prefix) ?? 0,
    addresses: (prefix) => new Set(of(prefix).map(([address]) => address)),
    twice: (prefix) => of(prefix).flatMap(([address, ids]) => (ids.length > 1 ? [address] : [])),
    messageIds: (prefix) => new Set(of(prefix).flatMap(([, ids]) => ids)),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
