import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { RolesModule } from '../roles/index.js';
import { AbsencesController } from './absences.controller.js';
import { AvailabilityModule } from './availability.module.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { OutOfOfficeService } from './out-of-office.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** People who work in a workspace, and how they get in. */
@Module({
  imports: [AuthModule, RolesModule, AvailabilityModule],
  controllers: [UsersController, AbsencesController, InvitationsController],
  providers: [
    InvitationsRepository,
    InvitationsService,
    OutOfOfficeService,
    UsersRepository,
    UsersService,
  ],
  exports: [InvitationsRepository],
})
export class UsersModule {}
