import { Global, Module } from '@nestjs/common';
import { SearchFiller } from './search-filler.js';
import { SearchFinder } from './search-finder.js';
import { SearchSources } from './search-source.js';

/** Finding records by words. The worker starts the {@link SearchFiller}. */
@Global()
@Module({
  providers: [SearchSources, SearchFinder, SearchFiller],
  exports: [SearchSources, SearchFinder, SearchFiller],
})
export class SearchModule {}
