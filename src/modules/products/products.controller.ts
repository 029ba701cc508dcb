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
import { ProductDto, ProductInput, ProductPageDto } from './product.dto.js';
import { ProductsService } from './products.service.js';

const PATH = '/v1/products';

@ApiTags('Products')
@Controller(PATH)
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @Endpoint({
    permission: 'product:read',
    summary: 'List products',
    answers: ProductPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['products', 'product-categories', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.products.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'product:create',
    summary: 'Create a product',
    status: 201,
    answers: ProductDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: ProductInput) {
    return created(await this.products.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'product:read',
    summary: 'Stream products as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.products.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'products', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'product:read',
    summary: 'Get a product',
    answers: ProductDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another product', 304: NOT_MODIFIED },
    cache: { objects: ['products', 'product-categories', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.products.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'product:update',
    summary: 'Change a product (JSON merge patch)',
    answers: ProductDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ProductInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.products.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'product:delete',
    summary: 'Move a product to the bin, or remove it for good',
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
    await this.products.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'product:delete',
    summary: 'Bring a product back from the bin',
    answers: ProductDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.products.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'product:update',
    summary: 'Create or change the product that a unique value names',
    answers: ProductDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'sku', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'DCJ-55A' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: ProductInput,
  ) {
    return upserted(await this.products.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'product:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 products',
    description: 'Each operation needs its own permission, such as `product:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.products.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'product:read',
    summary: 'Search products',
    answers: ProductPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.products.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/duplicates')
  @Endpoint({
    permission: 'product:read',
    summary: 'Products that may be the same',
    answers: DuplicatesDto,
    problems: [404],
    throttle: 'search',
  })
  async listDuplicates(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.products.duplicates.of(ctx, id) });
  }

  @Post(':id/merge')
  @Endpoint({
    permission: 'product:update',
    summary: 'Merge duplicates into a product',
    answers: MergeResultDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async merge(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MergeDto) {
    return new Answer(200, mergeJson(await this.products.merger.merge(ctx, id, body)));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'product:read',
    summary: 'All that happened to a product, newest first',
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
    return page(await this.products.timeline.page(ctx, id, query), url);
  }
}
