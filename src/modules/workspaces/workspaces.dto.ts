import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { nestedClass } from '../../platform/http/rules.js';
import { NewPassword } from '../auth/index.js';

export class OwnerDto {
  @ApiProperty({ example: 'owner@example.com' })
  @IsEmail()
  email!: string;

  @ApiProperty({ example: 'Grace Hopper' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({
    example: 'correct horse battery staple',
    format: 'password',
    minLength: 8,
    description: 'Without one, an invitation is answered for the owner to choose it',
  })
  @Omittable()
  @NewPassword()
  password?: string;
}

export class CreateWorkspaceDto {
  @ApiProperty({ example: 'Branch office' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ type: OwnerDto })
  @ValidateNested()
  @nestedClass(() => OwnerDto)
  owner!: OwnerDto;
}

export class UpdateWorkspaceDto {
  @ApiPropertyOptional({ example: 'Head office' })
  @Omittable()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'DE',
    description: 'ISO 3166 code: how phone numbers without a country code are read',
  })
  @IsOptional()
  @IsString()
  defaultCountry?: string | null;

  @ApiPropertyOptional({ example: 'EUR', description: 'ISO 4217 code, for amounts without one' })
  @Omittable()
  @IsString()
  defaultCurrency?: string;

  @ApiPropertyOptional({ example: 'Europe/Berlin', description: 'IANA name' })
  @Omittable()
  @IsString()
  timeZone?: string;

  @ApiPropertyOptional({
    example: true,
    description: 'Whether campaigns look at who opens mails and follows links; false for privacy',
  })
  @Omittable()
  @IsBoolean()
  emailTracking?: boolean;
}

export class WorkspaceDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'Main' }) name!: string;
  @ApiProperty({ type: String, nullable: true, example: 'DE' }) defaultCountry!: string | null;
  @ApiProperty({ example: 'EUR' }) defaultCurrency!: string;
  @ApiProperty({ example: 'Europe/Berlin' }) timeZone!: string;
  @ApiProperty({ example: true }) emailTracking!: boolean;
}

export class WorkspaceOwnerDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'owner@example.com' }) email!: string;
  @ApiProperty({ example: 'Grace Hopper' }) name!: string;
  @ApiProperty({ enum: ['active', 'invited'] }) status!: 'active' | 'invited';
}

export class CreatedWorkspaceDto {
  @ApiProperty({ type: WorkspaceDto }) workspace!: WorkspaceDto;
  @ApiProperty({ type: WorkspaceOwnerDto }) owner!: WorkspaceOwnerDto;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'For an invited owner whom Keel cannot send an e-mail: to be passed on, shown only now; ' +
      'good for 7 days',
  })
  invitationToken!: string | null;
}
