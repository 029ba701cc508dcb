import type { Readable } from 'node:stream';

/** One mail to one person. */
export interface MailMessage {
  to: { address: string; name?: string };
  /** Who it is from; `MAIL_FROM` unless given. The address is also the envelope's sender. */
  from?: { address: string; name?: string };
  replyTo?: string;
  subject: string;
  text: string;
  html?: string;
  /** With its angle brackets; made up unless given. The same mail sent again keeps its own. */
  messageId?: string;
  inReplyTo?: string;
  references?: readonly string[];
  /** Further headers, such as `List-Unsubscribe`. */
  headers?: Readonly<Record<string, string>>;
  attachments?: readonly { filename: string; contentType: string; content: Buffer | Readable }[];
}

/** What the server said of a mail it took. */
export interface MailReceipt {
  messageId: string;
  /** Its last answer, such as `250 2.0.0 queued as 4T3x`. */
  response: string;
}

/** Why a mail could not be handed over. */
export type MailFailure =
  /** The server refuses the receiver or the message for good: do not send it again. */
  | 'refused'
  /** Try again later: no connection, a greylist, a full mailbox, credentials out of order. */
  | 'temporary'
  /** The connection was lost while the server held the whole message: it may have taken it. */
  | 'unknown'
  /** There is no `SMTP_URL`. */
  | 'unconfigured';

/** A mail that was not sent, as far as is known. */
export class MailError extends Error {
  override name = 'MailError';

  constructor(
    readonly failure: MailFailure,
    message: string,
    /** The server's status, such as 550; null when it did not answer. */
    readonly status: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
