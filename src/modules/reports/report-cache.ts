import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { cacheKey } from '../../platform/cache/cache-key.js';
import { CachedResponse } from '../../platform/cache/cached-response.js';
import { ResponseCache } from '../../platform/cache/response-cache.js';
import { Answer } from '../../platform/http/answers.js';
import { SETTINGS_TAG } from '../../platform/records/record-settings.js';
import { tableAnswer } from './report-table.js';
import type { ReportFormat, ReportTable } from './report-table.js';

/**
 * Keeps reports as answers are kept: as bytes, for callers who see the same records, until one of
 * the objects they are made of is written to. Routes declare one object of a cached answer and the
 * address is its key; a report is made of several and may be asked for by a body, so it is kept here.
 */
@Injectable()
export class ReportCache {
  constructor(private readonly cache: ResponseCache) {}

  /**
   * @param asked what was asked for, all of it.
   * @param objects plurals of what the report is made of.
   */
  async answer(
    ctx: RequestContext,
    asked: { name: string; query: unknown; format: ReportFormat },
    objects: readonly string[],
    make: () => Promise<ReportTable>,
  ): Promise<Answer> {
    let own: Answer | undefined;
    const load = async (): Promise<CachedResponse> => {
      own = tableAnswer(await make(), asked.format);
      return new CachedResponse(Buffer.from(own.body ?? ''), own.headers);
    };
    const hash = createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
    const key = cacheKey(ctx, `report:${hash}`);
    const kept = await this.cache.getOrLoad(key, ctx.workspaceId, [...objects, SETTINGS_TAG], load);
    if (own) return new Answer(200, own.body, { ...own.headers, 'x-cache': 'miss' });
    // Loads of a report are always kept or fail, so there is one.
    const { text, headers } = kept as CachedResponse;
    return new Answer(200, text, { ...headers, 'x-cache': 'hit' });
  }
}
