import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
} from 'class-validator';
import { WEEKDAYS } from '../../common/working-hours.js';
import type { WorkingHours } from '../../common/working-hours.js';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';
import { NewPassword } from '../auth/index.js';

const SPANS = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      from: { type: 'string', example: '09:00' },
      to: { type: 'string', example: '17:00' },
    },
  },
} as const;

const WORKING_HOURS = {
  type: 'object',
  nullable: true,
  description:
    'Spans by weekday on the clock of `timeZone`, `00:00` to `24:00`; a weekday left out is a ' +
    'day off. Null: around the clock',
  properties: Object.fromEntries(WEEKDAYS.map((day) => [day, SPANS])),
  example: { monday: [{ from: '09:00', to: '17:00' }] },
} as const;

const HOLIDAYS = {
  type: String,
  isArray: true,
  description: 'Days off, by local date',
  example: ['2026-12-25'],
};

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
      'Lets the user sign in at once. Without it, they are invited by e-mail to choose a password ' +
      'or, where there is no `SMTP_URL`, by the `invitationToken` that is answered. An address that signs in to another workspace keeps its password.',
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

  @ApiPropertyOptional({ type: String, nullable: true, example: 'en-GB' })
  @Allow()
  language?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Europe/London',
    description: 'IANA name. Null: that of the workspace',
  })
  @Allow()
  timeZone?: string | null;

  @ApiPropertyOptional(WORKING_HOURS)
  @Allow()
  workingHours?: object | null;

  @ApiPropertyOptional(HOLIDAYS)
  @Allow()
  holidays?: string[];
}

/** Body of `PUT /v1/users/{id}/out-of-office`. */
export class OutOfOfficeInput {
  @ApiPropertyOptional({
    format: 'date-time',
    example: '2099-07-01T00:00:00.000Z',
    description: 'Now, when left out',
  })
  @Allow()
  from?: string;

  @ApiProperty({ format: 'date-time', example: '2099-07-15T00:00:00.000Z' })
  @Allow()
  until!: string;

  @ApiPropertyOptional({
    format: 'uuid',
    type: String,
    nullable: true,
    example: null,
    description: 'An active user who gets what comes in meanwhile',
  })
  @IsOptional()
  @IsUUID()
  standInId?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Hiking. Back on the 15th.' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  message?: string | null;
}

export class OutOfOfficeDto {
  @ApiProperty({ format: 'date-time' }) from!: string;
  @ApiProperty({ format: 'date-time' }) until!: string;
  @ApiProperty({ format: 'uuid', type: String, nullable: true }) standInId!: string | null;
  @ApiProperty({ type: String, nullable: true }) message!: string | null;
}

export class InvitationStateDto {
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
  @ApiProperty({
    enum: ['none', 'queued', 'sent', 'failed'],
    description: 'What became of its mail; none where there is no server to send with',
  })
  mail!: 'none' | 'queued' | 'sent' | 'failed';
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) sentAt!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it was not sent, or not yet',
  })
  failure!: string | null;
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
  @ApiProperty({ type: String, nullable: true, example: 'en-GB' }) language!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Europe/London' }) timeZone!: string | null;
  @ApiProperty(WORKING_HOURS) workingHours!: WorkingHours | null;
  @ApiProperty(HOLIDAYS) holidays!: string[];
  @ApiProperty({
    type: InvitationStateDto,
    nullable: true,
    description: 'Of a user who has not joined yet',
  })
  invitation!: InvitationStateDto | null;
  @ApiProperty({
    type: OutOfOfficeDto,
    nullable: true,
    description: 'The absence noted last; it may be over. See `availability`',
  })
  outOfOffice!: OutOfOfficeDto | null;
}

export class InvitationDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To be passed on to the user, shown only now; null when it was mailed to them',
  })
  invitationToken!: string | null;
  @ApiProperty({ type: InvitationStateDto, nullable: true })
  invitation!: InvitationStateDto | null;
}

export class CreatedUserDto extends UserDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'For an invited user where Keel cannot send e-mail: to be passed on, good for 7 days, ' +
      'shown only now',
  })
  invitationToken!: string | null;
}

export class UserListDto {
  @ApiProperty({ type: [UserDto] }) data!: UserDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** An invitation for whoever has its link. */
export class InvitationViewDto {
  @ApiProperty({ example: 'Main' }) workspaceName!: string;
  @ApiProperty({ example: 'grace@example.com' }) email!: string;
  @ApiProperty({
    description: 'The person signs in already, and proves it with that password; else they choose',
  })
  hasPassword!: boolean;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
}

/** Body of `POST /v1/auth/invitations/{token}`. */
export class AcceptByLinkDto {
  @ApiProperty({ example: 'correct horse battery staple', format: 'password' })
  @NewPassword()
  password!: string;
}

export class AcceptInvitationDto {
  @ApiProperty({ description: 'Of the link in the mail, or what was passed on' })
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
