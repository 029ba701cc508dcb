import { ApiProperty } from '@nestjs/swagger';
import { PageInfoDto } from '../../../platform/http/page-info.dto.js';
import { STOP_REASONS } from '../mail/auto-mail.js';
import type { StopReason } from '../mail/auto-mail.js';

export const INBOUND_RESULTS = ['created', 'replied', 'stopped'] as const;
export type InboundResult = (typeof INBOUND_RESULTS)[number];

const REASON = {
  enum: Object.keys(STOP_REASONS),
  nullable: true,
  description: Object.entries(STOP_REASONS)
    .map(([name, meaning]) => `${name}: ${meaning}`)
    .join(' '),
};

/** What became of a mail that was handed over. */
export class ReceivedEmailDto {
  @ApiProperty({ format: 'uuid', description: 'Of its entry in `GET /v1/inbound/emails`' })
  id!: string;
  @ApiProperty({
    enum: [...INBOUND_RESULTS, 'duplicate'],
    description:
      'created: a new ticket; replied: a message of the ticket that it answers; stopped: neither, ' +
      '`reason` says why; duplicate: it has come before, and the other members say what became ' +
      'of it then',
  })
  result!: InboundResult | 'duplicate';
  @ApiProperty(REASON) reason!: StopReason | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ticketId!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) messageId!: string | null;
  @ApiProperty({ description: 'Mails of campaigns that came back, or were complained of, by it' })
  bounced!: number;
}

/** A mail that has come in. */
export class InboundEmailDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiProperty({ enum: INBOUND_RESULTS }) result!: InboundResult;
  @ApiProperty(REASON) reason!: StopReason | null;
  @ApiProperty({ type: String, nullable: true, example: 'maria.anders@example.com' })
  senderEmail!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Maria Anders' })
  senderName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'support@example.com' })
  recipient!: string | null;
  @ApiProperty({ example: 'The blue cup arrived broken' }) subject!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Message-ID of the mail' })
  mailId!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ticketId!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) messageId!: string | null;
}

export class InboundEmailPageDto {
  @ApiProperty({ type: [InboundEmailDto] }) data!: InboundEmailDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
