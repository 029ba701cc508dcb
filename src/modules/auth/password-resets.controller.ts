import { Body, Controller, Get, Headers, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { RequestOrigin } from '../../common/context.js';
import { noContent, unstored } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import { Public } from '../../platform/http/endpoint.decorator.js';
import { Origin } from '../../platform/http/parameters.js';
import { html, orPage, prefersPage, webPage } from '../../platform/http/web-page.js';
import {
  ForgotPasswordDto,
  PasswordResetDto,
  ResetByLinkDto,
  ResetPasswordDto,
} from './auth.dto.js';
import { passwordPage } from './password-page.js';
import { PasswordResetsService } from './password-resets.service.js';

const TOKEN = { name: 'token', description: 'Of the link in the mail' };

@ApiTags('Sign-in')
@Controller('v1/auth')
export class PasswordResetsController {
  constructor(private readonly resets: PasswordResetsService) {}

  @Post('forgot-password')
  @Public({
    summary: 'Have a link mailed to set a forgotten password anew',
    description:
      'Answers the same whether or not somebody signs in with the address. At most one mail a ' +
      'minute is sent to an address; the link before is good no more. 409 on a server without ' +
      '`SMTP_URL`.',
    throttle: 'auth',
    status: 204,
    answers: null,
    problems: [409, 422],
  })
  async forgot(@Body() { email }: ForgotPasswordDto): Promise<Answer> {
    await this.resets.ask(email);
    return noContent();
  }

  @Post('reset-password')
  @Public({
    summary: 'Set a forgotten password anew',
    description: 'Ends all sessions of the person. The link is good once, for an hour.',
    throttle: 'auth',
    status: 204,
    answers: null,
    problems: [404, 422],
  })
  async reset(@Origin() origin: RequestOrigin, @Body() body: ResetPasswordDto): Promise<Answer> {
    await this.resets.reset(origin, body);
    return noContent();
  }

  @Get('reset-password/:token')
  @ApiParam(TOKEN)
  @Public({
    summary: 'Get whose password a link sets',
    description: 'A browser gets a page with a form. To look at it changes nothing.',
    throttle: 'auth',
    answers: PasswordResetDto,
    problems: [404],
  })
  @ApiProduces('application/json', 'text/html')
  async view(@Param('token') token: string, @Headers('accept') accept: string | undefined) {
    return orPage(accept, async () => {
      const view = await this.resets.view(token);
      if (!prefersPage(accept)) return unstored(view);
      const intro = `Choose a password of at least 8 characters for ${view.email}.`;
      return passwordPage('Your new password', intro, {
        ...{ email: view.email, isNew: true, button: 'Set' },
      });
    });
  }

  @Post('reset-password/:token')
  @ApiParam(TOKEN)
  @Public({
    summary: 'Set a forgotten password by its link',
    description: 'As `POST /v1/auth/reset-password`; also takes the form of a browser.',
    throttle: 'auth',
    status: 204,
    answers: null,
    idempotency: 'none',
    problems: [404, 422],
  })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  async resetByLink(
    @Param('token') token: string,
    @Body() { password }: ResetByLinkDto,
    @Origin() origin: RequestOrigin,
    @Headers('accept') accept: string | undefined,
  ) {
    return orPage(accept, async () => {
      await this.resets.reset(origin, { token, password });
      return prefersPage(accept)
        ? webPage('Done', html`<p>Sign in with the new password.</p>`)
        : noContent();
    });
  }
}
