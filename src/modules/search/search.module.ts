import { Module } from '@nestjs/common';
import { SearchController } from './search.controller.js';
import { SearchService } from './search.service.js';

/** `GET /v1/search`. */
@Module({ controllers: [SearchController], providers: [SearchService] })
export class GlobalSearchModule {}
