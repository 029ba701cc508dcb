import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Endpoint, Public } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Origin } from '../../platform/http/parameters.js';
import type { Answer } from '../../platform/http/answers.js';
import { noContent, unstored } from '../../platform/http/answers.js';
import {
  ChangePasswordDto,
  LoginDto,
  MeDto,
  RefreshDto,
  RotatedKeyDto,
  TokensDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @Public({
    summary: 'Sign in',
    description:
      'Answers wrong passwords and unknown addresses alike. After five failures an address has ' +
      'to wait, up to a minute (429).',
    throttle: 'auth',
    answers: TokensDto,
    problems: [401, 403, 422],
  })
  async login(@Origin() origin: RequestOrigin, @Body() body: LoginDto): Promise<Answer> {
    return unstored(await this.auth.login(origin, body));
  }

  @Post('refresh')
  @Public({
    summary: 'Exchange a refresh token for new tokens',
    description:
      'Each refresh token is good for one exchange. One that comes back ends its session, since ' +
      'either side may have been robbed.',
    throttle: 'auth',
    answers: TokensDto,
    problems: [401, 422],
  })
  async refresh(@Origin() origin: RequestOrigin, @Body() body: RefreshDto): Promise<Answer> {
    return unstored(await this.auth.refresh(origin, body.refreshToken));
  }

  @Post('logout')
  @Endpoint({ permission: 'self', summary: 'End this session', status: 204, answers: null })
  async logout(@Ctx() ctx: RequestContext): Promise<Answer> {
    await this.auth.logout(ctx);
    return noContent();
  }

  @Get('me')
  @Endpoint({ permission: 'self', summary: 'Who I am and what I may do', answers: MeDto })
  async me(@Ctx() ctx: RequestContext): Promise<Answer> {
    return unstored(await this.auth.me(ctx));
  }

  @Post('password')
  @Endpoint({
    permission: 'self',
    summary: 'Change my password',
    description: 'Ends all other sessions of the person. API keys go on working.',
    throttle: 'auth',
    status: 204,
    answers: null,
    problems: [422],
  })
  async password(@Ctx() ctx: RequestContext, @Body() body: ChangePasswordDto): Promise<Answer> {
    await this.auth.changePassword(ctx, body);
    return noContent();
  }

  @Post('keys/rotate')
  @Endpoint({
    permission: 'admin:workspaces',
    summary: 'Sign access tokens with a new key from now on',
    description: 'Nobody is signed out: tokens of the old key stay good until they expire.',
    answers: RotatedKeyDto,
  })
  async rotateKeys(@Ctx() ctx: RequestContext): Promise<Answer> {
    return unstored(await this.auth.rotateKeys(ctx));
  }
}
