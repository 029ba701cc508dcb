import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { StoredFile } from '../../../platform/files/file-store.js';
import { ContactsService } from '../../contacts/index.js';
import { TicketConversationsService, TicketsService } from '../../tickets/index.js';
import type { MailHead, Mailbox } from '../mail/mail-head.js';
import { newTextOf } from '../mail/reply-text.js';
import { InboundEmailsRepository } from './inbound-emails.repository.js';
import type { Outcome } from './inbound-emails.repository.js';
import { MailFiles } from './mail-files.js';
import { tokensIn } from './reply-token.js';

/** A mail of a person that is let in. */
export interface TakenMail {
  head: MailHead & { from: Mailbox };
  text: string;
  /** Where the gateway says it was sent to, besides what the head says. */
  recipient: string | null;
  files: readonly StoredFile[];
  /** Files that were not taken, each with why. */
  leftOut: readonly string[];
}

/** Characters of a message, or of the description of a ticket; the whole text is a file then. */
export const LONGEST_TEXT = 49_000;

/** Makes tickets, and replies to tickets, of mails. */
@Injectable()
export class TicketIntake {
  constructor(
    private readonly tickets: TicketsService,
    private readonly conversations: TicketConversationsService,
    private readonly contacts: ContactsService,
    private readonly emails: InboundEmailsRepository,
    private readonly files: MailFiles,
  ) {}

  /**
   * Makes a message of the ticket that a mail answers, or else a ticket, whose requester is the
   * sender. Whoever answers a ticket without being its requester (a colleague who got a copy)
   * stays named as the author; answers still go to the requester alone. A ticket that is closed is
   * over: the mail becomes a new one, linked to it. Custom properties that tickets or contacts must
   * have stay empty: a mail cannot fill them in, and is not lost for that.
   * @param ctx that of the transaction, with the permissions for it.
   */
  async take(tx: Transaction, ctx: RequestContext, mail: TakenMail): Promise<Outcome> {
    const { head, recipient } = mail;
    const addresses = [...head.recipients, ...(recipient === null ? [] : [recipient])];
    const tokens = tokensIn(addresses);
    const found = await this.emails.ticketOf(tx, ctx.workspaceId, head.answers, tokens);
    const contactId = await this.contactOf(tx, ctx, head.from);
    if (found && !found.isClosed) return this.reply(tx, ctx, mail, found.id, contactId);
    return this.open(tx, ctx, mail, found?.id ?? null, contactId);
  }

  private async reply(
    tx: Transaction,
    ctx: RequestContext,
    mail: TakenMail,
    ticketId: string,
    contactId: string,
  ): Promise<Outcome> {
    const attachmentIds = await this.files.attach(tx, ctx, ticketId, mail.files);
    const { message } = await this.conversations.add(ctx, ticketId, {
      ...{ kind: 'reply', direction: 'inbound', channel: 'email' },
      body: bodyOf(newTextOf(mail.text), mail),
      authorContactId: contactId,
      messageId: mail.head.messageId,
      inReplyTo: mail.head.answers[0] ?? null,
      attachmentIds,
    });
    return { result: 'replied', reason: null, ticketId, messageId: message.id };
  }

  private async open(
    tx: Transaction,
    ctx: RequestContext,
    mail: TakenMail,
    follows: string | null,
    contactId: string,
  ): Promise<Outcome> {
    const body = {
      subject: mail.head.subject === '' ? '(no subject)' : mail.head.subject,
      description: bodyOf(mail.text, mail),
      requesterId: contactId,
      channel: 'email',
      ...(follows === null ? {} : { links: [{ object: 'ticket', recordId: follows }] }),
    };
    const now = new Date().toISOString();
    const { id } = await this.tickets.creator.one(ctx, body, {
      values: { last_customer_message_at: now },
      ownerId: null,
      mayLackProperties: true,
    });
    await this.files.attach(tx, ctx, id, mail.files);
    return { result: 'created', reason: null, ticketId: id, messageId: null };
  }

  /** The contact with the address, made if there is none. */
  private async contactOf(
    tx: Transaction,
    ctx: RequestContext,
    { email, name }: Mailbox,
  ): Promise<string> {
    const known = await this.emails.contactOf(tx, ctx.workspaceId, email);
    if (known !== null) return known;
    const body = { email, ...namesOf(name), source: 'email' };
    const given = { ownerId: null, mayLackProperties: true };
    return (await this.contacts.creator.one(ctx, body, given)).id;
  }
}

/** `Maria Anders` and `Anders, Maria`, as mail programs write them. */
function namesOf(name: string | null): { firstName?: string; lastName?: string } {
  if (name === null) return {};
  const [last = '', first = ''] = name.split(',', 2).map((part) => part.trim());
  if (first !== '' && last !== '') return { firstName: first, lastName: last };
  const words = name.replaceAll(',', ' ').trim().split(/\s+/);
  const lastName = words.pop();
  return {
    ...(lastName ? { lastName } : {}),
    ...(words.length > 0 ? { firstName: words.join(' ') } : {}),
  };
}

function bodyOf(text: string, { leftOut }: TakenMail): string {
  const cut =
    text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT).toWellFormed()} […]` : text;
  const notes = leftOut.map((note) => `[Left out: ${note}]`);
  return [cut === '' ? '(no text)' : cut, ...(notes.length > 0 ? [notes.join('\n')] : [])].join(
    '\n\n',
  );
}
