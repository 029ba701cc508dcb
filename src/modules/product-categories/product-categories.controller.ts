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
import {
  ProductCategoryDto,
  ProductCategoryInput,
  ProductCategoryPageDto,
} from './product-category.dto.js';
import { ProductCategoriesService } from './product-categories.service.js';

const PATH = '/v1/product-categories';

@ApiTags('Product categories')
@Controller(PATH)
export class ProductCategoriesController {
  constructor(private readonly categories: ProductCategoriesService) {}

  @Get()
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'List product categories',
    answers: ProductCategoryPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['product-categories', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.categories.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'productCategory:create',
    summary: 'Create a product category',
    status: 201,
    answers: ProductCategoryDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: ProductCategoryInput) {
    return created(await this.categories.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'Stream product categories as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.categories.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'product-categories', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'Get a product category',
    answers: ProductCategoryDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another product category', 304: NOT_MODIFIED },
    cache: { objects: ['product-categories', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.categories.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'productCategory:update',
    summary: 'Change a product category (JSON merge patch)',
    answers: ProductCategoryDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ProductCategoryInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.categories.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'productCategory:delete',
    summary: 'Move a product category to the bin, or remove it for good',
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
    await this.categories.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'productCategory:delete',
    summary: 'Bring a product category back from the bin',
    answers: ProductCategoryDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.categories.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'productCategory:update',
    summary: 'Create or change the product category that a unique value names',
    answers: ProductCategoryDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'code', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'BEV' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: ProductCategoryInput,
  ) {
    return upserted(await this.categories.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 product categories',
    description: 'Each operation needs its own permission, such as `productCategory:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.categories.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'Search product categories',
    answers: ProductCategoryPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.categories.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/duplicates')
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'Categories that may be the same',
    answers: DuplicatesDto,
    problems: [404],
    throttle: 'search',
  })
  async listDuplicates(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.categories.duplicates.of(ctx, id) });
  }

  @Post(':id/merge')
  @Endpoint({
    permission: 'productCategory:update',
    summary: 'Merge duplicates into a product category',
    answers: MergeResultDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async merge(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MergeDto) {
    return new Answer(200, mergeJson(await this.categories.merger.merge(ctx, id, body)));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'productCategory:read',
    summary: 'All that happened to a product category, newest first',
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
    return page(await this.categories.timeline.page(ctx, id, query), url);
  }
}
