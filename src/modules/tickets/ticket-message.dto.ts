import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsString,
  IsUUID,
  Length,
} from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';
import { AttachmentDto } from './ticket-attachment.dto.js';
import { TICKET_CHANNELS, TicketDto, TICKET_PRIORITIES, TICKET_TYPES } from './ticket.dto.js';
import type { TicketChannel } from './ticket.dto.js';

export const MESSAGE_KINDS = ['reply', 'note'] as const;
export const MESSAGE_DIRECTIONS = ['inbound', 'outbound'] as const;
/** Longest message, in characters. */
export const LONGEST_MESSAGE = 100_000;
/** Most files of one message. */
export const MOST_FILES = 20;
const MOST_MENTIONS = 50;
const MOST_SPLIT = 500;

/** Body of `POST /v1/tickets/{id}/messages`. */
export class NewMessageDto {
  @ApiPropertyOptional({
    enum: MESSAGE_KINDS,
    default: 'reply',
    description: 'A reply is public; a note is for users alone, and no response to the customer',
  })
  @Omittable()
  @IsIn(MESSAGE_KINDS)
  kind?: (typeof MESSAGE_KINDS)[number];

  @ApiPropertyOptional({
    enum: MESSAGE_DIRECTIONS,
    default: 'outbound',
    description: 'Of a reply: `inbound` is what the customer said, such as on the telephone',
  })
  @Omittable()
  @IsIn(MESSAGE_DIRECTIONS)
  direction?: (typeof MESSAGE_DIRECTIONS)[number];

  @ApiPropertyOptional({ enum: TICKET_CHANNELS, description: "The ticket's if not given" })
  @Omittable()
  @IsIn(TICKET_CHANNELS)
  channel?: TicketChannel;

  @ApiProperty({ example: 'A new cup is on its way.', maxLength: LONGEST_MESSAGE })
  @IsString()
  @Length(1, LONGEST_MESSAGE)
  body!: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Contact who said it, when it is inbound; the requester if not given',
  })
  @Omittable()
  @IsUUID()
  authorContactId?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST_MENTIONS,
    example: [],
    description: 'Ids of users whose attention is wanted: the event `ticket.mentioned` names them',
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(MOST_MENTIONS)
  @IsUUID(undefined, { each: true })
  mentions?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST_FILES,
    example: [],
    description: 'Ids of files that were attached to the ticket and belong to no message yet',
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(MOST_FILES)
  @IsUUID(undefined, { each: true })
  attachmentIds?: string[];

  @ApiPropertyOptional({
    example: 'pending',
    maxLength: 60,
    description: 'Status that the ticket has afterwards; needs `ticket:update` as well',
  })
  @Omittable()
  @IsString()
  @Length(1, 60)
  status?: string;
}

/** A message as it is answered. */
export class MessageDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) ticketId!: string;
  @ApiProperty({ enum: MESSAGE_KINDS }) kind!: string;
  @ApiProperty({
    type: String,
    enum: MESSAGE_DIRECTIONS,
    nullable: true,
    description: 'Null: a note',
  })
  direction!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) authorUserId!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) authorContactId!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Anna Agent' }) authorName!: string | null;
  @ApiProperty({ enum: TICKET_CHANNELS }) channel!: string;
  @ApiProperty({ example: 'A new cup is on its way.' }) body!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it was sent: clean it before a browser shows it',
  })
  bodyHtml!: string | null;
  @ApiProperty({ type: String, nullable: true, description: '`Message-ID` of an e-mail' })
  messageId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: '`In-Reply-To` of an e-mail' })
  inReplyTo!: string | null;
  @ApiProperty({ type: [String], description: 'Ids of users' }) mentions!: string[];
  @ApiProperty({ type: [AttachmentDto] }) attachments!: AttachmentDto[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

/** A message that was just written, with the ticket afterwards. */
export class PostedMessageDto extends MessageDto {
  @ApiProperty({ type: TicketDto }) ticket!: TicketDto;
}

export class MessagePageDto {
  @ApiProperty({ type: [MessageDto] }) data!: MessageDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** Body of `POST /v1/tickets/{id}/split`. */
export class SplitTicketDto {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MOST_SPLIT,
    description: 'Ids of the messages that go to the new ticket, with their files',
    example: ['01a20572-a38b-73e1-8144-9b263f82ac28'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_SPLIT)
  @IsUUID(undefined, { each: true })
  messageIds!: string[];

  @ApiProperty({ example: 'The saucer is missing as well', maxLength: 500 })
  @IsString()
  @Length(1, 500)
  subject!: string;

  @ApiPropertyOptional({ enum: TICKET_TYPES, description: 'As the ticket has it, if not given' })
  @Omittable()
  @IsIn(TICKET_TYPES)
  type?: string;

  @ApiPropertyOptional({
    enum: TICKET_PRIORITIES,
    description: 'As the ticket has it, if not given',
  })
  @Omittable()
  @IsIn(TICKET_PRIORITIES)
  priority?: string;
}

/** Both tickets after a split. */
export class SplitResultDto {
  @ApiProperty({ type: TicketDto }) ticket!: TicketDto;
  @ApiProperty({ type: TicketDto }) newTicket!: TicketDto;
}
