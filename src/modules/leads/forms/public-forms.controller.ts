import { Body, Controller, Get, Headers, Options, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiExcludeEndpoint, ApiParam, ApiTags } from '@nestjs/swagger';
import type { RequestOrigin } from '../../../common/context.js';
import { Answer, unstored } from '../../../platform/http/answers.js';
import { Public } from '../../../platform/http/endpoint.decorator.js';
import { Origin } from '../../../platform/http/parameters.js';
import { PublicFormDto, SubmissionInput, SubmittedDto } from './lead-form.dto.js';
import { PublicFormsService } from './public-forms.service.js';

/** Largest submission in bytes: a long message fits several times. */
const BODY_LIMIT = 64 * 1024;
const URLENCODED = 'application/x-www-form-urlencoded';

/** The answer may be read by pages of this origin. */
const readableBy = (allowed: string | null): Record<string, string> => ({
  vary: 'Origin',
  ...(allowed === null ? {} : { 'access-control-allow-origin': allowed }),
});

/** Forms as strangers meet them: no sign-in, limits of their own. */
@ApiTags('Lead forms')
@ApiParam({ name: 'publicKey', description: '`publicKey` of the form' })
@Controller('v1/forms/:publicKey')
export class PublicFormsController {
  constructor(private readonly forms: PublicFormsService) {}

  @Get()
  @Public({
    summary: 'Get the fields of a form, and a token to send with it',
    answers: PublicFormDto,
    problems: [403, 404],
    throttle: 'form',
    ownOrigins: true,
  })
  async get(
    @Param('publicKey') key: string,
    @Origin() origin: RequestOrigin,
    @Headers('origin') site: string | undefined,
  ) {
    const { form, allowed } = await this.forms.describe(key, { ...origin, origin: site });
    return unstored(form, 200, readableBy(allowed));
  }

  @Post()
  @Public({
    summary: 'Send a form',
    description:
      'Besides the fields of the form: `token`, the honeypot (leave it empty) and, where the ' +
      'form asks, `consent`. A form sent by a browser itself goes on to `redirectUrl`. Whoever ' +
      'has an open lead already adds a message to it.',
    answers: SubmittedDto,
    alsoAnswers: { 303: 'Sent by a browser: it goes on to the page of the form' },
    problems: [403, 404, 413, 422],
    throttle: 'form',
    idempotency: 'none',
    bodyLimit: BODY_LIMIT,
    ownOrigins: true,
  })
  @ApiConsumes('application/json', URLENCODED)
  async submit(
    @Param('publicKey') key: string,
    @Body() body: SubmissionInput,
    @Origin() origin: RequestOrigin,
    @Headers('origin') site: string | undefined,
    @Headers('content-type') type = '',
  ) {
    const { answer, allowed } = await this.forms.submit(key, body, { ...origin, origin: site });
    const { redirectUrl } = answer;
    if (redirectUrl !== null && type.startsWith(URLENCODED)) {
      return new Answer(303, null, { location: redirectUrl, ...readableBy(allowed) });
    }
    return unstored(answer, 200, readableBy(allowed));
  }

  /** Any site may ask: which one may send the form is decided when it does. */
  @Options()
  @ApiExcludeEndpoint()
  @Public({ summary: 'What browsers ask before they send', throttle: 'form', ownOrigins: true })
  preflight() {
    return new Answer(204, null, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '7200',
    });
  }
}
