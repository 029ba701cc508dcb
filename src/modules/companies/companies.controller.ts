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
import { CompanyDto, CompanyInput, CompanyPageDto } from './company.dto.js';
import { CompaniesService } from './companies.service.js';

const PATH = '/v1/companies';

@ApiTags('Companies')
@Controller(PATH)
export class CompaniesController {
  constructor(private readonly companies: CompaniesService) {}

  @Get()
  @Endpoint({
    permission: 'company:read',
    summary: 'List companies',
    answers: CompanyPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['companies', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.companies.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'company:create',
    summary: 'Create a company',
    status: 201,
    answers: CompanyDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: CompanyInput) {
    return created(await this.companies.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'company:read',
    summary: 'Stream companies as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.companies.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'companies', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'company:read',
    summary: 'Get a company',
    answers: CompanyDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another company', 304: NOT_MODIFIED },
    cache: { objects: ['companies', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.companies.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'company:update',
    summary: 'Change a company (JSON merge patch)',
    answers: CompanyDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CompanyInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.companies.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'company:delete',
    summary: 'Move a company to the bin, or remove it for good',
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
    await this.companies.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'company:delete',
    summary: 'Bring a company back from the bin',
    answers: CompanyDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.companies.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'company:update',
    summary: 'Create or change the company that a unique value names',
    answers: CompanyDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'domain', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'kronacher-brauhaus.example' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: CompanyInput,
  ) {
    return upserted(await this.companies.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'company:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 companies',
    description: 'Each operation needs its own permission, such as `company:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.companies.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'company:read',
    summary: 'Search companies',
    answers: CompanyPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.companies.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/duplicates')
  @Endpoint({
    permission: 'company:read',
    summary: 'Companies that may be the same company',
    answers: DuplicatesDto,
    problems: [404],
    throttle: 'search',
  })
  async listDuplicates(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.companies.duplicates.of(ctx, id) });
  }

  @Post(':id/merge')
  @Endpoint({
    permission: 'company:update',
    summary: 'Merge duplicates into a company',
    answers: MergeResultDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async merge(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MergeDto) {
    return new Answer(200, mergeJson(await this.companies.merger.merge(ctx, id, body)));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'company:read',
    summary: 'All that happened to a company, newest first',
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
    return page(await this.companies.timeline.page(ctx, id, query), url);
  }
}
