import { Body, Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { created, json, noContent, ok, page, recordOf } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IdPageQuery, readIdPage } from '../../platform/http/id-page.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch, RawQuery, Url } from '../../platform/http/parameters.js';
import { permissionList } from './permission-list.js';
import {
  CreateRoleDto,
  PermissionListDto,
  RoleDto,
  RoleListDto,
  UpdateRoleDto,
} from './roles.dto.js';
import { RolesService } from './roles.service.js';

@ApiTags('Roles')
@Controller('v1')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get('permissions')
  @Endpoint({ permission: 'self', summary: 'List all permissions', answers: PermissionListDto })
  permissions(): Answer {
    return json(permissionList());
  }

  @Get('roles')
  @Endpoint({
    permission: 'role:read',
    summary: 'List roles',
    alsoAnswers: { 304: NOT_MODIFIED },
    answers: RoleListDto,
  })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ): Promise<Answer> {
    return page(await this.roles.list(ctx, readIdPage(query)), url);
  }

  @Post('roles')
  @Endpoint({
    permission: 'role:manage',
    summary: 'Make a role',
    description: 'Nobody can give permissions beyond their own.',
    status: 201,
    answers: RoleDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: CreateRoleDto): Promise<Answer> {
    return created(recordOf(await this.roles.create(ctx, body)), '/v1/roles');
  }

  @Get('roles/:id')
  @Endpoint({
    permission: 'role:read',
    summary: 'Get a role',
    alsoAnswers: { 304: NOT_MODIFIED },
    answers: RoleDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    return ok(recordOf(await this.roles.get(ctx, id)));
  }

  @Patch('roles/:id')
  @Endpoint({
    permission: 'role:manage',
    summary: 'Change a role',
    description: 'Users who have it may do more or less at once, on every instance in a second.',
    answers: RoleDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: UpdateRoleDto,
    @IfMatch() version: number | undefined,
  ): Promise<Answer> {
    return ok(recordOf(await this.roles.update(ctx, id, body, version)));
  }

  @Delete('roles/:id')
  @Endpoint({
    permission: 'role:manage',
    summary: 'Remove a role that nobody has',
    status: 204,
    answers: null,
    problems: [404, 409],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    await this.roles.remove(ctx, id);
    return noContent();
  }
}
