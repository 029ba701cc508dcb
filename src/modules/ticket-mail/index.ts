export { isUnattended, ownMailHeaders } from './mail/auto-mail.js';
export { isTooOld, MailPump, TOO_OLD } from './outbound/mail-pump.js';
export type { MailSource } from './outbound/mail-pump.js';
export { MailQueueRepository } from './outbound/mail-queue.repository.js';
export type { QueuedMail } from './outbound/mail-queue.repository.js';
export { ReplyMailer } from './outbound/reply-mailer.js';
export { TicketMailModule, TicketMailWorkerModule } from './ticket-mail.module.js';
