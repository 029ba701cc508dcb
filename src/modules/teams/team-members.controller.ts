import { Body, Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, noContent, page } from '../../platform/http/answers.js';
import { Endpoint, NOT_MODIFIED } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Id, Url } from '../../platform/http/parameters.js';
import { PageQueryDto } from '../../platform/records/record-dto.js';
import { TeamWorkloadDto } from '../users/index.js';
import { MemberInput, TeamMemberDto, TeamMemberPageDto } from './team.dto.js';
import { TeamMembersService } from './team-members.service.js';

@ApiTags('Teams')
@Controller('v1/teams/:id')
export class TeamMembersController {
  constructor(private readonly members: TeamMembersService) {}

  @Get('members')
  @Endpoint({
    permission: 'team:read',
    summary: 'List the members of a team, by name',
    answers: TeamMemberPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async list(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: PageQueryDto,
    @Url() url: string,
  ) {
    return page(await this.members.page(ctx, id, query), url);
  }

  @Put('members/:userId')
  @Endpoint({
    permission: 'team:update',
    summary: 'Make a user a member of a team, or change their role in it',
    description: 'Users may be members of several teams. Each change is a new version of the team.',
    answers: TeamMemberDto,
    alsoAnswers: { 201: 'Now a member' },
    problems: [404, 409, 422],
  })
  async put(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('userId') userId: string,
    @Body() body: MemberInput,
  ) {
    const { member, isNew } = await this.members.put(ctx, id, userId, body.role);
    return json(member, isNew ? 201 : 200);
  }

  @Delete('members/:userId')
  @Endpoint({
    permission: 'team:update',
    summary: 'Take a user out of a team',
    status: 204,
    answers: null,
    problems: [404],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string, @Id('userId') userId: string) {
    await this.members.remove(ctx, id, userId);
    return noContent();
  }

  @Get('workload')
  @Endpoint({
    permission: 'team:read',
    summary: 'What the members of a team have to look after, each and together',
    answers: TeamWorkloadDto,
    problems: [404],
    throttle: 'search',
  })
  async showWorkload(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.members.workload(ctx, id));
  }
}
