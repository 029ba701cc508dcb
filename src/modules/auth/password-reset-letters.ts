import { Injectable } from '@nestjs/common';
import type { MailMessage } from '../../platform/mail/mail-message.js';
import { UserMails } from '../../platform/mail/user-mails.js';
import type { UserLetter } from '../../platform/mail/user-mails.js';
import { PasswordResetLinks } from './password-reset-links.js';
import { PasswordResetsRepository } from './password-resets.repository.js';

/** Writes the mails to people who have forgotten their password. */
@Injectable()
export class PasswordResetLetters {
  constructor(
    private readonly resets: PasswordResetsRepository,
    private readonly links: PasswordResetLinks,
    mails: UserMails,
  ) {
    mails.register('passwordReset', (letter) => this.compose(letter));
  }

  private async compose({
    workspaceId,
    id,
  }: UserLetter): Promise<Pick<MailMessage, 'subject' | 'text'> | string> {
    if (!(await this.resets.find(id))) return 'The link was used or renewed, or its hour is over';
    const url = await this.links.urlOf(workspaceId, id);
    return {
      subject: 'Your new password',
      text: `Follow this link to choose a new password:

${url}

It is for you alone, and good once, for an hour. If you did not ask for it, do nothing: your
password stays as it is.`,
    };
  }
}
