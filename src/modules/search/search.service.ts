import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { SearchFinder } from '../../platform/search/search-finder.js';
import type { SearchHit, SearchTarget } from '../../platform/search/search-finder.js';
import { SearchSources } from '../../platform/search/search-source.js';

export const MAX_QUERY = 200;
export const MAX_HITS = 100;
export const DEFAULT_HITS = 20;

const PARAMETERS = ['q', 'types', 'limit'];

/** Hits of several objects, the best first. */
export interface SearchHits {
  data: SearchHit[];
  page: { nextCursor: null; hasMore: boolean };
}

const invalid = (detail: string): Problem => new Problem('invalid-parameter', detail);

/** One search over every object that the caller may read. */
@Injectable()
export class SearchService {
  constructor(
    private readonly finder: SearchFinder,
    private readonly sources: SearchSources,
  ) {}

  /**
   * @param params `q`, `types` and `limit` as they stand in the query string.
   * @throws Problem 400 naming the parameter that is wrong, 403 for a type that is asked for by
   * name and may not be read.
   */
  async search(ctx: RequestContext, params: Record<string, unknown>): Promise<SearchHits> {
    const unknown = Object.keys(params).find((name) => !PARAMETERS.includes(name));
    if (unknown !== undefined) {
      throw invalid(
        `${unknown.slice(0, 64)} is not a parameter. Parameters: ${PARAMETERS.join(', ')}.`,
      );
    }
    const text = readText(params['q']);
    const limit = readLimit(params['limit']);
    const targets = this.targets(ctx, params['types']);
    const found = await this.finder.find(ctx, text, targets, limit + 1);
    const hasMore = found.length > limit;
    return { data: found.slice(0, limit), page: { nextCursor: null, hasMore } };
  }

  private targets(ctx: RequestContext, types: unknown): SearchTarget[] {
    const objects = this.sources.objects();
    const asked = readTypes(types, objects);
    const targets: SearchTarget[] = [];
    for (const object of asked ?? objects) {
      const reach = ctx.grants.get(`${object}:read`);
      if (reach) targets.push({ object, reach });
      else if (asked) throw new Problem('forbidden', `You need the permission ${object}:read.`);
    }
    return targets;
  }
}

function readText(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text.length < 1 || text.length > MAX_QUERY) {
    throw invalid(`q must be text of 1 to ${MAX_QUERY} characters.`);
  }
  return text;
}

function readLimit(value: unknown): number {
  if (value === undefined) return DEFAULT_HITS;
  const limit = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MAX_HITS) {
    throw invalid(`limit must be a whole number from 1 to ${MAX_HITS}.`);
  }
  return limit;
}

function readTypes(value: unknown, objects: readonly string[]): string[] | undefined {
  if (value === undefined) return undefined;
  const types = typeof value === 'string' ? value.split(',').map((type) => type.trim()) : [''];
  if (!types.every((type) => objects.includes(type))) {
    throw invalid(`types must be some of ${objects.join(', ')}, separated by commas.`);
  }
  return [...new Set(types)];
}
