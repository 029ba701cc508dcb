export { AvailabilityModule } from './availability.module.js';
export { AvailabilityService } from './availability.service.js';
export type { Availability } from './availability.js';
export { InvitationsRepository } from './invitations.repository.js';
export { newInvitation } from './invitations.service.js';
export { UsersModule } from './users.module.js';
