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
  ConsentPurposeDto,
  ConsentPurposeInput,
  ConsentPurposeListDto,
  ConsentPurposePatch,
} from './consent-purpose.dto.js';
import { ConsentPurposesService } from './consent-purposes.service.js';

const PATH = '/v1/consent-purposes';

@ApiTags('Consent')
@Controller(PATH)
export class ConsentPurposesController {
  constructor(private readonly purposes: ConsentPurposesService) {}

  @Get()
  @Endpoint({
    permission: 'consentPurpose:read',
    summary: 'List what contacts are asked to agree to',
    description: 'A workspace begins with `marketing`.',
    answers: ConsentPurposeListDto,
  })
  async list(@Ctx() ctx: RequestContext) {
    return json(await this.purposes.list(ctx));
  }

  @Post()
  @Endpoint({
    permission: 'consentPurpose:manage',
    summary: 'Add a purpose that contacts can agree to',
    status: 201,
    answers: ConsentPurposeDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: ConsentPurposeInput) {
    return created(recordOf(await this.purposes.create(ctx, body)), PATH);
  }

  @Get(':id')
  @Endpoint({
    permission: 'consentPurpose:read',
    summary: 'Get a purpose',
    answers: ConsentPurposeDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(recordOf(await this.purposes.get(ctx, id)));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'consentPurpose:manage',
    summary: 'Change a purpose',
    description: 'Consents that were given before stay, with the text that was agreed to then.',
    answers: ConsentPurposeDto,
    problems: [404, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ConsentPurposePatch,
    @IfMatch() version: number | undefined,
  ) {
    return ok(recordOf(await this.purposes.update(ctx, id, body, version)));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'consentPurpose:manage',
    summary: 'Remove a purpose that nobody has agreed or objected to',
    status: 204,
    answers: null,
    problems: [404, 409],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string) {
    await this.purposes.remove(ctx, id);
    return noContent();
  }
}
