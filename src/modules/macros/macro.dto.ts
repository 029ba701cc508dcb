import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsString, IsUUID, Length } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  BooleanField,
  NamesField,
  ReferenceField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';
import {
  LONGEST_MESSAGE,
  MESSAGE_KINDS,
  MessageDto,
  TICKET_PRIORITIES,
  TICKET_TYPES,
  TicketDto,
} from '../tickets/index.js';
import { PLACEHOLDERS } from './placeholders.js';

/** Longest canned reply, in characters. */
const LONGEST_REPLY = 20_000;

/** The properties of a macro: what is often answered, and done to the ticket with it. */
export class MacroFields {
  @TextField({
    label: 'Name',
    required: true,
    unique: true,
    search: 'title',
    maxLength: 200,
    example: 'Replacement is on its way',
    synonyms: ['Title', 'Titel', '名称'],
  })
  name!: string;

  @TextField({ label: 'Description', search: 'subtitle', maxLength: 1000 })
  description?: string | null;

  @BooleanField({ label: 'Active', description: 'Others cannot be applied', initial: true })
  active!: boolean;

  @TextField({
    label: 'Reply',
    description:
      'Text with placeholders of the Liquid language, such as `{{ requester.firstName }}`, and ' +
      '`if`, `unless` and `case`. Names there are: ' +
      PLACEHOLDERS.map((name) => `\`${name}\``).join(', '),
    maxLength: LONGEST_REPLY,
    search: 'text',
    example: 'Dear {{ requester.firstName | default: "customer" }}, a new one is on its way.',
  })
  reply?: string | null;

  @SelectField({
    label: 'Kind of reply',
    description: 'A public reply, or an internal note',
    options: MESSAGE_KINDS,
    initial: 'reply',
    example: 'reply',
  })
  replyKind!: string;

  @TextField({
    label: 'Status to set',
    description: 'Key of a status of `GET /v1/ticket-statuses`',
    maxLength: 60,
    example: 'pending',
  })
  setStatus?: string | null;

  @SelectField({ label: 'Priority to set', options: TICKET_PRIORITIES, example: 'high' })
  setPriority?: string | null;

  @SelectField({ label: 'Type to set', options: TICKET_TYPES, example: 'complaint' })
  setType?: string | null;

  @ReferenceField({
    label: 'Team to set',
    references: { object: 'team', include: 'team', by: ['name'] },
  })
  setTeamId?: string | null;

  @ReferenceField({
    label: 'Assignee to set',
    references: { object: 'user', include: 'assignee', by: [] },
  })
  setOwnerId?: string | null;

  @BooleanField({
    label: 'Assign to oneself',
    description: 'Whoever applies it takes the ticket, if nobody has it',
    initial: false,
  })
  assignToSelf!: boolean;

  @NamesField({ label: 'Tags to add', maxLength: 50, example: ['replacement'] })
  addTags!: string[];

  @NamesField({ label: 'Tags to remove', maxLength: 50, example: [] })
  removeTags!: string[];
}

/** Body that makes or changes a macro. */
@CheckedByService()
export class MacroInput extends IntersectionType(MacroFields, RecordInput) {}

/** A macro as it is answered. */
export class MacroDto extends IntersectionType(MacroFields, RecordDto) {}

export class MacroPageDto {
  @ApiProperty({ type: [MacroDto] }) data!: MacroDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** Body of `POST /v1/macros/{id}/preview`. */
export class PreviewMacroDto {
  @ApiProperty({ format: 'uuid', description: 'The ticket that it would be applied to' })
  @IsUUID()
  ticketId!: string;
}

/** What a macro would do to a ticket. */
export class MacroPreviewDto {
  @ApiProperty({ type: String, nullable: true, example: 'Dear Thomas, a new one is on its way.' })
  reply!: string | null;
  @ApiProperty({ enum: MESSAGE_KINDS }) replyKind!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { status: ['open', 'pending'], tags: [[], ['replacement']] },
    description: 'Each field with its value now and afterwards',
  })
  changes!: Record<string, [unknown, unknown]>;
}

/** Body of `POST /v1/tickets/{id}/apply-macro`. */
export class ApplyMacroDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  macroId!: string;

  @ApiPropertyOptional({
    description: "In place of the macro's reply, such as a preview that was edited",
    maxLength: LONGEST_MESSAGE,
    example: 'Dear Thomas, a new cup is on its way.',
  })
  @Omittable()
  @IsString()
  @Length(1, LONGEST_MESSAGE)
  reply?: string;
}

/** What a macro has done. */
export class AppliedMacroDto {
  @ApiProperty({ type: TicketDto }) ticket!: TicketDto;
  @ApiProperty({ type: MessageDto, nullable: true }) message!: MessageDto | null;
}
