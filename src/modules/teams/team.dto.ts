import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { ReferenceField, TextField } from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** The properties of a team. */
export class TeamFields {
  @TextField({
    label: 'Name',
    required: true,
    unique: true,
    sortable: true,
    search: 'title',
    maxLength: 200,
    example: 'Sales North',
    synonyms: ['Team', 'Team name', 'Group', 'Gruppe', '团队', '名称'],
  })
  name!: string;

  @TextField({
    label: 'Description',
    maxLength: 2000,
    search: 'text',
    synonyms: ['Notes', 'About', 'Beschreibung', '描述'],
  })
  description?: string | null;

  @ReferenceField({
    label: 'Manager',
    description: 'The user who is in charge; need not be a member',
    references: { object: 'user', include: 'manager', by: [] },
    synonyms: ['Team lead', 'Leiter', 'Leitung', '经理'],
  })
  managerId?: string | null;

  @ReferenceField({
    label: 'Parent team',
    description: 'The team this one is a part of; a team is never above itself',
    references: { object: 'team', include: 'parentTeam', by: ['name'] },
    synonyms: ['Parent', 'Part of', 'Übergeordnetes Team', '上级团队'],
  })
  parentTeamId?: string | null;
}

/** Body that makes or changes a team. */
@CheckedByService()
export class TeamInput extends IntersectionType(TeamFields, RecordInput) {}

/** A team as it is answered. */
export class TeamDto extends IntersectionType(TeamFields, RecordDto) {}

export class TeamPageDto {
  @ApiProperty({ type: [TeamDto] }) data!: TeamDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export const MEMBER_ROLES = ['member', 'manager'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** Body of `PUT /v1/teams/{id}/members/{userId}`. */
export class MemberInput {
  @ApiProperty({ enum: MEMBER_ROLES, example: 'member' })
  @IsIn(MEMBER_ROLES)
  role!: MemberRole;
}

export class TeamMemberDto {
  @ApiProperty({ format: 'uuid' }) userId!: string;
  @ApiProperty({ example: 'Grace Hopper' }) name!: string;
  @ApiProperty({ example: 'grace@example.com' }) email!: string;
  @ApiProperty({ enum: ['invited', 'active', 'deactivated'] }) status!: string;
  @ApiProperty({ enum: MEMBER_ROLES }) role!: MemberRole;
  @ApiProperty({ format: 'date-time' }) addedAt!: string;
}

export class TeamMemberPageDto {
  @ApiProperty({ type: [TeamMemberDto] }) data!: TeamMemberDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
