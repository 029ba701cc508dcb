import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';

/** The token of a ticket is put behind the name of the support address, which has 64 places. */
const LONGEST_ADDRESS = 250;

/** Body that changes how tickets are written about by e-mail. */
export class MailSettingsPatch {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'support@example.com',
    description:
      'Where customers write to, without `+`. Replies come from it; what is sent to ' +
      '`support+<token>@…` must arrive there too. null: nothing is sent',
  })
  @IsOptional()
  @IsEmail()
  @MaxLength(LONGEST_ADDRESS)
  supportAddress?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Acme Support',
    description: 'Who mails are from, beside the address; null: the name of the workspace',
  })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  senderName?: string | null;

  @ApiPropertyOptional({
    default: true,
    description: 'Whether public replies of users go to the requester by e-mail',
  })
  @Omittable()
  @IsBoolean()
  sendReplies?: boolean;
}

/** How a workspace writes about tickets by e-mail. */
export class MailSettingsDto {
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) updatedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'support@example.com' })
  supportAddress!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Acme Support' })
  senderName!: string | null;
  @ApiProperty() sendReplies!: boolean;
}
