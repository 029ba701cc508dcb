import { ApiProperty } from '@nestjs/swagger';

/** Where a list goes on. */
export class PageInfoDto {
  @ApiProperty({ type: String, nullable: true, description: 'For `cursor` of the next request' })
  nextCursor!: string | null;
  @ApiProperty({ example: false }) hasMore!: boolean;
}
