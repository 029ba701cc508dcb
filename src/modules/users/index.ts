export { InvitationsRepository } from './invitations.repository.js';
export { newInvitation } from './invitations.service.js';
export { UsersModule } from './users.module.js';
