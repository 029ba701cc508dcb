import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { RolesModule } from '../roles/index.js';
import { AbsencesController } from './absences.controller.js';
import { AvailabilityModule } from './availability.module.js';
import { HandOversController } from './hand-overs.controller.js';
import { HandOversRepository } from './hand-overs.repository.js';
import { HandOversService } from './hand-overs.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { OutOfOfficeService } from './out-of-office.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';
import { WorkloadController } from './workload.controller.js';
import { WorkloadModule } from './workload.module.js';

/** People who work in a workspace, and how they get in. */
@Module({
  imports: [AuthModule, RolesModule, AvailabilityModule, WorkloadModule],
  controllers: [
    UsersController,
    AbsencesController,
    HandOversController,
    WorkloadController,
    InvitationsController,
  ],
  providers: [
    HandOversRepository,
    HandOversService,
    InvitationsRepository,
    InvitationsService,
    OutOfOfficeService,
    UsersRepository,
    UsersService,
  ],
  exports: [InvitationsRepository],
})
export class UsersModule {}
