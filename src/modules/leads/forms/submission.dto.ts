import { ApiProperty } from '@nestjs/swagger';
import { PageInfoDto } from '../../../platform/http/page-info.dto.js';
import { SPAM_REASONS } from './spam-guard.js';

export const SUBMISSION_STATUSES = ['accepted', 'folded', 'spam', 'released'] as const;
export type SubmissionStatus = (typeof SUBMISSION_STATUSES)[number];

/** What came through a form. */
export class SubmissionDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({
    enum: SUBMISSION_STATUSES,
    description:
      'accepted: a new lead; folded: a message of a lead that was open; spam: kept apart; ' +
      'released: somebody let it through',
  })
  status!: SubmissionStatus;
  @ApiProperty({ type: [String], enum: Object.keys(SPAM_REASONS), example: ['tooFast'] })
  reasons!: string[];
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What was sent' })
  values!: Record<string, unknown>;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) leadId!: string | null;
  @ApiProperty({ type: String, nullable: true }) origin!: string | null;
  @ApiProperty({ type: String, nullable: true }) ip!: string | null;
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) releasedAt!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) releasedBy!: string | null;
}

export class SubmissionPageDto {
  @ApiProperty({ type: [SubmissionDto] }) data!: SubmissionDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
