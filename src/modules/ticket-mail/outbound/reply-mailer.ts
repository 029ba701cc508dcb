import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { Database } from '../../../platform/database/database.js';
import { FileStore } from '../../../platform/files/file-store.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import type { MailMessage } from '../../../platform/mail/mail-message.js';
import { isTooOld, MailPump, TOO_OLD } from '../../../platform/mail/mail-pump.js';
import { MailQueueRepository } from '../../../platform/mail/mail-queue.repository.js';
import type { QueuedMail } from '../../../platform/mail/mail-queue.repository.js';
import { ownMailHeaders } from '../../../platform/mail/own-mail.js';
import { addressWithToken } from '../inbound/reply-token.js';
import { ReplyEvents } from './reply-events.js';
import { ReplyLettersRepository } from './reply-letters.repository.js';
import type { ReplyLetter } from './reply-letters.repository.js';

/** Bytes of files that mail servers let through; what does not fit is named in the text. */
const MOST_FILES = 18_000_000;

/** Sends the public replies of users to requesters. */
@Injectable()
export class ReplyMailer extends MailPump {
  override readonly table = 'ticket_mails';

  constructor(
    queue: MailQueueRepository,
    mailer: Mailer,
    private readonly database: Database,
    private readonly letters: ReplyLettersRepository,
    private readonly files: FileStore,
    private readonly events: ReplyEvents,
  ) {
    super(queue, mailer);
  }

  override async compose(mail: QueuedMail): Promise<MailMessage | string> {
    if (isTooOld(mail, Date.parse(mail.createdAt))) return TOO_OLD;
    const letter = await this.letters.find(mail, mail.id);
    if (!letter) return 'The reply, or its ticket, is not there any more';
    if (!letter.requesterEmail) return 'The requester has no e-mail address';
    const { supportAddress } = letter;
    if (!letter.sendReplies || supportAddress === null) return 'The workspace sends no replies';
    const mailId = letter.mailId ?? mailIdOf(mail.id, supportAddress);
    await this.letters.name(mail, mail.id, mailId);
    const token = letter.token ?? (await this.tokenOf(mail, letter.ticketId));
    return {
      to: { address: letter.requesterEmail, name: letter.requesterName ?? undefined },
      from: { address: supportAddress, name: senderOf(letter) },
      replyTo: addressWithToken(supportAddress, token),
      subject: subjectOf(letter),
      messageId: mailId,
      ...(letter.references.length > 0
        ? { inReplyTo: letter.references.at(-1), references: letter.references }
        : {}),
      // A person has written it; no machine need answer it.
      headers: ownMailHeaders(mail.workspaceId),
      ...(await this.contentOf(mail, letter)),
    };
  }

  override async givenUp(mail: QueuedMail, failure: string): Promise<void> {
    const letter = await this.letters.find(mail, mail.id);
    if (letter) await this.events.undelivered(mail.workspaceId, letter.ticketId, mail.id, failure);
  }

  private tokenOf(mail: QueuedMail, ticketId: string): Promise<string> {
    return this.database.transaction(mail, (tx) => this.letters.token(tx, mail, ticketId));
  }

  private async contentOf(
    mail: QueuedMail,
    { body, files }: ReplyLetter,
  ): Promise<Pick<MailMessage, 'text' | 'attachments'>> {
    const attachments: { filename: string; contentType: string; content: Readable }[] = [];
    const tooLarge: string[] = [];
    let size = 0;
    for (const { id, name, contentType, size: bytes } of files) {
      if (size + bytes > MOST_FILES) {
        tooLarge.push(name);
        continue;
      }
      size += bytes;
      const content = Readable.from(await this.files.open(mail, id));
      attachments.push({ filename: name, contentType, content });
    }
    const notes = tooLarge.map((name) => `[Too large for a mail: ${name}]`);
    return { text: [body, ...notes].join('\n\n'), attachments };
  }
}

/** The same for the same message, whoever sends it. */
function mailIdOf(messageId: string, supportAddress: string): string {
  return `<ticket-reply.${messageId}@${supportAddress.slice(supportAddress.lastIndexOf('@') + 1)}>`;
}

function senderOf({ authorName, senderName, workspaceName }: ReplyLetter): string {
  const house = senderName ?? workspaceName;
  return authorName === null ? house : `${authorName} (${house})`;
}

/** Programs find threads by their subject as well: nothing is added but `Re:`. */
function subjectOf({ subject, isAnswer }: ReplyLetter): string {
  return !isAnswer || /^(?:re|aw|sv|antw|回复|答复)\s?[:：]/i.test(subject)
    ? subject
    : `Re: ${subject}`;
}
