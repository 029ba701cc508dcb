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
import { MacroApplicationService } from './macro-application.service.js';
import {
  MacroDto,
  MacroInput,
  MacroPageDto,
  MacroPreviewDto,
  PreviewMacroDto,
} from './macro.dto.js';
import { MacrosService } from './macros.service.js';

const PATH = '/v1/macros';
const OBJECTS = ['macros', 'teams', 'users'];

@ApiTags('Macros')
@Controller(PATH)
export class MacrosController {
  constructor(
    private readonly macros: MacrosService,
    private readonly application: MacroApplicationService,
  ) {}

  @Get()
  @Endpoint({
    permission: 'macro:read',
    summary: 'List macros',
    answers: MacroPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: OBJECTS },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.macros.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'macro:create',
    summary: 'Create a macro',
    status: 201,
    answers: MacroDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: MacroInput) {
    return created(await this.macros.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'macro:read',
    summary: 'Stream macros as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.macros.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'macros', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'macro:read',
    summary: 'Get a macro',
    answers: MacroDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another macro', 304: NOT_MODIFIED },
    cache: { objects: OBJECTS, record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.macros.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'macro:update',
    summary: 'Change a macro (JSON merge patch)',
    answers: MacroDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: MacroInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.macros.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'macro:delete',
    summary: 'Move a macro to the bin, or remove it for good',
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
    await this.macros.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'macro:delete',
    summary: 'Bring a macro back from the bin',
    answers: MacroDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.macros.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'macro:update',
    summary: 'Create or change the macro that a unique value names',
    answers: MacroDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'name', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'Replacement is on its way' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: MacroInput,
  ) {
    return upserted(await this.macros.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'macro:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 macros',
    description: 'Each operation needs its own permission, such as `macro:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.macros.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'macro:read',
    summary: 'Search macros',
    answers: MacroPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.macros.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Post(':id/preview')
  @Endpoint({
    permission: 'macro:read',
    summary: 'See what a macro would do to a ticket',
    description: 'Changes nothing. Needs `ticket:read` as well.',
    answers: MacroPreviewDto,
    problems: [404, 422],
    idempotency: 'none',
  })
  async preview(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: PreviewMacroDto) {
    return json(await this.application.preview(ctx, id, body.ticketId));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'macro:read',
    summary: 'All that happened to a macro, newest first',
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
    return page(await this.macros.timeline.page(ctx, id, query), url);
  }
}
