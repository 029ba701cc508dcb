export { isOpenCategory, STATUS_CATEGORIES } from './ticket-flow.js';
export type { StatusCategory, TicketStatus } from './ticket-flow.js';
export { TicketListeners } from './ticket-listeners.js';
export type { TicketListener } from './ticket-listeners.js';
export { TICKET_CHANNELS, TICKET_PRIORITIES, TICKET_TYPES } from './ticket.dto.js';
export type { TicketChannel } from './ticket.dto.js';
export { TicketsModule } from './tickets.module.js';
export { TicketsService } from './tickets.service.js';
