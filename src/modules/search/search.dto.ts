import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { PageInfoDto } from '../../platform/records/record-dto.js';
import type { SearchHit } from '../../platform/search/search-finder.js';
import { DEFAULT_HITS, MAX_HITS, MAX_QUERY } from './search.service.js';

/** Parameters of `GET /v1/search`, as they come; what is wrong with them is a 400. */
@CheckedByService()
export class GlobalSearchDto {
  @ApiProperty({
    type: String,
    example: 'muller',
    minLength: 1,
    maxLength: MAX_QUERY,
    description: 'Words, or parts of names, e-mail addresses, domains and telephone numbers.',
  })
  q?: unknown;

  @ApiPropertyOptional({
    type: String,
    example: 'contact,company',
    description: 'Objects to search, separated by commas; by default all that you may read.',
  })
  types?: unknown;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_HITS, default: DEFAULT_HITS })
  limit?: unknown;
}

export class SearchHitDto implements SearchHit {
  @ApiProperty({ example: 'contact' }) type!: string;
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'Anna Müller' }) title!: string;
  @ApiProperty({ example: 'anna@example.com' }) subtitle!: string;
  @ApiProperty({ minimum: 0, maximum: 1, example: 0.9, description: '1: the very title' })
  score!: number;
}

/** The best hits; there is no further page, but a longer query or a greater limit. */
export class SearchHitsDto {
  @ApiProperty({ type: [SearchHitDto] }) data!: SearchHitDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
