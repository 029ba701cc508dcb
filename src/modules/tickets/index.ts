export { isOpenCategory, STATUS_CATEGORIES } from './ticket-flow.js';
export type { StatusCategory, TicketStatus } from './ticket-flow.js';
export { TicketAttachmentsService } from './ticket-attachments.service.js';
export type { SentFile } from './ticket-attachments.service.js';
export { TicketConversationsService } from './ticket-conversations.service.js';
export type { IncomingMessage } from './ticket-conversations.service.js';
export { TicketListeners } from './ticket-listeners.js';
export type { TicketListener } from './ticket-listeners.js';
export { LONGEST_MESSAGE, MESSAGE_KINDS, MessageDto } from './ticket-message.dto.js';
export { readFlow } from './ticket-questions.js';
export {
  SLA_STATES,
  TICKET_CHANNELS,
  TICKET_PRIORITIES,
  TICKET_TYPES,
  TicketDto,
} from './ticket.dto.js';
export type { TicketChannel } from './ticket.dto.js';
export { TicketsModule } from './tickets.module.js';
export { TicketsService } from './tickets.service.js';
