import { Injectable } from '@nestjs/common';
import { Mailer } from '../../platform/mail/mailer.js';
import type { MailMessage } from '../../platform/mail/mail-message.js';
import { isTooOld, MailPump, TOO_OLD } from '../../platform/mail/mail-pump.js';
import { MailQueueRepository } from '../../platform/mail/mail-queue.repository.js';
import type { QueuedMail } from '../../platform/mail/mail-queue.repository.js';
import { ownMailHeaders } from '../../platform/mail/own-mail.js';
import { isUnattended } from '../ticket-mail/index.js';
import { USUAL_QUESTION } from './public-surveys.service.js';
import { SurveyLinks } from './survey-links.js';
import { SurveysRepository } from './surveys.repository.js';
import type { SurveyLetter } from './surveys.repository.js';

/** Asks customers by e-mail if they are satisfied. */
@Injectable()
export class SurveyMailer extends MailPump {
  override readonly table = 'ticket_surveys';

  constructor(
    queue: MailQueueRepository,
    mailer: Mailer,
    private readonly surveys: SurveysRepository,
    private readonly links: SurveyLinks,
  ) {
    super(queue, mailer);
  }

  override async compose(mail: QueuedMail): Promise<MailMessage | string> {
    const letter = await this.surveys.letter(mail, mail.id);
    const reason = reasonAgainst(mail, letter);
    if (reason !== null) return reason;
    const { requesterEmail, supportAddress, ...rest } = letter as SurveyLetter;
    const expiresAt = this.links.expiry();
    await this.surveys.expire(mail, mail.id, expiresAt);
    const url = await this.links.urlOf(mail.workspaceId, mail.id, expiresAt);
    const address = supportAddress as string;
    return {
      to: { address: requesterEmail as string, name: rest.requesterName ?? undefined },
      from: { address, name: rest.from },
      messageId: `<survey.${mail.id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
      // Answers of machines would open the ticket again.
      headers: { ...ownMailHeaders(mail.workspaceId), 'Auto-Submitted': 'auto-generated' },
      ...contentOf(rest, url),
    };
  }
}

function reasonAgainst(mail: QueuedMail, letter: SurveyLetter | null): string | null {
  if (!letter) return 'The ticket is not there any more';
  if (!letter.enabled || letter.supportAddress === null) return 'The workspace does not ask';
  if (letter.isOpen) return 'The ticket is open';
  if (!letter.requesterEmail) return 'The requester has no e-mail address';
  if (isUnattended(letter.requesterEmail)) return 'Nobody reads what is sent to the requester';
  const due = Date.parse(mail.createdAt) + letter.delayHours * 3_600_000;
  return isTooOld(mail, due) ? TOO_OLD : null;
}

function contentOf(
  letter: Pick<SurveyLetter, 'question' | 'ticketNumber' | 'ticketSubject' | 'from'>,
  url: string,
): Pick<MailMessage, 'subject' | 'text'> {
  const { ticketNumber, ticketSubject, from } = letter;
  const question = letter.question ?? USUAL_QUESTION;
  return {
    subject: question,
    text: `${question}

It is about your request #${ticketNumber}: ${ticketSubject}

${url}

It takes a click or two.

${from}`,
  };
}
