import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { RolesModule } from '../roles/index.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** People who work in a workspace, and how they get in. */
@Module({
  imports: [AuthModule, RolesModule],
  controllers: [UsersController, InvitationsController],
  providers: [InvitationsRepository, InvitationsService, UsersRepository, UsersService],
  exports: [InvitationsRepository],
})
export class UsersModule {}
