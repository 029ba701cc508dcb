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
import { PipelineDto, PipelineInput, PipelinePageDto } from './pipeline.dto.js';
import { PipelinesService } from './pipelines.service.js';

const PATH = '/v1/pipelines';

@ApiTags('Pipelines')
@Controller(PATH)
export class PipelinesController {
  constructor(private readonly pipelines: PipelinesService) {}

  @Get()
  @Endpoint({
    permission: 'pipeline:read',
    summary: 'List pipelines',
    answers: PipelinePageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.pipelines.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'pipeline:create',
    summary: 'Create a pipeline',
    status: 201,
    answers: PipelineDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: PipelineInput) {
    return created(await this.pipelines.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'pipeline:read',
    summary: 'Stream pipelines as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.pipelines.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'pipelines', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'pipeline:read',
    summary: 'Get a pipeline',
    answers: PipelineDto,
    problems: [404],
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.pipelines.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'pipeline:update',
    summary: 'Change a pipeline (JSON merge patch)',
    answers: PipelineDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: PipelineInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.pipelines.change(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'pipeline:delete',
    summary: 'Move a pipeline to the bin, or remove it for good',
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
    await this.pipelines.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'pipeline:delete',
    summary: 'Bring a pipeline back from the bin',
    answers: PipelineDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.pipelines.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'pipeline:update',
    summary: 'Create or change the pipeline that a unique value names',
    answers: PipelineDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'name', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'Sales North' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: PipelineInput,
  ) {
    return upserted(await this.pipelines.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'pipeline:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 pipelines',
    description: 'Each operation needs its own permission, such as `pipeline:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.pipelines.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'pipeline:read',
    summary: 'Search pipelines',
    answers: PipelinePageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.pipelines.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'pipeline:read',
    summary: 'All that happened to a pipeline, newest first',
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
    return page(await this.pipelines.timeline.page(ctx, id, query), url);
  }
}
