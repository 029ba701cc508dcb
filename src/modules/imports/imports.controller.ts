import { Controller, Get, Headers, Post, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiProduces,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../../common/context.js';
import { json, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { idPage, IdPageQuery, readIdPage } from '../../platform/http/id-page.js';
import { Ctx, Id, RawQuery, Url } from '../../platform/http/parameters.js';
import { ImportErrorsService } from './import-errors.service.js';
import { ImportBodyDto, ImportOptionsDto } from './import-options.dto.js';
import { ImportPreview } from './import-preview.js';
import { ImportStream } from './import-stream.js';
import { readUpload } from './import-upload.js';
import {
  ImportDto,
  ImportErrorPageDto,
  ImportPageDto,
  ImportPreviewDto,
  KeptPageDto,
} from './import.dto.js';
import { ImportsService } from './imports.service.js';

@ApiTags('Imports')
@ApiExtraModels(ImportOptionsDto)
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly previews: ImportPreview,
    private readonly errors: ImportErrorsService,
    private readonly streams: ImportStream,
  ) {}

  @Post()
  @Endpoint({
    permission: 'import:run',
    summary: 'Import a file',
    description:
      'Multipart: `options` as JSON first, then `file` (csv, tsv, ndjson, xlsx or vcard, gzipped ' +
      'or not). The rows are loaded behind the answer; `Location` tells where to watch. Needs ' +
      '`<object>:create` and `<object>:update` besides, as the mode asks for; the import runs ' +
      'with what you may do now, even if that is taken from you meanwhile.',
    status: 202,
    answers: ImportDto,
    problems: [409, 413, 415, 422],
    throttle: 'bulk',
    idempotency: 'own',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportBodyDto })
  @IdempotencyHeader()
  async start(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Headers('idempotency-key') key: string | undefined,
  ) {
    const upload = await readUpload(request, this.imports.maxBytes);
    const { answer } = await this.imports.start(ctx, upload, key);
    return answer;
  }

  @Post('preview')
  @Endpoint({
    permission: 'import:run',
    summary: 'See what an import would make of a file',
    description:
      'The same body. Looks at the first 100 rows and keeps nothing: the mapping, the errors ' +
      'there would be, and the first records. The first megabyte of a text file is enough.',
    answers: ImportPreviewDto,
    problems: [413, 415, 422],
    throttle: 'bulk',
    idempotency: 'none',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportBodyDto })
  async preview(@Ctx() ctx: RequestContext, @Req() request: FastifyRequest) {
    const upload = await readUpload(request, this.imports.maxBytes);
    try {
      return json(await this.previews.of(ctx, upload));
    } finally {
      // A client that is still sending would not read an answer before it is done.
      upload.file.resume();
    }
  }

  @Get()
  @Endpoint({
    permission: 'import:read',
    summary: 'List imports',
    answers: ImportPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    const asked = readIdPage(query);
    return page(idPage(await this.imports.list(ctx, asked), asked), url);
  }

  @Get(':id')
  @Endpoint({
    permission: 'import:read',
    summary: 'Get an import: how far it is, or how it ended',
    answers: ImportDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.imports.get(ctx, id));
  }

  @Get(':id/events')
  @ApiProduces('text/event-stream')
  @Endpoint({
    permission: 'import:read',
    summary: 'Watch an import',
    description:
      'Server-sent events: `event: progress` with the import as `data` whenever it has changed, ' +
      'and `event: end` with its final state.',
    answers: null,
    problems: [404],
  })
  async watch(@Ctx() ctx: RequestContext, @Id() id: string, @Res() reply: FastifyReply) {
    await this.streams.send(ctx, await this.imports.findOrThrow(ctx, id), reply);
  }

  @Get(':id/errors')
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 500 },
  })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiQuery({ name: 'format', required: false, enum: ['json', 'csv'] })
  @Endpoint({
    permission: 'import:read',
    summary: 'The rows an import did not take',
    description:
      'With `Accept: text/csv` or `format=csv` all of them as they were sent, with the columns ' +
      '`_line` and `_error`, ready to be mended and sent again.',
    answers: ImportErrorPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async listErrors(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const row = await this.imports.findOrThrow(ctx, id);
    const { format = accept?.includes('text/csv') ? 'csv' : 'json', ...rest } = query;
    if (format !== 'csv') return page(await this.errors.page(ctx, row, rest), url);
    const name = `errors-${row.fileName.replace(/[^\w.-]+/g, '_')}`;
    void reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${name.replace(/(\.\w+)?$/, '.csv')}"`);
    return this.errors.csv(ctx, row);
  }

  @Get(':id/kept')
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 500 },
  })
  @ApiQuery({ name: 'cursor', required: false })
  @Endpoint({
    permission: 'import:read',
    summary: 'Records that a revert left alone, and why',
    answers: KeptPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async listKept(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    const row = await this.imports.findOrThrow(ctx, id);
    return page(await this.errors.kept(ctx, row, query), url);
  }

  @Post(':id/cancel')
  @Endpoint({
    permission: 'import:run',
    summary: 'Stop an import',
    description: 'It stops within some thousand rows; what is in stays, and can be reverted.',
    status: 202,
    answers: ImportDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async cancel(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.imports.cancel(ctx, id), 202);
  }

  @Post(':id/revert')
  @Endpoint({
    permission: 'import:run',
    summary: 'Undo an import',
    description:
      'Moves the records it made to the bin and gives those it changed their former values ' +
      'back, except records changed since, which `/kept` lists. Needs `<object>:delete` and ' +
      '`<object>:update`.',
    status: 202,
    answers: ImportDto,
    problems: [404, 409],
  })
  @IdempotencyHeader()
  async revert(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.imports.revert(ctx, id), 202);
  }
}
