import { Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { MailError } from './mail-message.js';
import type { MailMessage } from './mail-message.js';
import type { Mailer } from './mailer.js';
import type { MailQueueRepository, MailTable, QueuedMail } from './mail-queue.repository.js';

/** Attempts before a mail is given up: after about a day and a half. */
const MOST_ATTEMPTS = 20;
/** Seconds before the second attempt; doubles each time. */
const FIRST_PAUSE = 30;
const LONGEST_PAUSE = 2 * 3600;
/** Milliseconds after which what nobody has tried to send is of no use any more. */
const STALE = 3 * 24 * 3_600_000;

/** Why a mail is not sent whose time is long over, such as when there was no server for days. */
export const TOO_OLD = 'It could not be sent in time';

/** @param due when it was to be sent, in milliseconds since 1970. */
export const isTooOld = ({ attempts }: QueuedMail, due: number): boolean =>
  attempts === 1 && Date.now() - due > STALE;

/**
 * Sends the mails of a table when their time has come, again after growing pauses where that may
 * help. Each is sent once, as far as SMTP allows: where a connection is lost after the last byte,
 * nobody knows whether the server has the mail, and it is sent again under the same Message-ID.
 */
export abstract class MailPump implements BeforeApplicationShutdown {
  abstract readonly table: MailTable;
  private readonly logger = new Logger('mail');
  private readonly loop = new BackgroundLoop(() => this.step(), {
    shortest: 250,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'Mails could not be looked for; will retry'),
  });

  constructor(
    private readonly queue: MailQueueRepository,
    private readonly mailer: Mailer,
  ) {}

  /** The mail to send; a text that says why none is to be. */
  abstract compose(mail: QueuedMail): Promise<MailMessage | string>;

  /** Told of mails that the server refuses for good, or that were tried too often. */
  async givenUp(_mail: QueuedMail, _failure: string): Promise<void> {
    // Who has nothing to do about it.
  }

  /** Sends all the time. Any number of workers may. */
  start(): void {
    if (this.mailer.isConfigured) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Sends some of what is due; true when there may be more. */
  private async step(): Promise<boolean> {
    const mails = await this.queue.take(this.table);
    for (const mail of mails) await this.send(mail);
    return mails.length > 0;
  }

  private async send(mail: QueuedMail): Promise<void> {
    const { table } = this;
    try {
      const composed = await this.compose(mail);
      if (typeof composed === 'string') return await this.queue.failed(table, mail, composed);
      await this.mailer.send(composed);
    } catch (error) {
      return this.again(mail, error);
    }
    await this.queue.sent(table, mail);
  }

  private async again(mail: QueuedMail, error: unknown): Promise<void> {
    const { table } = this;
    const isRefused = error instanceof MailError && error.failure === 'refused';
    const failure = (error as Error).message.slice(0, 500);
    if (isRefused || mail.attempts >= MOST_ATTEMPTS) {
      await this.queue.failed(table, mail, failure);
      await this.givenUp(mail, failure);
      return;
    }
    this.logger.warn({ error, id: mail.id }, 'A mail could not be sent; will retry');
    const pause = Math.min(FIRST_PAUSE * 2 ** (mail.attempts - 1), LONGEST_PAUSE);
    await this.queue.postpone(table, mail, failure, pause);
  }
}
