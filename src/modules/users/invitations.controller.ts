import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestOrigin } from '../../common/context.js';
import { noContent } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import { Public } from '../../platform/http/endpoint.decorator.js';
import { Origin } from '../../platform/http/parameters.js';
import { InvitationsService } from './invitations.service.js';
import { AcceptInvitationDto } from './users.dto.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Post('accept-invitation')
  @Public({
    summary: 'Accept an invitation',
    description: 'Sign in afterwards.',
    throttle: 'auth',
    status: 204,
    answers: null,
    problems: [401, 404, 422],
  })
  async accept(
    @Origin() origin: RequestOrigin,
    @Body() body: AcceptInvitationDto,
  ): Promise<Answer> {
    await this.invitations.accept(origin, body);
    return noContent();
  }
}
