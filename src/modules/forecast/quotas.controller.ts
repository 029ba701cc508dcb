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
  PageQueryDto,
  PurgeQueryDto,
  SearchDto,
  TimelineDto,
} from '../../platform/records/record-dto.js';
import type { View } from '../../platform/records/record-reader.js';
import { QuotaDto, QuotaInput, QuotaPageDto } from './quota.dto.js';
import { AttainmentDto } from './forecast.dto.js';
import { AttainmentService } from './attainment.service.js';
import { QuotasService } from './quotas.service.js';

const PATH = '/v1/quotas';

@ApiTags('Forecast')
@Controller(PATH)
export class QuotasController {
  constructor(
    private readonly quotas: QuotasService,
    private readonly forecasts: AttainmentService,
  ) {}

  @Get()
  @Endpoint({
    permission: 'quota:read',
    summary: 'List quotas',
    answers: QuotaPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.quotas.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'quota:create',
    summary: 'Create a quota',
    status: 201,
    answers: QuotaDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: QuotaInput) {
    return created(await this.quotas.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'quota:read',
    summary: 'Stream quotas as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.quotas.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'quotas', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'quota:read',
    summary: 'Get a quota',
    answers: QuotaDto,
    problems: [404],
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.quotas.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'quota:update',
    summary: 'Change a quota (JSON merge patch)',
    answers: QuotaDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: QuotaInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.quotas.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'quota:delete',
    summary: 'Move a quota to the bin, or remove it for good',
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
    await this.quotas.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'quota:delete',
    summary: 'Bring a quota back from the bin',
    answers: QuotaDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.quotas.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'quota:update',
    summary: 'Create or change the quota that a unique value names',
    answers: QuotaDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'externalIds.legacy-crm', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: '4711' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: QuotaInput,
  ) {
    return upserted(await this.quotas.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'quota:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 quotas',
    description: 'Each operation needs its own permission, such as `quota:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.quotas.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'quota:read',
    summary: 'Search quotas',
    answers: QuotaPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.quotas.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'quota:read',
    summary: 'All that happened to a quota, newest first',
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
    return page(await this.quotas.timeline.page(ctx, id, query), url);
  }

  @Get(':id/attainment')
  @Endpoint({
    permission: 'quota:read',
    summary: 'How much of a quota has been reached',
    description: 'Deals of the user, or of the members of the team, that were won in its period.',
    answers: AttainmentDto,
    problems: [404],
  })
  async attainment(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.forecasts.attainment(ctx, id));
  }
}
