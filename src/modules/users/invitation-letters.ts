import { Injectable } from '@nestjs/common';
import type { MailMessage } from '../../platform/mail/mail-message.js';
import { UserMails } from '../../platform/mail/user-mails.js';
import type { UserLetter } from '../../platform/mail/user-mails.js';
import { InvitationLinks } from './invitation-links.js';
import { InvitationsRepository } from './invitations.repository.js';

/** Writes the mails that invite people. */
@Injectable()
export class InvitationLetters {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly links: InvitationLinks,
    mails: UserMails,
  ) {
    mails.register('invitation', (letter) => this.compose(letter));
  }

  private async compose(
    letter: UserLetter,
  ): Promise<Pick<MailMessage, 'subject' | 'text'> | string> {
    const expiresAt = await this.invitations.expiryOf(letter, letter.id);
    if (expiresAt === null || letter.status !== 'invited') {
      return 'The invitation was accepted, renewed or taken back, or its 7 days are over';
    }
    const url = await this.links.urlOf(letter.workspaceId, letter.id);
    return {
      subject: `Invitation to ${letter.workspaceName}`,
      text: `You are invited to work in ${letter.workspaceName}. Follow this link to sign in there:

${url}

It is for you alone, and good until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC. Whoever has it
can accept the invitation, so do not pass it on. If you expect none, do nothing.`,
    };
  }
}
