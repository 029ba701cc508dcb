import { Body, Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import type { ListQuery } from '../../common/list-query.js';
import { created, noContent, ok, page, recordOf, unstored } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch, ListParams, Url } from '../../platform/http/parameters.js';
import { DeactivatedUserDto, DeactivateInput } from './hand-over.dto.js';
import {
  CreatedUserDto,
  CreateUserDto,
  InvitationDto,
  UpdateUserDto,
  UserDto,
  UserListDto,
} from './users.dto.js';
import { UserListDocs } from './users.docs.js';
import { UsersService } from './users.service.js';

const PATH = '/v1/users';

@ApiTags('Users')
@Controller(PATH)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Endpoint({
    permission: 'user:read',
    summary: 'List users',
    alsoAnswers: { 304: NOT_MODIFIED },
    answers: UserListDto,
  })
  @UserListDocs()
  async list(
    @Ctx() ctx: RequestContext,
    @ListParams() query: ListQuery,
    @Url() url: string,
  ): Promise<Answer> {
    return page(await this.users.list(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'user:manage',
    summary: 'Add a user',
    description: 'Nobody can give roles with permissions beyond their own.',
    status: 201,
    answers: CreatedUserDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: CreateUserDto): Promise<Answer> {
    return created(recordOf(await this.users.create(ctx, body)), PATH);
  }

  @Get(':id')
  @Endpoint({
    permission: 'user:read',
    summary: 'Get a user',
    alsoAnswers: { 304: NOT_MODIFIED },
    answers: UserDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    return ok(recordOf(await this.users.get(ctx, id)));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'self',
    summary: 'Change a user',
    description:
      'People who signed in may change their own name, language, time zone, working hours and ' +
      'holidays; all else takes `user:manage`. The last active owner stays one. Records keep ' +
      'naming a deactivated user.',
    answers: UserDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: UpdateUserDto,
    @IfMatch() version: number | undefined,
  ): Promise<Answer> {
    return ok(recordOf(await this.users.update(ctx, id, body, version)));
  }

  @Post(':id/deactivate')
  @Endpoint({
    permission: 'user:manage',
    summary: 'Deactivate a user',
    description:
      'Their sessions end and their API keys are refused, on every instance within a second. ' +
      'Records go on naming them, or with `handOverTo` get another owner behind this answer. ' +
      'The last active owner cannot be deactivated.',
    answers: DeactivatedUserDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async deactivate(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: DeactivateInput,
  ): Promise<Answer> {
    return ok(recordOf(await this.users.deactivate(ctx, id, body)));
  }

  @Post(':id/activate')
  @Endpoint({
    permission: 'user:manage',
    summary: 'Let a deactivated user in again',
    description: 'They sign in anew; API keys that were not revoked or expired work again.',
    answers: UserDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async activate(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    return ok(recordOf(await this.users.update(ctx, id, { status: 'active' })));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'user:manage',
    summary: 'Take back an invitation',
    description: 'A user who has joined is deactivated instead.',
    status: 204,
    answers: null,
    problems: [404, 409],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    await this.users.remove(ctx, id);
    return noContent();
  }

  @Post(':id/invitation')
  @Endpoint({
    permission: 'user:manage',
    summary: 'Invite a user again',
    description:
      'By e-mail where there is a server to send it, else by the token that is answered. What ' +
      'invited them before is good no more.',
    status: 201,
    answers: InvitationDto,
    problems: [404, 409],
  })
  async invite(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    return unstored(await this.users.invite(ctx, id), 201);
  }
}
