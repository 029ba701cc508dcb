import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, IfMatch } from '../../platform/http/parameters.js';
import { SurveySettingsService } from './survey-settings.service.js';
import { SurveySettingsDto, SurveySettingsPatch } from './survey.dto.js';

const answer = (settings: SurveySettingsDto): Answer =>
  json(settings, 200, { etag: `"${settings.version}"` });

@ApiTags('Satisfaction surveys')
@Controller('v1/survey-settings')
export class SurveySettingsController {
  constructor(private readonly settings: SurveySettingsService) {}

  @Get()
  @Endpoint({
    permission: 'survey:read',
    summary: 'When and how customers are asked if they are satisfied',
    answers: SurveySettingsDto,
  })
  async get(@Ctx() ctx: RequestContext) {
    return answer(await this.settings.get(ctx));
  }

  @Patch()
  @Endpoint({
    permission: 'survey:manage',
    summary: 'Change when and how customers are asked if they are satisfied',
    description:
      'A ticket is asked about once, by e-mail to its requester, from the support address of ' +
      '`/v1/mail-settings`. The link in the mail is good for 30 days. Tickets that were solved ' +
      'before this was enabled, or that came in solved, are not asked about.',
    answers: SurveySettingsDto,
    problems: [412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Body() body: SurveySettingsPatch,
    @IfMatch() version: number | undefined,
  ) {
    return answer(await this.settings.update(ctx, body, version));
  }
}
