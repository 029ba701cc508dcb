import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { json } from '../../../platform/http/answers.js';
import type { Answer } from '../../../platform/http/answers.js';
import { Endpoint } from '../../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../../platform/http/list-docs.js';
import { Ctx, IfMatch } from '../../../platform/http/parameters.js';
import { MailSettingsDto, MailSettingsPatch } from './mail-settings.dto.js';
import { MailSettingsService } from './mail-settings.service.js';

const answer = (settings: MailSettingsDto): Answer =>
  json(settings, 200, { etag: `"${settings.version}"` });

@ApiTags('Ticket e-mail')
@Controller('v1/mail-settings')
export class MailSettingsController {
  constructor(private readonly settings: MailSettingsService) {}

  @Get()
  @Endpoint({
    permission: 'inboundEmail:read',
    summary: 'How tickets are written about by e-mail',
    answers: MailSettingsDto,
  })
  async get(@Ctx() ctx: RequestContext) {
    return answer(await this.settings.get(ctx));
  }

  @Patch()
  @Endpoint({
    permission: 'inboundEmail:manage',
    summary: 'Change how tickets are written about by e-mail',
    description:
      'With a support address, and an SMTP server set by whoever runs Keel, public replies of ' +
      'users are sent to the requester. The answer to such a mail becomes a reply to the ticket ' +
      'when your mail gateway hands it to `POST /v1/inbound/email`.',
    answers: MailSettingsDto,
    problems: [412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Body() body: MailSettingsPatch,
    @IfMatch() version: number | undefined,
  ) {
    return answer(await this.settings.update(ctx, body, version));
  }
}
