import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import nodemailer from 'nodemailer';
import type { SendMailOptions, SMTPPoolSentMessageInfo, Transporter } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import type { Readable } from 'node:stream';
import { Config } from '../../config/config.js';
import { gated } from './gated-mail.js';
import type { Ending } from './gated-mail.js';
import { MailError } from './mail-message.js';
import type { MailFailure, MailMessage, MailReceipt } from './mail-message.js';

/** Milliseconds a server may take to greet, and to answer. */
const GREETING = 15_000;
const SILENCE = 60_000;

/** What we add to nodemailer's options of a mail, for {@link noteStream}. */
interface Noted extends SendMailOptions {
  note: { stream?: Readable; ending?: Ending | undefined };
}

/**
 * Hands mails to the SMTP server of `SMTP_URL`, over a few connections that stay open
 * (`?maxConnections=5`). It tries once: whoever sends keeps what is to be sent, and knows by the
 * failure whether to try again.
 */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter<SMTPPoolSentMessageInfo> | null;
  private readonly from: MailMessage['from'];

  constructor({ smtpUrl, mailFrom }: Config) {
    this.transport = smtpUrl === undefined ? null : connect(smtpUrl);
    this.from = parseFrom(mailFrom);
  }

  /** Whether there is a server to send with. */
  get isConfigured(): boolean {
    return this.transport !== null;
  }

  /** Whether there is also an address of our own to send from, where a mail names no other. */
  get hasSender(): boolean {
    return this.isConfigured && this.from !== undefined;
  }

  /**
   * Hands over one mail. @throws MailError saying whether it may be tried again.
   * @param ending hears of the end of the mail, without which the server takes none of it.
   */
  async send(message: MailMessage, ending?: Ending): Promise<MailReceipt> {
    if (!this.transport) throw new MailError('unconfigured', 'There is no SMTP_URL to send with');
    const note: Noted['note'] = { ending };
    try {
      const options: Noted = { ...optionsOf(message, this.from), note };
      const sent = await this.transport.sendMail(options);
      return { messageId: sent.messageId, response: sent.response };
    } catch (error) {
      throw failureOf(error as SmtpError, note.stream?.readableEnded ?? false);
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }
}

function connect(url: string): Transporter<SMTPPoolSentMessageInfo> {
  const { searchParams } = new URL(url);
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: Number(searchParams.get('maxConnections') ?? 5),
    maxMessages: Number(searchParams.get('maxMessages') ?? 1000),
    // The pool would send again what a server may have taken before it hung up.
    maxRequeues: 0,
    greetingTimeout: GREETING,
    connectionTimeout: GREETING,
    socketTimeout: SILENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', noteStream);
  return transport;
}

/** Notes the stream of a message: when it has been read to its end, the server may have it all. */
const noteStream: Parameters<ReturnType<typeof nodemailer.createTransport>['use']>[1] = (
  mail,
  done,
) => {
  const { note } = mail.data as Noted;
  mail.message.processFunc((stream) => {
    note.stream = note.ending ? gated(stream, note.ending) : stream;
    return note.stream;
  });
  done();
};

function optionsOf(message: MailMessage, sender: MailMessage['from']): SendMailOptions {
  const { to, from = sender, headers, references, attachments, ...rest } = message;
  if (!from) throw new MailError('unconfigured', 'There is no MAIL_FROM to send from');
  return {
    ...rest,
    from: { name: from.name ?? '', address: from.address },
    to: { name: to.name ?? '', address: to.address },
    envelope: { from: from.address, to: [to.address] },
    headers: { ...headers },
    references: references ? [...references] : undefined,
    attachments: attachments ? [...attachments] : undefined,
  };
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
}

/** Of the receiver or the message; other refusals are about us, and pass. */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);
/** Faults of a message that no server has seen. */
const UNSENDABLE = new Set(['EMAXRECIPIENTS', 'EFILEACCESS', 'EURLACCESS', 'ECONFIG']);

function failureOf(error: SmtpError, wholly: boolean): MailError {
  if (error instanceof MailError) return error;
  const { code = '', responseCode = null, message } = error;
  return new MailError(kindOf(code, responseCode, wholly), message, responseCode, { cause: error });
}

function kindOf(code: string, status: number | null, wholly: boolean): MailFailure {
  if (status !== null) return status >= 500 && ABOUT_THE_MAIL.has(code) ? 'refused' : 'temporary';
  if (UNSENDABLE.has(code) || code === 'EENVELOPE') return 'refused';
  return wholly ? 'unknown' : 'temporary';
}

/** Of `Name <address>`, or an address alone. */
function parseFrom(text: string | undefined): MailMessage['from'] {
  return text === undefined ? undefined : addressparser(text, { flatten: true })[0];
}
