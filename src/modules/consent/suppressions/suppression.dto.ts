import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../../platform/http/page-info.dto.js';
import { nestedClass } from '../../../platform/http/rules.js';
import { ADDRESSED } from '../channels.js';
import type { Addressed } from '../channels.js';

/** From the weakest to the strongest: an address that is suppressed twice keeps the stronger. */
export const SUPPRESSION_REASONS = [
  'erased',
  'unsubscribed',
  'bounced',
  'complaint',
  'manual',
] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** Reasons that fall away when the person behind the address confirms that they want it again. */
export const LIFTED_BY_CONSENT: readonly SuppressionReason[] = ['erased', 'unsubscribed'];

/** Most addresses of one request. */
export const MOST_ADDRESSES = 1000;

const REASON =
  'unsubscribed: from everything; erased: the contact was removed for good after withdrawing; ' +
  'bounced, complaint: what came back; manual: you said so';

/** An address that nothing may be sent to. */
export class AddressInput {
  @ApiProperty({ enum: ADDRESSED, example: 'email' })
  @IsIn(ADDRESSED)
  channel!: Addressed;

  @ApiProperty({ example: 'maria.anders@example.com', description: 'E-mail address or phone' })
  @IsString()
  @Length(1, 254)
  address!: string;
}

const ENTRIES = {
  type: [AddressInput] as [typeof AddressInput],
  ...{ minItems: 1, maxItems: MOST_ADDRESSES },
  example: [{ channel: 'email', address: 'maria.anders@example.com' }],
};

/** Body that looks addresses up. */
export class SuppressionCheckInput {
  @ApiProperty(ENTRIES)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ADDRESSES)
  @ValidateNested({ each: true })
  @nestedClass(() => AddressInput)
  entries!: AddressInput[];
}

/** Body that suppresses addresses. */
export class SuppressionsInput extends SuppressionCheckInput {
  @ApiPropertyOptional({ enum: SUPPRESSION_REASONS, default: 'manual', description: REASON })
  @Omittable()
  @IsIn(SUPPRESSION_REASONS)
  reason?: SuppressionReason;

  @ApiPropertyOptional({
    ...{ type: String, nullable: true, maxLength: 500, example: 'Asked us by letter' },
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  note?: string | null;
}

/** A suppressed address. Which one it is, nobody can tell who does not have it already. */
export class SuppressionDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ADDRESSED }) channel!: Addressed;
  @ApiProperty({ enum: SUPPRESSION_REASONS, description: REASON }) reason!: SuppressionReason;
  @ApiProperty({ type: String, nullable: true }) note!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
}

export class SuppressionPageDto {
  @ApiProperty({ type: [SuppressionDto] }) data!: SuppressionDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** What became of the addresses. */
export class SuppressedDto {
  @ApiProperty({ example: 1, description: 'Addresses that were not suppressed before' })
  added!: number;
  @ApiProperty({ example: 0, description: 'Those that were' })
  known!: number;
}

class CheckedAddressDto extends AddressInput {
  @ApiProperty() suppressed!: boolean;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of the suppression' })
  id!: string | null;
  @ApiProperty({ type: String, enum: SUPPRESSION_REASONS, nullable: true })
  reason!: SuppressionReason | null;
}

export class SuppressionCheckDto {
  @ApiProperty({ type: [CheckedAddressDto], description: 'In the order of the request' })
  data!: CheckedAddressDto[];
}
