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
import { ContactDto, ContactInput, ContactPageDto } from './contact.dto.js';
import { ContactsService } from './contacts.service.js';

const PATH = '/v1/contacts';

@ApiTags('Contacts')
@Controller(PATH)
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get()
  @Endpoint({
    permission: 'contact:read',
    summary: 'List contacts',
    answers: ContactPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    cache: { objects: ['contacts', 'companies', 'users'] },
  })
  @ListDocs()
  async list(@Ctx() ctx: RequestContext, @ListParams() query: ListQuery, @Url() url: string) {
    return page(await this.contacts.reader.page(ctx, query), url);
  }

  @Post()
  @Endpoint({
    permission: 'contact:create',
    summary: 'Create a contact',
    status: 201,
    answers: ContactDto,
    problems: [409, 422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: ContactInput) {
    return created(await this.contacts.creator.one(ctx, body), PATH);
  }

  @Get('export')
  @Endpoint({
    permission: 'contact:read',
    summary: 'Stream contacts as CSV or NDJSON',
    description: 'All that match, out of one consistent snapshot.',
    throttle: 'bulk',
  })
  @ExportDocs()
  async export(@Ctx() ctx: RequestContext, @ExportParams() wanted: ExportRequest) {
    const { stream } = await this.contacts.exporter.open(ctx, wanted.query, wanted);
    return download(stream, 'contacts', wanted.format);
  }

  @Get(':id')
  @Endpoint({
    permission: 'contact:read',
    summary: 'Get a contact',
    answers: ContactDto,
    problems: [404],
    alsoAnswers: { 301: 'Merged into another contact', 304: NOT_MODIFIED },
    cache: { objects: ['contacts', 'companies', 'users'], record: true },
  })
  @ViewDocs()
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @ViewParams() view: View) {
    return ok(await this.contacts.reader.get(ctx, id, view));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'contact:update',
    summary: 'Change a contact (JSON merge patch)',
    answers: ContactDto,
    problems: [404, 409, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ContactInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.contacts.updater.one(ctx, id, body, version));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'contact:delete',
    summary: 'Move a contact to the bin, or remove it for good',
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
    await this.contacts.remove(ctx, id, query.purge === 'true', version);
    return noContent();
  }

  @Post(':id/restore')
  @Endpoint({
    permission: 'contact:delete',
    summary: 'Bring a contact back from the bin',
    answers: ContactDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async restore(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.contacts.remover.restore(ctx, id));
  }

  @Put('by/:key/:value')
  @Endpoint({
    permission: 'contact:update',
    summary: 'Create or change the contact that a unique value names',
    answers: ContactDto,
    alsoAnswers: { 201: 'Created' },
    problems: [409, 422],
  })
  @ApiParam({ name: 'key', example: 'email', description: UPSERT_KEY })
  @ApiParam({ name: 'value', example: 'maria.anders@example.com' })
  async upsert(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @Param('value') value: string,
    @Body() body: ContactInput,
  ) {
    return upserted(await this.contacts.batches.upsertOne(ctx, key, value, body), PATH);
  }

  @Post('batch')
  @Endpoint({
    permission: 'contact:read',
    summary: 'Create, change, upsert, delete or get up to 1,000 contacts',
    description: 'Each operation needs its own permission, such as `contact:create`.',
    answers: BatchResultDto,
    alsoAnswers: { 207: 'Some items failed' },
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async batch(@Ctx() ctx: RequestContext, @Body() body: BatchDto) {
    const result = await this.contacts.batch(ctx, body);
    return new Answer(result.failed > 0 ? 207 : 200, result.json);
  }

  @Post('search')
  @Endpoint({
    permission: 'contact:read',
    summary: 'Search contacts',
    answers: ContactPageDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async search(@Ctx() ctx: RequestContext, @Body() body: SearchDto) {
    return page(await this.contacts.reader.page(ctx, parseSearchBody(body)), null);
  }

  @Get(':id/duplicates')
  @Endpoint({
    permission: 'contact:read',
    summary: 'Contacts that may be the same person',
    answers: DuplicatesDto,
    problems: [404],
    throttle: 'search',
  })
  async listDuplicates(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.contacts.duplicates.of(ctx, id) });
  }

  @Post(':id/merge')
  @Endpoint({
    permission: 'contact:update',
    summary: 'Merge duplicates into a contact',
    answers: MergeResultDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async merge(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MergeDto) {
    return new Answer(200, mergeJson(await this.contacts.merger.merge(ctx, id, body)));
  }

  @Get(':id/timeline')
  @Endpoint({
    permission: 'contact:read',
    summary: 'All that happened to a contact, newest first',
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
    return page(await this.contacts.timeline.page(ctx, id, query), url);
  }
}
