import { Readable } from 'node:stream';
import { Controller, Delete, Get, Headers, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../../common/context.js';
import { json, noContent, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { attachmentNamed } from '../../platform/http/content-disposition.js';
import { IdPageQuery, readIdPage } from '../../platform/http/id-page.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch, RawQuery, Url } from '../../platform/http/parameters.js';
import { byteRange, slice } from '../../platform/http/ranges.js';
import { AttachmentBodyDto, AttachmentDto, AttachmentPageDto } from './ticket-attachment.dto.js';
import { TicketAttachmentsService } from './ticket-attachments.service.js';
import { readTicketUpload } from './ticket-upload.js';

@ApiTags('Tickets')
@Controller('v1/tickets/:id/attachments')
export class TicketAttachmentsController {
  constructor(private readonly attachments: TicketAttachmentsService) {}

  @Get()
  @Endpoint({
    permission: 'ticket:read',
    summary: 'The files of a ticket, newest first',
    answers: AttachmentPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.attachments.page(ctx, id, readIdPage(query)), url);
  }

  @Post()
  @Endpoint({
    permission: 'ticket:reply',
    summary: 'Attach a file to a ticket',
    description:
      'Multipart with one part, `file`, of up to `ATTACHMENT_MEGABYTES` (25 unless configured); ' +
      'a ticket has at most 500. What a file is, its first bytes say: images, PDF, office ' +
      'documents, text, audio, video, zip and gzip are taken; programs, scripts, pages, SVG and ' +
      'what is unknown are refused (422, which names what was found). Name it in ' +
      '`attachmentIds` of a message to send it with that.',
    status: 201,
    answers: AttachmentDto,
    problems: [404, 409, 413, 415, 422],
    throttle: 'bulk',
    idempotency: 'own',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: AttachmentBodyDto })
  @IdempotencyHeader()
  async upload(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Headers('idempotency-key') key: string | undefined,
  ) {
    const file = await readTicketUpload(request, this.attachments.maxBytes);
    try {
      return await this.attachments.upload(ctx, id, file, key);
    } finally {
      file.drain();
    }
  }

  @Get(':attachmentId')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'What is known of a file of a ticket',
    answers: AttachmentDto,
    problems: [404],
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('attachmentId') attachmentId: string,
  ) {
    return json(await this.attachments.get(ctx, id, attachmentId));
  }

  @Get(':attachmentId/file')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Fetch a file of a ticket',
    description: 'To be saved, never to be shown as a page: `Content-Disposition: attachment`.',
    alsoAnswers: { 206: 'Part of the file, as Range asks for' },
    problems: [404, 416],
    throttle: 'bulk',
  })
  @ApiProduces('application/octet-stream')
  @ApiHeader({ name: 'Range', required: false, description: 'bytes=0-1023' })
  async file(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('attachmentId') attachmentId: string,
    @Headers('range') header: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { name, contentType, size, bytes } = await this.attachments.open(ctx, id, attachmentId);
    const range = byteRange(header, size);
    reply.header('accept-ranges', 'bytes');
    if (range) {
      reply.answerStatus = 206;
      reply.header('content-range', `bytes ${range.start}-${range.end}/${size}`);
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    return new StreamableFile(Readable.from(slice(bytes, start, end), { objectMode: false }), {
      type: contentType,
      disposition: attachmentNamed(name),
      length: end - start + 1,
    });
  }

  @Delete(':attachmentId')
  @Endpoint({
    permission: 'ticket:update',
    summary: 'Remove a file of a ticket for good',
    status: 204,
    answers: null,
    problems: [404, 412],
  })
  @IfMatchHeader()
  async remove(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('attachmentId') attachmentId: string,
    @IfMatch() version: number | undefined,
  ) {
    await this.attachments.remove(ctx, id, attachmentId, version);
    return noContent();
  }
}
