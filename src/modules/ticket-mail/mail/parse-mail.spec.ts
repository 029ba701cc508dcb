import { describe, expect, it } from '@jest/globals';
import { parseMail, UnreadableMail } from './parse-mail.js';
import type { MailHead } from './mail-head.js';

interface Read {
  head: MailHead;
  text: string;
  parts: { name: string; contentType: string; isInline: boolean; content: Buffer }[];
}

async function* chunked(raw: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < raw.length; at += size) yield raw.subarray(at, at + size);
}

async function bytesOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function read(raw: string | Buffer, size = 1000): Promise<Read> {
  const bytes = typeof raw === 'string' ? Buffer.from(raw.replace(/\r?\n/g, '\r\n')) : raw;
  const parts: Read['parts'] = [];
  const mail = await parseMail(chunked(bytes, size), {
    onHead: () => true,
    onPart: async ({ content, ...part }) => {
      parts.push({ ...part, content: await bytesOf(content) });
    },
  });
  return { ...mail!, parts };
}

const HEAD = `From: =?utf-8?Q?Maria_M=C3=BCller?= <Maria@Customer.EXAMPLE>
To: Support <support+tok@acme.example>, "Sales" <sales@acme.example>
Cc: boss@customer.example
Subject: =?gb2312?B?tqm1pQ==?= 4711
Message-ID: <m1@customer.example>
In-Reply-To: <m0@acme.example>
References: <r1@acme.example>
\t<r2@acme.example> <m0@acme.example>
Date: Mon, 5 Jan 2026 10:12:00 +0100
`;

describe('a mail', () => {
  it.each([1, 7, 100_000])('is read in pieces of %s bytes', async (size) => {
    const { head, text } = await read(`${HEAD}\nHello,\n\nwhere is it?  \n`, size);
    expect(head).toMatchObject({
      from: { email: 'maria@customer.example', name: 'Maria Müller' },
      recipients: ['support+tok@acme.example', 'sales@acme.example', 'boss@customer.example'],
      subject: '订单 4711',
      messageId: '<m1@customer.example>',
      answers: ['<m0@acme.example>', '<r2@acme.example>', '<r1@acme.example>'],
    });
    expect(text).toBe('Hello,\n\nwhere is it?');
  });

  it('gives its text, and its attachments in their order', async () => {
    const { text, parts } = await read(`${HEAD}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--c
Content-Type: text/html

<p>Not this</p>
--c--
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''Rechnung%20%C3%BC.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--b
Content-Type: image/png; name=logo.png
Content-ID: <logo>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw==
--b--
`);
    expect(text).toBe('Grüße');
    expect(parts).toMatchObject([
      { name: 'Rechnung ü.pdf', contentType: 'application/pdf', isInline: false },
      { name: 'logo.png', contentType: 'image/png', isInline: true },
    ]);
    expect(parts[0]?.content.toString()).toBe('%PDF-');
  });

  it.each([
    ['gb18030', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), '你好'],
    ['big5', Buffer.from([0xa7, 0x41, 0xa6, 0x6e]), '你好'],
    ['shift_jis', Buffer.from([0x82, 0xb1, 0x82, 0xf1]), 'こん'],
    ['koi8-r', Buffer.from([0xf0, 0xd2, 0xc9]), 'При'],
    ['windows-1252', Buffer.from([0x80]), '€'],
    ['utf-8', Buffer.from([0x61, 0xff, 0x62]), 'a\ufffdb'],
    ['no-such-charset', Buffer.from('ok'), 'ok'],
    ['utf-7', Buffer.from('+ADw-script+AD4-'), '+ADw-script+AD4-'],
  ])('in %s is read', async (charset, bytes, expected) => {
    const head = `From: a@b.example\r\nContent-Type: text/plain; charset=${charset}\r\n\r\n`;
    const { text } = await read(Buffer.concat([Buffer.from(head), bytes]));
    expect(text).toBe(expected);
  });

  it('of HTML alone becomes text', async () => {
    const html =
      '<html><head><style>p{}</style></head><body><h1>Hello</h1><p>it is <b>broken</b>&nbsp;&amp; ' +
      '<a href="https://x.example/a">late</a><img src="https://track.example/1.gif"></p>' +
      '<blockquote>which one?</blockquote><script>alert(1)</script></body></html>';
    const { text } = await read(`From: a@b.example\nContent-Type: text/html\n\n${html}`);
    expect(text).toBe('Hello\n\nit is broken & late [https://x.example/a]\n\n> which one?');
  });

  it('without anything in it is a mail without text', async () => {
    const { head, text } = await read('From: a@b.example\n\n');
    expect([head.from?.email, head.messageId, head.subject, text]).toEqual([
      ...['a@b.example', null, '', ''],
    ]);
    expect((await read('no mail at all')).head.from).toBeNull();
    expect((await read('')).head.from).toBeNull();
  });

  it('is taken to its end, unread, when its head is not wanted', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${HEAD.replaceAll('\n', '\r\n')}Content-Type: application/zip\r\n\r\n`);
      for (; taken < 1000; taken += 1) yield Buffer.alloc(64 * 1024, 'A');
    }
    const mail = await parseMail(endless(), { onHead: () => false, onPart: async () => undefined });
    expect(mail).toBeNull();
    expect(taken).toBe(1000);
  });

  it('fails as its source does, or as whoever takes its parts', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from(HEAD);
      throw new Error('connection lost');
    }
    const reader = { onHead: () => true, onPart: async () => undefined };
    await expect(parseMail(broken(), reader)).rejects.toThrow('connection lost');
    const zip = Buffer.from('Content-Type: application/zip\r\n\r\nxx');
    const refuse = async () => Promise.reject(new Error('disk full'));
    await expect(
      parseMail(chunked(zip, 10), { onHead: () => true, onPart: refuse }),
    ).rejects.toThrow('disk full');
  });

  it.each([
    ['nobody has read', async () => undefined],
    [
      'somebody has read a little of',
      async (content: AsyncIterable<Buffer>) => {
        for await (const chunk of content) if (chunk.length > 0) break;
      },
    ],
    [
      'somebody has read a piece of',
      async (content: AsyncIterable<Buffer>) => {
        await content[Symbol.asyncIterator]().next();
      },
    ],
  ])('goes on behind a part that %s', async (_, look) => {
    const raw = Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip\r\n\r\n${'z'.repeat(300_000)}\r\n--b\r\n\r\nhello\r\n--b--\r\n`,
    );
    const mail = await parseMail(chunked(raw, 4096), {
      onHead: () => true,
      onPart: async ({ content }) => look(content),
    });
    expect(mail?.text).toBe('hello');
  });
});

