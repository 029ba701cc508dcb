import { Global, Module } from '@nestjs/common';
import { MailQueueRepository } from './mail-queue.repository.js';
import { Mailer } from './mailer.js';
import { UserMailer } from './user-mailer.js';
import { UserMails } from './user-mails.js';

/** Outgoing mail. */
@Global()
@Module({
  providers: [Mailer, MailQueueRepository, UserMails, UserMailer],
  exports: [Mailer, MailQueueRepository, UserMails, UserMailer],
})
export class MailModule {}
