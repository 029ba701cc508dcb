import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { json, noContent, page } from '../../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../../platform/http/endpoint.decorator.js';
import { IdPageQuery } from '../../../platform/http/id-page.js';
import { Ctx, Id, RawQuery, Url } from '../../../platform/http/parameters.js';
import {
  SUPPRESSION_REASONS,
  SuppressedDto,
  SuppressionCheckDto,
  SuppressionCheckInput,
  SuppressionDto,
  SuppressionPageDto,
  SuppressionsInput,
} from './suppression.dto.js';
import { SuppressionsService } from './suppressions.service.js';

@ApiTags('Consent')
@Controller('v1/suppressions')
export class SuppressionsController {
  constructor(private readonly suppressions: SuppressionsService) {}

  @Get()
  @Endpoint({
    permission: 'suppression:read',
    summary: 'List the suppressed addresses, the newest first',
    description:
      'They are kept as keyed hashes, so that the list outlives the contacts: it tells whether an ' +
      'address is on it, and not which ones are.',
    answers: SuppressionPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ApiQuery({ name: 'reason', required: false, enum: SUPPRESSION_REASONS })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.suppressions.list(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'suppression:manage',
    summary: 'Suppress up to 1,000 addresses',
    description:
      'Nothing that needs consent is sent there, whatever contacts with these addresses agree to. ' +
      'An address that is suppressed already keeps the stronger reason.',
    answers: SuppressedDto,
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async add(@Ctx() ctx: RequestContext, @Body() body: SuppressionsInput) {
    return json(await this.suppressions.add(ctx, body));
  }

  @Post('check')
  @Endpoint({
    permission: 'suppression:read',
    summary: 'Find out which of up to 1,000 addresses are suppressed',
    answers: SuppressionCheckDto,
    problems: [422],
    throttle: 'bulk',
    idempotency: 'none',
  })
  async check(@Ctx() ctx: RequestContext, @Body() body: SuppressionCheckInput) {
    return json(await this.suppressions.check(ctx, body.entries));
  }

  @Get(':id')
  @Endpoint({
    permission: 'suppression:read',
    summary: 'Get a suppression',
    answers: SuppressionDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.suppressions.get(ctx, id));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'suppression:manage',
    summary: 'Take an address off the list',
    description: 'Consents that were withdrawn stay withdrawn.',
    status: 204,
    answers: null,
    problems: [404],
  })
  @ApiQuery({
    ...{ name: 'reason', description: 'Why, for the audit trail', schema: { type: 'string' } },
    example: 'Wrote that they want the newsletter again',
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string, @Query('reason') reason?: unknown) {
    await this.suppressions.remove(ctx, id, reason);
    return noContent();
  }
}
