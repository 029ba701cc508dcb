import { Body, Controller, Get, Headers, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { RequestOrigin } from '../../common/context.js';
import { unstored } from '../../platform/http/answers.js';
import { Public } from '../../platform/http/endpoint.decorator.js';
import { Origin } from '../../platform/http/parameters.js';
import { orPage, prefersPage } from '../../platform/http/web-page.js';
import { PublicSurveysService } from './public-surveys.service.js';
import { surveyPage, thanksPage } from './survey-page.js';
import { PublicSurveyDto, SurveyAnswerInput } from './survey.dto.js';

/** Largest answer in bytes: a long comment fits several times. */
const BODY_LIMIT = 32 * 1024;

/** Surveys as customers meet them: the link is the credential. */
@ApiTags('Satisfaction surveys')
@ApiParam({ name: 'token', description: 'Of the link in the mail' })
@Controller('v1/surveys/:token')
export class PublicSurveysController {
  constructor(private readonly surveys: PublicSurveysService) {}

  @Get()
  @Public({
    summary: 'Get a survey: what is asked, and what was answered',
    description: 'A browser gets a page with a form. To look at it answers nothing.',
    answers: PublicSurveyDto,
    problems: [404, 410],
    throttle: 'form',
  })
  @ApiProduces('application/json', 'text/html')
  async get(@Param('token') token: string, @Headers('accept') accept: string | undefined) {
    return orPage(accept, async () => {
      const survey = await this.surveys.get(token);
      return prefersPage(accept) ? surveyPage(survey) : unstored(survey);
    });
  }

  @Post()
  @Public({
    summary: 'Answer a survey',
    description:
      'A score from 1 to 5 and, if one likes, a comment: as JSON, or as the form of a browser. ' +
      'An answer may be changed once, within a day.',
    answers: PublicSurveyDto,
    problems: [404, 409, 410, 413, 422],
    throttle: 'form',
    idempotency: 'none',
    bodyLimit: BODY_LIMIT,
  })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @ApiProduces('application/json', 'text/html')
  async answer(
    @Param('token') token: string,
    @Body() body: SurveyAnswerInput,
    @Origin() origin: RequestOrigin,
    @Headers('accept') accept: string | undefined,
  ) {
    return orPage(accept, async () => {
      const survey = await this.surveys.answer(token, body, origin);
      return prefersPage(accept) ? thanksPage(survey) : unstored(survey);
    });
  }
}
