import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { ok, recordOf, unstored } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, IfMatch } from '../../platform/http/parameters.js';
import {
  CreatedWorkspaceDto,
  CreateWorkspaceDto,
  UpdateWorkspaceDto,
  WorkspaceDto,
} from './workspaces.dto.js';
import { WorkspacesService } from './workspaces.service.js';

@ApiTags('Workspaces')
@Controller('v1/workspaces')
export class WorkspacesController {
  constructor(private readonly workspaces: WorkspacesService) {}

  @Post()
  @Endpoint({
    permission: 'admin:workspaces',
    summary: 'Make a workspace',
    description: 'It begins with the built-in roles and its owner.',
    status: 201,
    answers: CreatedWorkspaceDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: CreateWorkspaceDto): Promise<Answer> {
    return unstored(await this.workspaces.create(ctx, body), 201);
  }

  @Get('current')
  @Endpoint({
    permission: 'workspace:read',
    summary: 'Get the workspace I work in',
    alsoAnswers: { 304: NOT_MODIFIED },
    answers: WorkspaceDto,
  })
  async current(@Ctx() ctx: RequestContext): Promise<Answer> {
    return ok(recordOf(await this.workspaces.current(ctx)));
  }

  @Patch('current')
  @Endpoint({
    permission: 'workspace:manage',
    summary: 'Change settings of the workspace I work in',
    answers: WorkspaceDto,
    problems: [412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Body() body: UpdateWorkspaceDto,
    @IfMatch() version: number | undefined,
  ): Promise<Answer> {
    return ok(recordOf(await this.workspaces.update(ctx, body, version)));
  }
}
