import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';

import { IsOtp } from './otp.dto.js';

/** What a new password must be: long rather than odd (NIST SP 800-63B). */
export const NewPassword = (): PropertyDecorator => Length(8, 200);

export class LoginDto {
  @ApiProperty({ example: 'admin@example.com' })
  @IsEmail()
  email!: string;

  @ApiProperty({ example: 'correct horse battery staple', format: 'password' })
  @IsString()
  @MaxLength(200)
  password!: string;

  @ApiPropertyOptional({
    pattern: '^\\d{6}$',
    description: 'Code of the authenticator app, where one was set up',
  })
  @Omittable()
  @IsOtp()
  otp?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Workspace to work in; by default the one joined first',
  })
  @Omittable()
  @IsUUID()
  workspaceId?: string;
}

export class RefreshDto {
  @ApiProperty({ description: 'The newest refresh token of the session' })
  @IsString()
  @MaxLength(200)
  refreshToken!: string;
}

export class ChangePasswordDto {
  @ApiProperty({ example: 'correct horse battery staple', format: 'password' })
  @IsString()
  @MaxLength(200)
  currentPassword!: string;

  @ApiProperty({ example: 'another horse, another staple', format: 'password', minLength: 8 })
  @NewPassword()
  newPassword!: string;
}

export class ForgotPasswordDto {
  @ApiProperty({ example: 'grace@example.com' })
  @IsEmail()
  email!: string;
}

/** Body of `POST /v1/auth/reset-password/{token}`. */
export class ResetByLinkDto {
  @ApiProperty({ example: 'another horse, another staple', format: 'password', minLength: 8 })
  @NewPassword()
  password!: string;
}

export class ResetPasswordDto extends ResetByLinkDto {
  @ApiProperty({ description: 'Of the link in the mail' })
  @IsString()
  @MaxLength(200)
  token!: string;
}

/** A link to set a password, for whoever has it. */
export class PasswordResetDto {
  @ApiProperty({ example: 'grace@example.com' }) email!: string;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
}

export class TokensDto {
  @ApiProperty({ description: 'Send it as `Authorization: Bearer …`' }) accessToken!: string;
  @ApiProperty({ description: 'Good for one refresh, within 30 days' }) refreshToken!: string;
  @ApiProperty({ example: 'Bearer' }) tokenType!: 'Bearer';
  @ApiProperty({ example: 900, description: 'Seconds the access token is good for' })
  expiresIn!: number;
}

export class WorkspaceNameDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'Main' }) name!: string;
}

export class SignedInUserDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'admin@example.com' }) email!: string;
  @ApiProperty({ example: 'Ada Lovelace' }) name!: string;
}

/** The caller. */
export class MeDto {
  @ApiProperty({ type: SignedInUserDto }) user!: SignedInUserDto;
  @ApiProperty({ type: WorkspaceNameDto }) workspace!: WorkspaceNameDto;
  @ApiProperty({ type: [String], example: ['contact:read', 'contact:update:own'] })
  permissions!: string[];
  @ApiProperty({ enum: ['user', 'apiKey'], description: 'What the credential is' })
  credential!: string;
  @ApiProperty({ type: [WorkspaceNameDto], description: 'Workspaces the person may sign in to' })
  workspaces!: WorkspaceNameDto[];
}

export class RotatedKeyDto {
  @ApiProperty({ format: 'uuid', description: 'Id of the key that signs from now on' })
  kid!: string;
}
