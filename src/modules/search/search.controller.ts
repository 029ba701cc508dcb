import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { GlobalSearchDto, SearchHitsDto } from './search.dto.js';
import { SearchService } from './search.service.js';

@ApiTags('Search')
@Controller('/v1/search')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'Search everything',
    description:
      'The best hits among all records you may read: words, prefixes and parts of names, e-mail ' +
      'addresses, domains and telephone numbers, without regard to case or accents. Tickets are ' +
      'also found by words of their replies and notes (the first 2,000 characters of each).',
    answers: SearchHitsDto,
    throttle: 'search',
  })
  async find(@Ctx() ctx: RequestContext, @Query() query: GlobalSearchDto) {
    return json(await this.search.search(ctx, { ...query }));
  }
}
