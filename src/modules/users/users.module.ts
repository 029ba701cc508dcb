import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { RolesModule } from '../roles/index.js';
import { AbsencesController } from './absences.controller.js';
import { AvailabilityModule } from './availability.module.js';
import { HandOversController } from './hand-overs.controller.js';
import { HandOversRepository } from './hand-overs.repository.js';
import { HandOversService } from './hand-overs.service.js';
import { InvitationLetters } from './invitation-letters.js';
import { InvitationLinks } from './invitation-links.js';
import { InvitationPagesController } from './invitation-pages.controller.js';
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
    InvitationPagesController,
  ],
  providers: [
    HandOversRepository,
    HandOversService,
    InvitationLinks,
    InvitationsRepository,
    InvitationsService,
    OutOfOfficeService,
    UsersRepository,
    UsersService,
  ],
  exports: [InvitationsService],
})
export class UsersModule {}

/** The worker's side: what invites people. */
@Module({ providers: [InvitationLetters, InvitationLinks, InvitationsRepository] })
export class InvitationsWorkerModule {}
