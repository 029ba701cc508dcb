import { Injectable } from '@nestjs/common';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { TeamFields } from './team.dto.js';

/** What the platform needs to know of teams. */
export const TEAM = defineObject({
  object: 'team',
  plural: 'teams',
  table: 'teams',
  fields: TeamFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ description }) => String(description ?? '').slice(0, 100),
  links: [
    { table: 'teams', column: 'parent_team_id', object: 'teams' },
    { table: 'tickets', column: 'team_id', object: 'tickets' },
    { table: 'macros', column: 'set_team_id', object: 'macros' },
  ],
  constraints: {
    teams_tree: {
      pointer: '/parentTeamId',
      code: 'cycle',
      detail: 'is the team itself, or a part of it',
    },
  },
  duplicateKeys: ['name'],
});

/** Who works together. */
@Injectable()
export class TeamsService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, TEAM);
  }
}
