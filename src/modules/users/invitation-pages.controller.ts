import { Body, Controller, Get, Headers, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { RequestOrigin } from '../../common/context.js';
import { noContent, unstored } from '../../platform/http/answers.js';
import { Public } from '../../platform/http/endpoint.decorator.js';
import { Origin } from '../../platform/http/parameters.js';
import { html, orPage, prefersPage, webPage } from '../../platform/http/web-page.js';
import { passwordPage } from '../auth/index.js';
import { InvitationsService } from './invitations.service.js';
import { AcceptByLinkDto, InvitationViewDto } from './users.dto.js';

/** Invitations as the people meet them who are invited: the link is the credential. */
@ApiTags('Sign-in')
@ApiParam({ name: 'token', description: 'Of the invitation' })
@Controller('v1/auth/invitations/:token')
export class InvitationPagesController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @Public({
    summary: 'Get an invitation: where to, and if a password is to be chosen',
    description: 'A browser gets a page with a form. To look at it accepts nothing.',
    throttle: 'auth',
    answers: InvitationViewDto,
    problems: [404],
  })
  @ApiProduces('application/json', 'text/html')
  async get(@Param('token') token: string, @Headers('accept') accept: string | undefined) {
    return orPage(accept, async () => {
      const invitation = await this.invitations.view(token);
      return prefersPage(accept) ? pageOf(invitation) : unstored(invitation);
    });
  }

  @Post()
  @Public({
    summary: 'Accept an invitation by its link',
    description: 'As `POST /v1/auth/accept-invitation`; also takes the form of a browser.',
    throttle: 'auth',
    status: 204,
    answers: null,
    idempotency: 'none',
    problems: [401, 404, 422],
  })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  async accept(
    @Param('token') token: string,
    @Body() { password }: AcceptByLinkDto,
    @Origin() origin: RequestOrigin,
    @Headers('accept') accept: string | undefined,
  ) {
    return orPage(accept, async () => {
      await this.invitations.accept(origin, { token, password });
      return prefersPage(accept)
        ? webPage('Welcome', html`<p>You can sign in now.</p>`)
        : noContent();
    });
  }
}

function pageOf({ workspaceName, email, hasPassword }: InvitationViewDto) {
  const intro = hasPassword
    ? `${email} signs in already: give the password you have, to show that it is you.`
    : `Choose a password of at least 8 characters. You will sign in as ${email}.`;
  return passwordPage(`Invitation to ${workspaceName}`, intro, {
    email,
    isNew: !hasPassword,
    button: 'Accept',
  });
}
