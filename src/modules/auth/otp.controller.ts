import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { noContent, unstored } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { ConfirmOtpDto, OtpSecretDto, PasswordDto } from './otp.dto.js';
import { OtpService } from './otp.service.js';

@ApiTags('Sign-in')
@Controller('v1/auth/otp')
export class OtpController {
  constructor(private readonly otp: OtpService) {}

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Begin to sign in with an authenticator app besides my password',
    description: 'Nothing changes until a code is confirmed.',
    throttle: 'auth',
    status: 201,
    answers: OtpSecretDto,
    problems: [409, 422],
  })
  async begin(@Ctx() ctx: RequestContext, @Body() body: PasswordDto): Promise<Answer> {
    return unstored(await this.otp.begin(ctx, body.password), 201);
  }

  @Post('confirm')
  @Endpoint({
    permission: 'self',
    summary: 'Confirm the app with its first code',
    description: 'From now on `otp` is asked for when signing in.',
    throttle: 'auth',
    status: 204,
    answers: null,
    problems: [409, 422],
  })
  async confirm(@Ctx() ctx: RequestContext, @Body() body: ConfirmOtpDto): Promise<Answer> {
    await this.otp.confirm(ctx, body.otp);
    return noContent();
  }

  @Post('disable')
  @Endpoint({
    permission: 'self',
    summary: 'Sign in with my password alone again',
    throttle: 'auth',
    status: 204,
    answers: null,
    problems: [422],
  })
  async disable(@Ctx() ctx: RequestContext, @Body() body: PasswordDto): Promise<Answer> {
    await this.otp.disable(ctx, body.password);
    return noContent();
  }
}
