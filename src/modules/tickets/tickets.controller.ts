import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { parseSearchBody } from '../../common/list-query.js';
import type { ListQuery } from '../../common/list-query.js';
import {
  Answer,
  created,
  download,
  json,
  noContent,
  ok,
  page,
  upserted,
} from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import {
  ExportDocs,
  IfMatchHeader,
  ListDocs,
  UPSERT_KEY,
  ViewDocs,
} from '../../platform/http/list-docs.js';
import {
  Ctx,
  ExportParams,
  Id,
  IfMatch,
  ListParams,
  Url,
  ViewParams,
} from '../../platform/http/parameters.js';
import type { ExportRequest } from '../../platform/http/parameters.js';
import {
  BatchDto,
  BatchResultDto,
  DuplicatesDto,
  MergeDto,
  MergeResultDto,
  PageQueryDto,
  PurgeQueryDto,
  SearchDto,
  TimelineDto,
} from '../../platform/records/record-dto.js';
import { mergeJson } from '../../platform/records/record-merger.js';
import type { View } from '../../platform/records/record-reader.js';
import { TicketDto, TicketInput, TicketPageDto } from './ticket.dto.js';
import { TicketsService } from './tickets.service.js';

const PATH = '/v1/tickets';
const OBJECTS = ['tickets', 'contacts', 'companies', 'teams', 'users'];

@ApiTags('Tickets')
@Controller(PATH)
export class TicketsController {
  constructor(private readonly tickets: TicketsService) {}

  @Get()
  @Endpoint({
    permission: 'ticket:read',
    summary: 'List tickets',
    description:
      'The queue of a team: `?filter[teamId]=<id>&filter[isOpen]=true`; what nobody has taken: ' +
      '`&filter[ownerId][isNull]=true`; what is linked to an order: ' +
      '`?filter[links.recordId]=<id>`; what somebody follows: `?filter[followers.userId]=<id>`.',
    answers: TicketPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: OBJECTS },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.tickets.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'ticket:create',
    summary: 'Create a ticket',
    status: 201,
    answers: TicketDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: TicketInput) {
    return created(await this.tickets.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Stream tickets as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.tickets.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'tickets', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Get a ticket',
    answers: TicketDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another ticket', 304: NOT_MODIFIED },
    cache: { objects: OBJECTS, record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.tickets.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'ticket:update',
    summary: 'Change a ticket (JSON merge patch)',
    answers: TicketDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: TicketInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.tickets.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'ticket:delete',
    summary: 'Move a ticket to the bin, or remove it for good',
    status: 204,
    problems: [404, 412],
  })
  @IfMatchHeader()
  async remove(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: PurgeQueryDto,
    @IfMatch() version: number | undefined,
  ) {
    await this.tickets.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'ticket:delete',
    summary: 'Bring a ticket back from the bin',
    answers: TicketDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.tickets.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'ticket:update',
    summary: 'Create or change the ticket that a unique value names',
    answers: TicketDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'externalIds.legacy-crm', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: '4711' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: TicketInput,
  ) {
    return upserted(await this.tickets.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 tickets',
    description: 'Each operation needs its own permission, such as `ticket:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.tickets.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Search tickets',
    answers: TicketPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.tickets.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/duplicates')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Tickets with the same subject, or one like it',
    answers: DuplicatesDto,
    problems: [404],
    throttle: 'search',
  })
  async listDuplicates(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.tickets.duplicates.of(ctx, id) });
  }

  @Post(':id/merge')
  @Endpoint({
    permission: 'ticket:update',
    summary: 'Merge duplicates into a ticket',
    description:
      'Their conversations, files, followers and links follow the survivor, whose status stays.',
    answers: MergeResultDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async merge(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MergeDto) {
    return new Answer(200, mergeJson(await this.tickets.merger.merge(ctx, id, body)));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'All that happened to a ticket, newest first',
    answers: TimelineDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async listTimeline(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: PageQueryDto,
    @Url() url: string,
  ) {
    return page(await this.tickets.timeline.page(ctx, id, query), url);
  }
}
