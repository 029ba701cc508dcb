import { createHash } from 'node:crypto';
import type { RequestContext } from '../../../common/context.js';
import type { StoredFile } from '../../../platform/files/file-store.js';
import { automaticReason } from '../mail/auto-mail.js';
import type { StopReason } from '../mail/auto-mail.js';
import { isDeliveryReport, MOST_REPORT, readReport } from '../mail/delivery-report.js';
import type { DeliveryReport } from '../mail/delivery-report.js';
import type { MailHead } from '../mail/mail-head.js';
import { parseMail, UnreadableMail } from '../mail/parse-mail.js';
import type { MailPart, MailReader } from '../mail/parse-mail.js';
import type { InboundEmailDto } from './inbound-email.dto.js';
import type { InboundEmailsRepository, NewInboundEmail } from './inbound-emails.repository.js';
import type { MailFiles } from './mail-files.js';
import { LONGEST_TEXT } from './ticket-intake.js';

/** What the gateway tells of a mail besides the mail itself; null where it does not. */
export interface Envelope {
  to: string | null;
  /** Empty for reports of mail servers. */
  from: string | null;
}

/** Of a mail whose head could not be read. */
const NO_HEAD: Pick<MailHead, 'from' | 'messageId' | 'recipients' | 'subject'> = {
  ...{ from: null, messageId: null, recipients: [], subject: '' },
};

/** One mail while it is read: what is known of it so far, and the files that were kept. */
export class MailReading implements MailReader {
  readonly files: StoredFile[] = [];
  readonly leftOut: string[] = [];
  text = '';
  head: MailHead | null = null;
  stopped: StopReason | null = null;
  /** The same mail, when it has come before. */
  known: InboundEmailDto | null = null;
  private readonly hash = createHash('sha256');
  /** Its first bytes, as long as it may be a report; null once it is none. */
  private beginning: Buffer[] | null = [];
  private size = 0;

  constructor(
    private readonly ctx: RequestContext,
    private readonly emails: InboundEmailsRepository,
    private readonly store: MailFiles,
    private readonly envelope: Envelope,
  ) {}

  get recipient(): string | null {
    return this.envelope.to;
  }

  /** What it tells of a mail that came back, if it is such a report. */
  get report(): DeliveryReport | null {
    if (this.stopped !== 'bounce' || !this.head || !this.beginning) return null;
    return readReport(Buffer.concat(this.beginning).subarray(0, MOST_REPORT), this.head);
  }

  /** Reads it to its end. @throws what the source throws, or the store of files. */
  async read(source: AsyncIterable<Buffer>): Promise<void> {
    try {
      const mail = await parseMail(this.hashed(source), this);
      this.text = mail?.text ?? '';
    } catch (error) {
      if (!(error instanceof UnreadableMail)) throw error;
      this.stopped = 'unreadable';
    }
    if (this.text.length > LONGEST_TEXT && this.stopped === null) {
      this.files.push(await this.store.saveText(this.ctx, this.text));
    }
  }

  async onHead(head: MailHead): Promise<boolean> {
    this.head = head;
    if (!isDeliveryReport(head)) this.beginning = null;
    if (head.messageId !== null) {
      this.known = await this.emails.findByKey(this.ctx, keyOf(head.messageId));
      if (this.known) return false;
    }
    this.stopped =
      automaticReason(head, {
        workspaceId: this.ctx.workspaceId,
        envelopeFrom: this.envelope.from,
      }) ?? (await this.emails.judge(this.ctx, head.messageId, head.from?.email ?? null));
    return this.stopped === null;
  }

  async onPart(part: MailPart): Promise<void> {
    const kept = await this.store.save(this.ctx, part, this.files);
    if (typeof kept === 'string') this.leftOut.push(kept);
    else this.files.push(kept);
  }

  /** What is noted down of it, once it was read. */
  entry(id: string): NewInboundEmail {
    const { from, messageId, recipients, subject } = this.head ?? NO_HEAD;
    return {
      id,
      key: keyOf(messageId ?? this.hash.copy().digest('hex')),
      mailId: messageId,
      ...{ senderEmail: from?.email ?? null, senderName: from?.name ?? null },
      recipient: this.envelope.to ?? recipients[0] ?? null,
      subject,
    };
  }

  private async *hashed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.hash.update(chunk);
      if (this.size < MOST_REPORT) this.beginning?.push(chunk);
      this.size += chunk.length;
      yield chunk;
    }
  }
}

const keyOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
