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
import { LeadDto, LeadInput, LeadPageDto } from './lead.dto.js';
import { LeadsService } from './leads.service.js';

const PATH = '/v1/leads';

@ApiTags('Leads')
@Controller(PATH)
export class LeadsController {
  constructor(private readonly leads: LeadsService) {}

  @Get()
  @Endpoint({
    permission: 'lead:read',
    summary: 'List leads',
    answers: LeadPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['leads', 'contacts', 'companies', 'deals', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.leads.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'lead:create',
    summary: 'Create a lead',
    status: 201,
    answers: LeadDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: LeadInput) {
    return created(await this.leads.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'lead:read',
    summary: 'Stream leads as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.leads.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'leads', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'lead:read',
    summary: 'Get a lead',
    answers: LeadDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another lead', 304: NOT_MODIFIED },
    cache: { objects: ['leads', 'contacts', 'companies', 'deals', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.leads.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Change a lead (JSON merge patch)',
    answers: LeadDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: LeadInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.leads.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'lead:delete',
    summary: 'Move a lead to the bin, or remove it for good',
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
    await this.leads.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'lead:delete',
    summary: 'Bring a lead back from the bin',
    answers: LeadDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.leads.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Create or change the lead that a unique value names',
    answers: LeadDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'externalIds.legacy-crm', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: '4711' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: LeadInput,
  ) {
    return upserted(await this.leads.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'lead:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 leads',
    description: 'Each operation needs its own permission, such as `lead:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.leads.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'lead:read',
    summary: 'Search leads',
    answers: LeadPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.leads.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/duplicates')
  @Endpoint({
    permission: 'lead:read',
    summary: 'Leads that may be the same',
    answers: DuplicatesDto,
    problems: [404],
    throttle: 'search',
  })
  async listDuplicates(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.leads.duplicates.of(ctx, id) });
  }

  @Post(':id/merge')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Merge duplicates into a lead',
    answers: MergeResultDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async merge(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MergeDto) {
    return new Answer(200, mergeJson(await this.leads.merger.merge(ctx, id, body)));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'lead:read',
    summary: 'All that happened to a lead, newest first',
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
    return page(await this.leads.timeline.page(ctx, id, query), url);
  }
}
