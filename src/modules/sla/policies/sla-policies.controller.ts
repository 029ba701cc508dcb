import { Body, Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { created, json, noContent, ok, recordOf } from '../../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../../platform/http/parameters.js';
import {
  SlaPolicyDto,
  SlaPolicyInput,
  SlaPolicyListDto,
  SlaPolicyPatch,
} from './sla-policy.dto.js';
import { SlaPoliciesService } from './sla-policies.service.js';

const PATH = '/v1/sla-policies';

@ApiTags('SLA policies')
@Controller(PATH)
export class SlaPoliciesController {
  constructor(private readonly policies: SlaPoliciesService) {}

  @Get()
  @Endpoint({
    permission: 'slaPolicy:read',
    summary: 'List the SLA policies in their order',
    description: 'A new lead goes by the first rule that fits it and has somebody who is there.',
    answers: SlaPolicyListDto,
  })
  async list(@Ctx() ctx: RequestContext) {
    return json(await this.policies.list(ctx));
  }

  @Post()
  @Endpoint({
    permission: 'slaPolicy:manage',
    summary: 'Make an SLA policy',
    description:
      'It gives new leads that come without an owner to users, or to the members of a team. ' +
      'Whoever is out of office is skipped, and their stand-in takes the turn.',
    status: 201,
    answers: SlaPolicyDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: SlaPolicyInput) {
    return created(recordOf(await this.policies.create(ctx, body)), PATH);
  }

  @Get(':id')
  @Endpoint({
    permission: 'slaPolicy:read',
    summary: 'Get an SLA policy',
    answers: SlaPolicyDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(recordOf(await this.policies.get(ctx, id)));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'slaPolicy:manage',
    summary: 'Change an SLA policy, or its place in the order',
    answers: SlaPolicyDto,
    problems: [404, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: SlaPolicyPatch,
    @IfMatch() version: number | undefined,
  ) {
    return ok(recordOf(await this.policies.update(ctx, id, body, version)));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'slaPolicy:manage',
    summary: 'Remove an SLA policy',
    status: 204,
    answers: null,
    problems: [404],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string) {
    await this.policies.remove(ctx, id);
    return noContent();
  }
}
