import type { Client } from './client.js';

/** Parts of a mail that a test sends. */
export interface TestMail {
  from?: string;
  to?: string;
  subject?: string;
  id?: string | null;
  inReplyTo?: string;
  references?: string;
  /** Further header lines. */
  head?: readonly string[];
  body?: string;
}

let count = 0;

/** A raw message, with the line ends of the wire. */
export function rawMail(mail: TestMail = {}): string {
  count += 1;
  const { id = `<test-${count}@customer.example>` } = mail;
  const head = [
    `From: ${mail.from ?? 'Maria Anders <maria@customer.example>'}`,
    `To: ${mail.to ?? 'support@acme.example'}`,
    `Subject: ${mail.subject ?? 'The cup is broken'}`,
    ...(id === null ? [] : [`Message-ID: ${id}`]),
    ...(mail.inReplyTo === undefined ? [] : [`In-Reply-To: ${mail.inReplyTo}`]),
    ...(mail.references === undefined ? [] : [`References: ${mail.references}`]),
    ...(mail.head ?? []),
  ];
  return `${head.join('\n')}\n\n${mail.body ?? 'Can I have another one?'}\n`.replace(
    /\r?\n/g,
    '\r\n',
  );
}

/** Hands a raw message over as a mail gateway does. */
export async function handOver(
  gateway: Client,
  raw: string | TestMail,
  headers: Record<string, string> = {},
) {
  const body = typeof raw === 'string' ? raw : rawMail(raw);
  const all = { 'content-type': 'message/rfc822', ...headers };
  return (await gateway.expect(200, 'POST', '/v1/inbound/email', body, all)).body;
}

/** A mail with a part for each file. */
export function withFiles(
  text: string,
  files: readonly { name: string; type: string; content: Buffer }[],
): Pick<TestMail, 'head' | 'body'> {
  const parts = files.map(
    ({ name, type, content }) =>
      `--part\nContent-Type: ${type}; name="${name}"\n` +
      `Content-Disposition: attachment; filename="${name}"\n` +
      `Content-Transfer-Encoding: base64\n\n${content.toString('base64').replace(/.{76}/g, '$&\n')}\n`,
  );
  return {
    head: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=part'],
    body: `--part\nContent-Type: text/plain; charset=utf-8\n\n${text}\n${parts.join('')}--part--`,
  };
}
