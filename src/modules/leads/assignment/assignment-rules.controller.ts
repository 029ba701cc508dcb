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
  AssignmentRuleDto,
  AssignmentRuleInput,
  AssignmentRuleListDto,
  AssignmentRulePatch,
} from './assignment-rule.dto.js';
import { AssignmentRulesService } from './assignment-rules.service.js';

const PATH = '/v1/assignment-rules';

@ApiTags('Assignment rules')
@Controller(PATH)
export class AssignmentRulesController {
  constructor(private readonly rules: AssignmentRulesService) {}

  @Get()
  @Endpoint({
    permission: 'assignmentRule:read',
    summary: 'List the assignment rules in their order',
    description: 'A new lead goes by the first rule that fits it and has somebody who is there.',
    answers: AssignmentRuleListDto,
  })
  async list(@Ctx() ctx: RequestContext) {
    return json(await this.rules.list(ctx));
  }

  @Post()
  @Endpoint({
    permission: 'assignmentRule:manage',
    summary: 'Make an assignment rule',
    description:
      'It gives new leads that come without an owner to users, or to the members of a team. ' +
      'Whoever is out of office is skipped, and their stand-in takes the turn.',
    status: 201,
    answers: AssignmentRuleDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: AssignmentRuleInput) {
    return created(recordOf(await this.rules.create(ctx, body)), PATH);
  }

  @Get(':id')
  @Endpoint({
    permission: 'assignmentRule:read',
    summary: 'Get an assignment rule',
    answers: AssignmentRuleDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(recordOf(await this.rules.get(ctx, id)));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'assignmentRule:manage',
    summary: 'Change an assignment rule, or its place in the order',
    answers: AssignmentRuleDto,
    problems: [404, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: AssignmentRulePatch,
    @IfMatch() version: number | undefined,
  ) {
    return ok(recordOf(await this.rules.update(ctx, id, body, version)));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'assignmentRule:manage',
    summary: 'Remove an assignment rule',
    status: 204,
    answers: null,
    problems: [404],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string) {
    await this.rules.remove(ctx, id);
    return noContent();
  }
}
