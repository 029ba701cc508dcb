import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CHANNELS } from '../channels.js';
import type { Channel } from '../channels.js';
import { CheckedByService } from '../../../platform/http/rules.pipe.js';

/** What a contact is asked to confirm. */
export class ConfirmationPageDto {
  @ApiProperty({ example: 'Marketing' }) purpose!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'What they agree to' })
  consentText!: string | null;
  @ApiProperty({ enum: ['pending', 'granted'] }) status!: 'pending' | 'granted';
}

class PreferenceChannelDto {
  @ApiProperty({ enum: CHANNELS }) channel!: Channel;
  @ApiProperty({ description: 'Whether they get it, or will once they have confirmed it' })
  granted!: boolean;
}

class PreferencePurposeDto {
  @ApiProperty({ example: 'marketing' }) purpose!: string;
  @ApiProperty({ example: 'Marketing' }) name!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ type: [PreferenceChannelDto] }) channels!: PreferenceChannelDto[];
}

/** What a contact gets. */
export class PreferencesDto {
  @ApiProperty({ type: [PreferencePurposeDto] }) purposes!: PreferencePurposeDto[];
}

class PreferenceInput {
  @ApiProperty({ example: 'marketing' }) purpose!: string;
  @ApiProperty({ enum: CHANNELS, example: 'email' }) channel!: Channel;
  @ApiProperty({ example: false }) granted!: boolean;
}

/** What a contact wants to get; what is not named stays as it is. */
@CheckedByService()
export class PreferencesInput {
  @ApiPropertyOptional({
    type: [PreferenceInput],
    example: [{ purpose: 'marketing', channel: 'email', granted: false }],
  })
  preferences?: PreferenceInput[];

  @ApiPropertyOptional({ description: 'Nothing at all, on no channel', example: false })
  unsubscribeAll?: boolean;
}

/** Which list a contact leaves. */
export class UnsubscribePageDto {
  @ApiProperty({ type: String, nullable: true, example: 'Marketing' }) purpose!: string | null;
}

export class UnsubscribedDto {
  @ApiProperty({ enum: ['unsubscribed'] }) status!: 'unsubscribed';
  @ApiProperty({
    ...{ type: String, nullable: true },
    description: 'Where they can choose what else they get; null once they have been removed',
  })
  preferencesUrl!: string | null;
}
