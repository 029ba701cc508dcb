import { Injectable } from '@nestjs/common';
import { SignedLinks } from '../links/signed-links.js';
import { Mailer } from './mailer.js';
import type { MailMessage } from './mail-message.js';
import { isTooOld, MailPump, TOO_OLD } from './mail-pump.js';
import { MailQueueRepository } from './mail-queue.repository.js';
import type { QueuedMail } from './mail-queue.repository.js';
import { ownMailHeaders, userMailId } from './own-mail.js';
import { UserMails } from './user-mails.js';

/** Sends mails to users. */
@Injectable()
export class UserMailer extends MailPump {
  override readonly table = 'user_mails';

  constructor(
    queue: MailQueueRepository,
    mailer: Mailer,
    private readonly mails: UserMails,
    private readonly links: SignedLinks,
  ) {
    super(queue, mailer);
  }

  override async compose(mail: QueuedMail): Promise<MailMessage | string> {
    if (isTooOld(mail, Date.parse(mail.createdAt))) return TOO_OLD;
    const letter = await this.mails.find(mail, mail.id);
    if (!letter) return 'The user is not there any more';
    const content = await this.mails.compose(letter);
    if (typeof content === 'string') return content;
    return {
      to: { address: letter.email, name: letter.name },
      messageId: userMailId(mail.id, new URL(this.links.url('/')).hostname),
      headers: { ...ownMailHeaders(mail.workspaceId), 'Auto-Submitted': 'auto-generated' },
      ...content,
    };
  }
}
