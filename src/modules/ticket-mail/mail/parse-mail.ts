import { MailParser } from 'mailparser';
import type { AttachmentStream, MailParserOptions, MessageText } from 'mailparser';
import { textOfHtml } from './html-text.js';
import { readHead } from './mail-head.js';
import type { MailHead } from './mail-head.js';

/** A part of a mail that is no text of its own. */
export interface MailPart {
  name: string;
  /** As the sender declares it: not to be believed. */
  contentType: string;
  /** Shown inside the text, such as the logo of a signature. */
  isInline: boolean;
  content: AsyncIterable<Buffer>;
}

/** A mail as far as it has been read. */
export interface ParsedMail {
  head: MailHead;
  /** What it says, quotes included, without trailing spaces. */
  text: string;
}

/** Takes the parts of a mail while it is read. */
export interface MailReader {
  /** Told of the head before the first part; false: nothing further of the mail is wanted. */
  onHead(head: MailHead): Promise<boolean> | boolean;
  /** What it leaves of the content unread is skipped. */
  onPart(part: MailPart): Promise<void>;
}

/** A mail that is made to hurt, or that nothing can be made of. */
export class UnreadableMail extends Error {
  override name = 'UnreadableMail';
}

const LIMITS = {
  /** Parts inside one another or side by side. */
  maxChildNodes: 250,
  /** Bytes of headers: of the mail, and of each of its parts. */
  maxHeadSize: 256 * 1024,
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  checksumAlgo: false,
} satisfies MailParserOptions;

/** The largest mail has fewer in base64. */
const MOST_LINES = 600_000;

/** Characters of text that are looked at; a longer one is cut here. */
const MOST_TEXT = 1_000_000;

/**
 * Reads a raw RFC 5322 message as it arrives. Its text is held in memory, its other parts never
 * are: each is handed on as a stream before what follows it is read.
 * @returns null when the reader wanted nothing but the head.
 * @throws UnreadableMail for too many parts or headers, or whatever the source or reader throws.
 */
export async function parseMail(
  source: AsyncIterable<Buffer>,
  reader: MailReader,
): Promise<ParsedMail | null> {
  const parser = new MailParser(LIMITS);
  const reading = new Reading(parser, reader);
  const feed = new Feed(parser);
  const fed = feed.from(source);
  try {
    for await (const item of parser as AsyncIterable<AttachmentStream | MessageText>) {
      if (!(await reading.wanted())) return null;
      if (item.type === 'text') reading.text = item;
      else await reading.part(item);
    }
    await fed;
    return await reading.result();
  } catch (error) {
    parser.destroy();
    // What is wrong with the source comes first: a mail that is too large is not unreadable.
    await fed;
    throw asUnreadable(error);
  } finally {
    parser.destroy();
    // The rest is taken all the same: who is still sending would not read an answer. Its failure
    // has been thrown above, or does not matter any more.
    await fed.catch(() => undefined);
  }
}

class Reading {
  text: MessageText | null = null;
  private head: MailHead | null = null;
  private answer: Promise<boolean> | undefined;
  private lines: readonly { key: string; line: string }[] = [];
  private parsed: ReadonlyMap<string, unknown> = new Map();

  constructor(
    parser: MailParser,
    private readonly reader: MailReader,
  ) {
    parser.once('headerLines', (lines: typeof this.lines) => (this.lines = lines));
    parser.once('headers', (parsed: typeof this.parsed) => (this.parsed = parsed));
  }

  /** Shows the head to the reader, once. */
  wanted(): Promise<boolean> {
    this.head ??= readHead(this.lines, this.parsed);
    return (this.answer ??= Promise.resolve(this.reader.onHead(this.head)));
  }

  async part(item: AttachmentStream): Promise<void> {
    const chunks = item.content.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
    try {
      await this.reader.onPart({
        name: item.filename ?? '',
        contentType: item.contentType,
        isInline: item.related === true || item.contentDisposition === 'inline',
        // Whoever stops early must not end the stream: the parser goes on behind its last byte.
        content: { [Symbol.asyncIterator]: () => ({ next: () => chunks.next() }) },
      });
    } finally {
      while (!(await chunks.next()).done);
      item.release?.();
    }
  }

  async result(): Promise<ParsedMail | null> {
    if (!(await this.wanted())) return null;
    const { text = '', html = '' } = this.text ?? {};
    const isPlain = text.trim() !== '' || html === '';
    const said = isPlain ? text.slice(0, MOST_TEXT) : textOfHtml(html);
    return { head: this.head as MailHead, text: tidied(said) };
  }
}

/** Writes a source to the parser, no faster than it reads; what it does not want is dropped. */
class Feed {
  private lines = 0;
  private wake = (): void => undefined;

  constructor(private readonly parser: MailParser) {
    for (const event of ['drain', 'close']) parser.on(event, () => this.wake());
    // Whoever reads from it is told; what comes after that must not end the process.
    parser.on('error', () => this.wake());
  }

  /** A mail of nothing but line ends would take minutes. */
  private count(chunk: Buffer): void {
    for (const byte of chunk) if (byte === 0x0a) this.lines += 1;
    if (this.lines <= MOST_LINES || this.parser.destroyed) return;
    this.parser.destroy(new UnreadableMail(`More than ${MOST_LINES} lines`));
  }

  async from(source: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of source) {
        this.count(chunk);
        if (this.parser.destroyed || this.parser.write(chunk)) continue;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          if (this.parser.destroyed) resolve();
        });
      }
      if (!this.parser.destroyed) this.parser.end();
    } catch (error) {
      this.parser.destroy(error as Error);
      throw error;
    }
  }
}

function asUnreadable(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  return code === 'EMAXLEN' ? new UnreadableMail(message, { cause: error }) : error;
}

/** Lines without trailing spaces, no more than two empty ones in a row, nothing to obey. */
function tidied(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      .replaceAll('\u00a0', ' ')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f\ufeff]/g, '')
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{4,}/g, '\n\n\n')
      .trim()
  );
}
