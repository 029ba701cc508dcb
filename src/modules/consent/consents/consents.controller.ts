import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { json, multiStatus, page } from '../../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../../platform/http/endpoint.decorator.js';
import { IdPageQuery } from '../../../platform/http/id-page.js';
import { Ctx, Id, RawQuery, Url } from '../../../platform/http/parameters.js';
import { PageQueryDto } from '../../../platform/records/record-dto.js';
import {
  ConsentBatchInput,
  ConsentBatchResultDto,
  ConsentHistoryPageDto,
  ConsentInput,
  ConsentListDto,
  ConsentResultDto,
  StoredConsentPageDto,
} from './consent.dto.js';
import { ConsentsService } from './consents.service.js';

@ApiTags('Consent')
@Controller('v1')
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @Get('consents')
  @Endpoint({
    permission: 'contact:read',
    summary: 'List what all contacts have said',
    description: 'In the words of `POST /v1/consents/batch`, for other systems and for backups.',
    answers: StoredConsentPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  async listAll(@Ctx() ctx: RequestContext, @Query() query: PageQueryDto, @Url() url: string) {
    return page(await this.consents.page(ctx, query), url);
  }

  @Get('contacts/:id/consents')
  @Endpoint({
    permission: 'contact:read',
    summary: 'What a contact agreed to, for each purpose and channel',
    answers: ConsentListDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another contact' },
  })
  async list(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.consents.list(ctx, id));
  }

  @Post('contacts/:id/consents')
  @Endpoint({
    permission: 'contact:update',
    summary: "Grant or withdraw a contact's consent",
    description:
      'Where the purpose asks for double opt-in, consent to e-mail is `pending` until the contact ' +
      'confirms it by a link that is mailed to them; granting it again sends another mail, with ' +
      'growing pauses from 15 minutes. What is so already stays as it is. Withdrawing the last ' +
      'consent on a channel suppresses the address.',
    answers: ConsentResultDto,
    problems: [404, 422],
  })
  @IdempotencyHeader()
  async put(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: ConsentInput) {
    return json(await this.consents.put(ctx, id, body));
  }

  @Get('contacts/:id/consents/history')
  @Endpoint({
    permission: 'contact:read',
    summary: 'All that a contact agreed or objected to, with proof, newest first',
    description: 'It is only ever added to. Removing the contact for good removes it.',
    answers: ConsentHistoryPageDto,
    alsoAnswers: { 301: 'Merged into another contact', 304: NOT_MODIFIED },
    problems: [404],
  })
  @IdPageQuery()
  async listHistory(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.consents.history(ctx, id, query), url);
  }

  @Post('consents/batch')
  @Endpoint({
    permission: 'contact:update',
    summary: 'Grant or withdraw up to 1,000 consents',
    description:
      'For lists from other systems: contacts are named by id or e-mail address, and sending a ' +
      'list again changes nothing. Nobody whose address is suppressed is mailed.',
    answers: ConsentBatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: ConsentBatchInput) {
    return multiStatus(await this.consents.batch(ctx, body.records));
  }
}
