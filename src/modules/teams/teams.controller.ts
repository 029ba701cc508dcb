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
import { TeamDto, TeamInput, TeamPageDto } from './team.dto.js';
import { TeamsService } from './teams.service.js';

const PATH = '/v1/teams';

@ApiTags('Teams')
@Controller(PATH)
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Get()
  @Endpoint({
    permission: 'team:read',
    summary: 'List teams',
    answers: TeamPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['teams', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.teams.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'team:create',
    summary: 'Create a team',
    status: 201,
    answers: TeamDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: TeamInput) {
    return created(await this.teams.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'team:read',
    summary: 'Stream teams as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.teams.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'teams', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'team:read',
    summary: 'Get a team',
    answers: TeamDto,
    problems: [404],
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['teams', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.teams.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'team:update',
    summary: 'Change a team (JSON merge patch)',
    answers: TeamDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: TeamInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.teams.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'team:delete',
    summary: 'Move a team to the bin, or remove it for good',
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
    await this.teams.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'team:delete',
    summary: 'Bring a team back from the bin',
    answers: TeamDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.teams.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'team:update',
    summary: 'Create or change the team that a unique value names',
    answers: TeamDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'name', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'Sales North' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: TeamInput,
  ) {
    return upserted(await this.teams.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'team:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 teams',
    description: 'Each operation needs its own permission, such as `team:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.teams.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'team:read',
    summary: 'Search teams',
    answers: TeamPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.teams.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'team:read',
    summary: 'All that happened to a team, newest first',
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
    return page(await this.teams.timeline.page(ctx, id, query), url);
  }
}
