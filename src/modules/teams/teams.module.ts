import { Module } from '@nestjs/common';
import { WorkloadModule } from '../users/index.js';
import { TeamMembersController } from './team-members.controller.js';
import { TeamMembersRepository } from './team-members.repository.js';
import { TeamMembersService } from './team-members.service.js';
import { TeamsController } from './teams.controller.js';
import { TeamsService } from './teams.service.js';

/** Who works together, and who leads them. */
@Module({
  imports: [WorkloadModule],
  controllers: [TeamsController, TeamMembersController],
  providers: [TeamsService, TeamMembersRepository, TeamMembersService],
  exports: [TeamsService, TeamMembersService],
})
export class TeamsModule {}
