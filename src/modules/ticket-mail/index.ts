export { isUnattended } from './mail/auto-mail.js';
export { ReplyMailer } from './outbound/reply-mailer.js';
export { TicketMailModule, TicketMailWorkerModule } from './ticket-mail.module.js';
