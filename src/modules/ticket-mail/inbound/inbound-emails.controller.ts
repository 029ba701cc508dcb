import { applyDecorators, Controller, Get, Headers, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from '../../../common/context.js';
import { json, page } from '../../../platform/http/answers.js';
import { Endpoint, NOT_MODIFIED } from '../../../platform/http/endpoint.decorator.js';
import { IdPageQuery } from '../../../platform/http/id-page.js';
import { Ctx, RawQuery, Url } from '../../../platform/http/parameters.js';
import { rawBodyOf } from '../../../platform/http/raw-body.js';
import { INBOUND_RESULTS, InboundEmailPageDto, ReceivedEmailDto } from './inbound-email.dto.js';
import { InboundEmailsService } from './inbound-emails.service.js';
import { readEnvelope } from './read-envelope.js';

const RAW = 'message/rfc822';
/** Largest mail in bytes: what the big providers let through, in base64. */
const MOST_BYTES = 35_000_000;

const EXAMPLE = `From: Maria Anders <maria.anders@example.com>
To: support@example.com
Subject: The blue cup arrived broken
Message-ID: <20260105-1012-4711@example.com>
Date: Mon, 5 Jan 2026 10:12:00 +0100

The handle is off. Can I have another one?
`;

const DESCRIPTION =
  'The raw message (RFC 5322) as the body, from your mail server or gateway. It belongs to the ' +
  'ticket whose mail it answers (`In-Reply-To`, `References`), else to the one whose token is in ' +
  'an address it was sent to; else it becomes a new ticket of its sender, who becomes a contact ' +
  'unless there is one with the address. In replies, quoted history is left out. A reply to a ' +
  'solved ticket opens it; to a closed one, it becomes a new ticket linked to that. Somebody ' +
  'else than the requester may answer: the message names its author, and answers still go to the ' +
  'requester alone. Files that attachments may not be are left out, and the message says so. ' +
  'Automatic mails, reports, mailing lists, our own mails and floods are stopped. What a report ' +
  '(RFC 3464, RFC 5965) tells of a mail of a campaign, by its Message-ID, is recorded as by ' +
  '`POST /v1/campaigns/bounces`: `5.x.x` is permanent, `4.x.x` temporary. The same mail ' +
  'again changes nothing, so it may be repeated after any failure.';

const RawMailDocs = (): MethodDecorator =>
  applyDecorators(
    ApiConsumes(RAW),
    ApiBody({ schema: { type: 'string', example: EXAMPLE } }),
    ApiQuery({
      name: 'to',
      required: false,
      description: 'Who the envelope says it is for, if not in `X-Envelope-To`',
    }),
    ApiHeader({
      name: 'X-Envelope-To',
      required: false,
      description:
        'Who the envelope says it is for, which its head may not (blind copies, aliases)',
    }),
    ApiHeader({
      name: 'X-Envelope-From',
      required: false,
      description: 'Sender of the envelope; `<>` for reports of mail servers',
    }),
  );

@ApiTags('Ticket e-mail')
@Controller('v1/inbound')
export class InboundEmailsController {
  constructor(private readonly emails: InboundEmailsService) {}

  @Post('email')
  @Endpoint({
    permission: 'inboundEmail:receive',
    summary: 'Hand over an e-mail: it becomes a ticket, or a reply to one',
    description: DESCRIPTION,
    answers: ReceivedEmailDto,
    problems: [413, 415, 422],
    throttle: 'bulk',
    idempotency: 'none',
    rawBody: RAW,
  })
  @RawMailDocs()
  async receive(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Query('to') to: string | undefined,
    @Headers('x-envelope-to') headerTo: string | undefined,
    @Headers('x-envelope-from') from: string | undefined,
  ) {
    const envelope = readEnvelope(to ?? headerTo, from);
    return json(await this.emails.receive(ctx, rawBodyOf(request, MOST_BYTES), envelope));
  }

  @Get('emails')
  @Endpoint({
    permission: 'inboundEmail:read',
    summary: 'List what came in by e-mail and what became of it, the newest first',
    description: 'Kept for 90 days when it was stopped, and as long as its ticket otherwise.',
    answers: InboundEmailPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @ApiQuery({ name: 'result', required: false, enum: INBOUND_RESULTS })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.emails.list(ctx, query), url);
  }
}
