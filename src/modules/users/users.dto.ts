import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsIn,
  IsString,
  Length,
  MaxLength,
} from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';
import { NewPassword } from '../auth/index.js';

const ROLES = { type: String, isArray: true, example: ['member'], description: 'Names of roles' };

export class CreateUserDto {
  @ApiProperty({ example: 'grace@example.com' })
  @IsEmail()
  email!: string;

  @ApiProperty({ example: 'Grace Hopper' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty(ROLES)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  roles!: string[];

  @ApiPropertyOptional({
    format: 'password',
    minLength: 8,
    description:
      'Lets the user sign in at once. Without it, `invitationToken` is answered for the user to ' +
      'choose a password. An address that signs in to another workspace keeps its password.',
  })
  @Omittable()
  @NewPassword()
  password?: string;
}

export class UpdateUserDto {
  @ApiPropertyOptional({ example: 'Grace Hopper' })
  @Omittable()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional(ROLES)
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  roles?: string[];

  @ApiPropertyOptional({
    enum: ['active', 'deactivated'],
    description: 'A deactivated user is signed out everywhere, and their API keys are refused',
  })
  @Omittable()
  @IsIn(['active', 'deactivated'])
  status?: 'active' | 'deactivated';
}

export class UserDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'grace@example.com' }) email!: string;
  @ApiProperty({ example: 'Grace Hopper' }) name!: string;
  @ApiProperty(ROLES) roles!: string[];
  @ApiProperty({ enum: ['invited', 'active', 'deactivated'] })
  status!: 'invited' | 'active' | 'deactivated';
}

export class InvitationDto {
  @ApiProperty({ description: 'To be passed on to the user; good for 7 days, shown only now' })
  invitationToken!: string;
}

export class CreatedUserDto extends UserDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'For an invited user: Keel sends no e-mail, so pass it on; good for 7 days, shown only now',
  })
  invitationToken!: string | null;
}

export class UserListDto {
  @ApiProperty({ type: [UserDto] }) data!: UserDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class AcceptInvitationDto {
  @ApiProperty({ description: 'What the person who invited you passed on' })
  @IsString()
  @MaxLength(200)
  token!: string;

  @ApiProperty({
    example: 'correct horse battery staple',
    format: 'password',
    description: 'The one to sign in with from now on; your present one if you have one already',
  })
  @NewPassword()
  password!: string;
}
