import { ApiProperty } from '@nestjs/swagger';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';

/** A file of a ticket as it is answered. */
export class AttachmentDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) ticketId!: string;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The message that it came with; null while it belongs to none',
  })
  messageId!: string | null;
  @ApiProperty({ example: 'broken-cup.png' }) name!: string;
  @ApiProperty({ example: 'image/png', description: 'What its first bytes say it is' })
  contentType!: string;
  @ApiProperty({ example: 48_213, description: 'Bytes' }) size!: number;
  @ApiProperty({ description: 'Of its bytes, hexadecimal' }) sha256!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
}

export class AttachmentPageDto {
  @ApiProperty({ type: [AttachmentDto] }) data!: AttachmentDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** Multipart body of `POST /v1/tickets/{id}/attachments`. */
export class AttachmentBodyDto {
  @ApiProperty({ type: 'string', format: 'binary' }) file!: unknown;
}
