import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';

const OTP = /^\d{6}$/;

/** A code of an authenticator app. */
export const IsOtp = (): PropertyDecorator => Matches(OTP, { message: 'must be six digits' });

export class PasswordDto {
  @ApiProperty({ example: 'correct horse battery staple', format: 'password' })
  @IsString()
  @MaxLength(200)
  password!: string;
}

export class ConfirmOtpDto {
  @ApiProperty({ example: '492039' })
  @IsOtp()
  otp!: string;
}

export class OtpSecretDto {
  @ApiProperty({ example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', description: 'To be typed in' })
  secret!: string;
  @ApiProperty({ description: '`otpauth://…`, to be shown as a QR code' })
  uri!: string;
}
