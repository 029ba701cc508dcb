import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { RequestContext } from '../../common/context.js';
import { json, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { Ctx, Id, Url } from '../../platform/http/parameters.js';
import { byteRange, slice } from '../../platform/http/ranges.js';
import { PageQueryDto } from '../../platform/records/record-dto.js';
import { ExportDto, ExportInput, ExportPageDto } from './export.dto.js';
import { ExportsService } from './exports.service.js';

const PATH = '/v1/exports';

@ApiTags('Exports')
@Controller(PATH)
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Post()
  @Endpoint({
    permission: 'export:run',
    summary: 'Ask for an export',
    description: 'The worker writes the file; poll the export until `file` is there.',
    status: 202,
    answers: ExportDto,
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async start(@Ctx() ctx: RequestContext, @Body() body: ExportInput) {
    const started = await this.exports.start(ctx, body);
    return json(started, 202, { location: `${PATH}/${started.id}` });
  }

  @Get()
  @Endpoint({
    permission: 'export:run',
    summary: 'List exports, newest first',
    answers: ExportPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: PageQueryDto, @Url() url: string) {
    return page(await this.exports.page(ctx, query), url);
  }

  @Get(':id')
  @Endpoint({
    permission: 'export:run',
    summary: 'Get an export',
    answers: ExportDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.exports.get(ctx, id));
  }

  @Get(':id/file')
  @Endpoint({
    permission: 'export:run',
    summary: 'Fetch the file of an export',
    alsoAnswers: { 206: 'Part of the file, as Range asks for' },
    problems: [404, 409, 416],
    throttle: 'bulk',
  })
  @ApiProduces('text/csv', 'application/x-ndjson', 'application/gzip')
  @ApiHeader({ name: 'Range', required: false, description: 'bytes=0-1023' })
  async file(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Headers('range') header: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { name, contentType, size, bytes } = await this.exports.file(ctx, id);
    const range = byteRange(header, size);
    reply.header('accept-ranges', 'bytes');
    if (range) {
      reply.answerStatus = 206;
      reply.header('content-range', `bytes ${range.start}-${range.end}/${size}`);
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    return new StreamableFile(Readable.from(slice(bytes, start, end), { objectMode: false }), {
      type: contentType,
      disposition: `attachment; filename="${name}"`,
      length: end - start + 1,
    });
  }
}
