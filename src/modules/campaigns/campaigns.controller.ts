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
import { CampaignDto, CampaignInput, CampaignPageDto } from './campaign.dto.js';
import { CampaignsService } from './campaigns.service.js';

const PATH = '/v1/campaigns';

@ApiTags('Campaigns')
@Controller(PATH)
export class CampaignsController {
  constructor(private readonly campaigns: CampaignsService) {}

  @Get()
  @Endpoint({
    permission: 'campaign:read',
    summary: 'List campaigns',
    answers: CampaignPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['campaigns', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.campaigns.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'campaign:create',
    summary: 'Create a campaign',
    status: 201,
    answers: CampaignDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: CampaignInput) {
    return created(await this.campaigns.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'Stream campaigns as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.campaigns.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'campaigns', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'Get a campaign',
    answers: CampaignDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another campaign', 304: NOT_MODIFIED },
    cache: { objects: ['campaigns', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.campaigns.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'campaign:update',
    summary: 'Change a campaign (JSON merge patch)',
    answers: CampaignDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CampaignInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.campaigns.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'campaign:delete',
    summary: 'Move a campaign to the bin, or remove it for good',
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
    await this.campaigns.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'campaign:delete',
    summary: 'Bring a campaign back from the bin',
    answers: CampaignDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.campaigns.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'campaign:update',
    summary: 'Create or change the campaign that a unique value names',
    answers: CampaignDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'externalIds.legacy-crm', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: '4711' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: CampaignInput,
  ) {
    return upserted(await this.campaigns.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 campaigns',
    description: 'Each operation needs its own permission, such as `campaign:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.campaigns.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'Search campaigns',
    answers: CampaignPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.campaigns.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'All that happened to a campaign, newest first',
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
    return page(await this.campaigns.timeline.page(ctx, id, query), url);
  }
}
