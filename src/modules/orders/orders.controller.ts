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
import { OrderDto, OrderInput, OrderPageDto } from './order.dto.js';
import { OrdersService } from './orders.service.js';

const PATH = '/v1/orders';

@ApiTags('Orders')
@Controller(PATH)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @Endpoint({
    permission: 'order:read',
    summary: 'List orders',
    answers: OrderPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['orders', 'contacts', 'companies', 'products', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.orders.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'order:create',
    summary: 'Create an order',
    status: 201,
    answers: OrderDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: OrderInput) {
    return created(await this.orders.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'order:read',
    summary: 'Stream orders as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.orders.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'orders', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'order:read',
    summary: 'Get an order',
    answers: OrderDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another order', 304: NOT_MODIFIED },
    cache: { objects: ['orders', 'contacts', 'companies', 'products', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.orders.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'order:update',
    summary: 'Change an order (JSON merge patch)',
    answers: OrderDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: OrderInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.orders.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'order:delete',
    summary: 'Move an order to the bin, or remove it for good',
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
    await this.orders.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'order:delete',
    summary: 'Bring an order back from the bin',
    answers: OrderDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.orders.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'order:update',
    summary: 'Create or change the order that a unique value names',
    answers: OrderDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'reference', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'PO-2026-0815' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: OrderInput,
  ) {
    return upserted(await this.orders.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'order:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 orders',
    description: 'Each operation needs its own permission, such as `order:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.orders.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'order:read',
    summary: 'Search orders',
    answers: OrderPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.orders.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'order:read',
    summary: 'All that happened to an order, newest first',
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
    return page(await this.orders.timeline.page(ctx, id, query), url);
  }
}
