import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, Length } from 'class-validator';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';

export class CreateApiKeyDto {
  @ApiProperty({ example: 'Website forms' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({
    type: [String],
    example: ['contact:read', 'contact:create'],
    description:
      'What the key may do, at most what its user may at the time of each request: permissions, ' +
      '`contact:*`, `*:read` or `*`; with `:own` for records the user owns',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsString({ each: true })
  scopes!: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2099-01-01T00:00:00.000Z',
    description: 'When it stops working; never by default',
  })
  @IsOptional()
  @IsString()
  expiresAt?: string | null;
}

export class ApiKeyDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'Website forms' }) name!: string;
  @ApiProperty({ example: 'keel_4fzyo82mJx0Q', description: 'How the key begins' })
  prefix!: string;
  @ApiProperty({ type: [String], example: ['contact:read'] }) scopes!: string[];
  @ApiProperty({ format: 'uuid', description: 'The user it acts for' }) userId!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'To the minute',
  })
  lastUsedAt!: string | null;
}

export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    example: 'keel_4fzyo82mJx0Q_PmX2RrVnJk9sUq4Wc7BdTg5Yh8LzEa3FoN6iKv1Sx0C',
    description: 'The key itself, answered only now',
  })
  key!: string;
}

export class ApiKeyListDto {
  @ApiProperty({ type: [ApiKeyDto] }) data!: ApiKeyDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
