export { TEAM, TeamsService } from './teams.service.js';
export { TeamMembersService } from './team-members.service.js';
export { TeamsModule } from './teams.module.js';
