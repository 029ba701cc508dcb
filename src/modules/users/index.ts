export { AvailabilityModule } from './availability.module.js';
export { AvailabilityService } from './availability.service.js';
export type { Availability } from './availability.js';
export { HandOversWorkerModule } from './hand-overs.module.js';
export { InvitationsService } from './invitations.service.js';
export { InvitationsWorkerModule, UsersModule } from './users.module.js';
export { TeamWorkloadDto } from './workload.dto.js';
export { WorkloadModule } from './workload.module.js';
export { sumOfWorkloads, WorkloadService } from './workload.service.js';
