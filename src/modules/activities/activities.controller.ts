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
import {
  ActivityDto,
  ActivityInput,
  ActivityPageDto,
  CancelDto,
  CompleteDto,
} from './activity.dto.js';
import { ActivitiesService } from './activities.service.js';

const PATH = '/v1/activities';

@ApiTags('Activities')
@Controller(PATH)
export class ActivitiesController {
  constructor(private readonly activities: ActivitiesService) {}

  @Get()
  @Endpoint({
    permission: 'activity:read',
    summary: 'List activities',
    description:
      'Those of a contact, company or any other record: `filter[links.recordId]=<id>`, such as ' +
      '`?filter[links.recordId]=<id>&filter[status]=open&sort=dueAt`.',
    answers: ActivityPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['activities', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.activities.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'activity:create',
    summary: 'Create an activity',
    status: 201,
    answers: ActivityDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: ActivityInput) {
    return created(await this.activities.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'activity:read',
    summary: 'Stream activities as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.activities.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'activities', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'activity:read',
    summary: 'Get an activity',
    answers: ActivityDto,
    problems: [404],
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['activities', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.activities.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'activity:update',
    summary: 'Change an activity (JSON merge patch)',
    answers: ActivityDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ActivityInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.activities.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'activity:delete',
    summary: 'Move an activity to the bin, or remove it for good',
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
    await this.activities.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'activity:delete',
    summary: 'Bring an activity back from the bin',
    answers: ActivityDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.activities.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'activity:update',
    summary: 'Create or change the activity that a unique value names',
    answers: ActivityDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'externalIds.legacy-crm', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: '4711' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: ActivityInput,
  ) {
    return upserted(await this.activities.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'activity:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 activities',
    description: 'Each operation needs its own permission, such as `activity:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.activities.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'activity:read',
    summary: 'Search activities',
    answers: ActivityPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.activities.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Post(':id/complete')
  @Endpoint({
    permission: 'activity:update',
    summary: 'Say that an activity is done',
    description:
      'A recurring one is followed by the next of its series, which `nextId` names: both are ' +
      'written, or neither. 409 for one that is not open.',
    answers: ActivityDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async complete(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CompleteDto,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return ok(await this.activities.complete(ctx, id, { result: body.result, ifMatch }));
  }

  @Post(':id/reopen')
  @Endpoint({
    permission: 'activity:update',
    summary: 'Open an activity again that was done or cancelled',
    description: 'What followed it in its series stays, and is not made a second time.',
    answers: ActivityDto,
    problems: [404, 409, 412],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async reopen(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return ok(await this.activities.reopen(ctx, id, ifMatch));
  }

  @Post(':id/cancel')
  @Endpoint({
    permission: 'activity:update',
    summary: 'Call an activity off; a series ends with it',
    answers: ActivityDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async cancel(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CancelDto,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return ok(await this.activities.cancel(ctx, id, { reason: body.reason, ifMatch }));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'activity:read',
    summary: 'All that happened to an activity, newest first',
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
    return page(await this.activities.timeline.page(ctx, id, query), url);
  }
}
