import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { parseSearchBody } from '../../common/list-query.js';
import type { ListQuery } from '../../common/list-query.js';
import {
  Answer,
  created,
  download,
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
import { SegmentDto, SegmentInput, SegmentPageDto } from './segment.dto.js';
import { SegmentsService } from './segments.service.js';

const PATH = '/v1/segments';

@ApiTags('Segments')
@Controller(PATH)
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  @Get()
  @Endpoint({
    permission: 'segment:read',
    summary: 'List segments',
    answers: SegmentPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.segments.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'segment:create',
    summary: 'Create a segment',
    status: 201,
    answers: SegmentDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: SegmentInput) {
    return created(await this.segments.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Stream segments as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.segments.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'segments', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Get a segment',
    answers: SegmentDto,
    problems: [404],
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.segments.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'segment:update',
    summary: 'Change a segment (JSON merge patch)',
    answers: SegmentDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: SegmentInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.segments.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'segment:delete',
    summary: 'Move a segment to the bin, or remove it for good',
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
    await this.segments.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'segment:delete',
    summary: 'Bring a segment back from the bin',
    answers: SegmentDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.segments.restore(ctx, id));
  }

  @Post(':id/refresh')
  @Endpoint({
    permission: 'segment:update',
    summary: 'Look through all records for a dynamic segment again',
    description: 'The worker does it; `status` and `progress` of the segment tell how far it is.',
    status: 202,
    answers: SegmentDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async refresh(@Ctx() ctx: RequestContext, @Id() id: string) {
    const { json } = await this.segments.refresh(ctx, id);
    return new Answer(202, json);
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'segment:update',
    summary: 'Create or change the segment that a unique value names',
    answers: SegmentDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'name', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'Big buyers in Germany' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: SegmentInput,
  ) {
    return upserted(await this.segments.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 segments',
    description: 'Each operation needs its own permission, such as `segment:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.segments.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Search segments',
    answers: SegmentPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.segments.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'segment:read',
    summary: 'All that happened to a segment, newest first',
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
    return page(await this.segments.timeline.page(ctx, id, query), url);
  }
}