describe('a mail made to hurt', () => {
  it.each([
    [
      '10,000 parts',
      () => `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(10_000)}--b--`,
    ],
    ['1,000,000 headers', () => `${'a: b\n'.repeat(1_000_000)}\nx`],
    ['lines without end', () => `From: a@b.example\n\n${'\n'.repeat(15_000_000)}x`],
    ['a header of 5 MB', () => `Subject: ${'x'.repeat(5_000_000)}\n\nx`],
    [
      '5,000 multiparts in one another',
      () =>
        Array.from(
          { length: 5000 },
          (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`,
        ).join(''),
    ],
  ])('by %s is given up early', async (_, make) => {
    const start = performance.now();
    await expect(read(make())).rejects.toBeInstanceOf(UnreadableMail);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it.each([
    ['HTML nested 100,000 deep', () => `Content-Type: text/html\n\n${'<b>'.repeat(100_000)}x`],
    [
      'HTML of lists that never end',
      () => `Content-Type: text/html\n\n${'<ul><li>'.repeat(60_000)}x`,
    ],
    ['HTML of cells', () => `Content-Type: text/html\n\n<table>${'<td>x'.repeat(100_000)}`],
    ['HTML of signs', () => `Content-Type: text/html\n\n${'<'.repeat(500_000)}x`],
    ['HTML of entities', () => `Content-Type: text/html\n\n${'&amp'.repeat(120_000)}x`],
    ['a long encoded subject', () => `Subject: ${'=?utf-8?Q?x?= '.repeat(15_000)}\n\nx`],
    ['many addresses', () => `To: ${'a@b.example, '.repeat(15_000)}c@d.example\n\nx`],
    ['addresses in groups', () => `To: ${'a:b:c@d.example;'.repeat(10_000)}\n\nx`],
    ['quotes that do not end', () => `To: ${'"('.repeat(60_000)}\n\nx`],
    ['References without end', () => `References: ${'<a@b> '.repeat(40_000)}\n\nx`],
    ['parameters in pieces', () => `Content-Type: text/plain; ${'a*1=b; '.repeat(30_000)}\n\nx`],
    ['empty lines', () => `From: a@b.example\n\n${'\n'.repeat(590_000)}x`],
    [
      'base64 of 10 MB',
      () =>
        `Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${'QUFB'.repeat(2_500_000)}`,
    ],
  ])('by %s is read in little time', async (_, make) => {
    const start = performance.now();
    const { text } = await read(make(), 64 * 1024);
    expect(text.length).toBeLessThanOrEqual(1_000_000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
