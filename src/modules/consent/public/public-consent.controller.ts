import { Body, Controller, Get, Headers, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { RequestOrigin } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { unstored } from '../../../platform/http/answers.js';
import type { Answer } from '../../../platform/http/answers.js';
import { Public } from '../../../platform/http/endpoint.decorator.js';
import { Origin } from '../../../platform/http/parameters.js';
import { prefersPage } from '../../../platform/http/web-page.js';
import {
  confirmationPage,
  confirmedPage,
  preferencesPage,
  problemPage,
  unsubscribedPage,
  unsubscribePage,
} from './pages.js';
import {
  ConfirmationPageDto,
  PreferencesDto,
  PreferencesInput,
  UnsubscribedDto,
  UnsubscribePageDto,
} from './public-consent.dto.js';
import { PublicConsentService } from './public-consent.service.js';

/** Largest body in bytes: a page with every box there can be fits. */
const BODY_LIMIT = 64 * 1024;
const URLENCODED = 'application/x-www-form-urlencoded';
const JSON_OR_PAGE = ['application/json', 'text/html'];
const TOKEN = { name: 'token', description: 'Last part of a link that was mailed', example: 'x' };
const LINK = { throttle: 'link', idempotency: 'none', bodyLimit: BODY_LIMIT } as const;
const CREDENTIAL = 'The address is the credential. A page for browsers, JSON for programs.';

/** Pages that contacts come to by links in mails: no sign-in, no scripts, nothing that is kept. */
@ApiTags('Consent')
@ApiProduces(...JSON_OR_PAGE)
@Controller('v1')
export class PublicConsentController {
  constructor(private readonly consent: PublicConsentService) {}

  @Get('consents/confirm/:token')
  @Public({
    summary: 'What a contact is asked to confirm',
    description: `Shows a button and changes nothing. ${CREDENTIAL}`,
    answers: ConfirmationPageDto,
    problems: [404, 410],
    throttle: 'link',
  })
  @ApiParam(TOKEN)
  async getConfirmation(
    @Param('token') token: string,
    @Origin() origin: RequestOrigin,
    @Headers('user-agent') userAgent?: string,
    @Headers('accept') accept?: string,
  ) {
    const work = this.consent.confirmation(token, { ...origin, userAgent });
    return answer(accept, work, confirmationPage);
  }

  @Post('consents/confirm/:token')
  @Public({
    summary: 'Confirm consent',
    description: `Kept with time, address and program as proof. ${CREDENTIAL}`,
    answers: ConfirmationPageDto,
    problems: [404, 410],
    ...LINK,
  })
  @ApiParam(TOKEN)
  async confirm(
    @Param('token') token: string,
    @Origin() origin: RequestOrigin,
    @Headers('user-agent') userAgent?: string,
    @Headers('accept') accept?: string,
  ) {
    return answer(accept, this.consent.confirm(token, { ...origin, userAgent }), confirmedPage);
  }

  @Get('preferences/:token')
  @Public({
    summary: 'What a contact gets',
    description: CREDENTIAL,
    answers: PreferencesDto,
    problems: [404],
    throttle: 'link',
  })
  @ApiParam(TOKEN)
  async getPreferences(
    @Param('token') token: string,
    @Origin() origin: RequestOrigin,
    @Headers('user-agent') userAgent?: string,
    @Headers('accept') accept?: string,
  ) {
    const work = this.consent.preferences(token, { ...origin, userAgent });
    return answer(accept, work, (page) => preferencesPage(page, false));
  }

  @Post('preferences/:token')
  @Public({
    summary: 'Say what you want to get',
    description: `The link has reached the contact, so nothing is to be confirmed. ${CREDENTIAL}`,
    answers: PreferencesDto,
    problems: [404, 413, 422],
    ...LINK,
  })
  @ApiParam(TOKEN)
  @ApiConsumes('application/json', URLENCODED)
  async choose(
    @Param('token') token: string,
    @Body() body: PreferencesInput,
    @Origin() origin: RequestOrigin,
    @Headers('user-agent') userAgent?: string,
    @Headers('accept') accept?: string,
  ) {
    const work = this.consent.choose(token, body, { ...origin, userAgent });
    return answer(accept, work, (page) => preferencesPage(page, true));
  }

  @Get('unsubscribe/:token')
  @Public({
    summary: 'Which list a link leads out of',
    description: `Shows a button and changes nothing. ${CREDENTIAL}`,
    answers: UnsubscribePageDto,
    problems: [404],
    throttle: 'link',
  })
  @ApiParam(TOKEN)
  async getUnsubscription(
    @Param('token') token: string,
    @Origin() origin: RequestOrigin,
    @Headers('user-agent') userAgent?: string,
    @Headers('accept') accept?: string,
  ) {
    const work = this.consent.unsubscription(token, { ...origin, userAgent });
    return answer(accept, work, unsubscribePage);
  }

  @Post('unsubscribe/:token')
  @Public({
    summary: 'Unsubscribe with one click (RFC 8058)',
    description:
      'What mailbox programs send to the address in `List-Unsubscribe`. It works for good, also ' +
      'once the contact has been removed: their address is suppressed then.',
    answers: UnsubscribedDto,
    problems: [404],
    ...LINK,
  })
  @ApiParam(TOKEN)
  async unsubscribe(
    @Param('token') token: string,
    @Origin() origin: RequestOrigin,
    @Headers('user-agent') userAgent?: string,
    @Headers('accept') accept?: string,
  ) {
    const work = this.consent.unsubscribe(token, { ...origin, userAgent });
    return answer(accept, work, unsubscribedPage);
  }
}

/** JSON, or the page of it for a browser: problems, too. */
async function answer<T extends object>(
  accept: string | undefined,
  work: Promise<T>,
  pageOf: (value: T) => Answer,
): Promise<Answer> {
  if (!prefersPage(accept)) return unstored(await work);
  try {
    return pageOf(await work);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return problemPage(error);
  }
}
