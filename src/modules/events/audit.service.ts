import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import type { PageJson } from '../../platform/http/answers.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditFilter } from './audit.repository.js';
import { limitOf } from './events.service.js';

/** What a cursor of the audit trail is in order by. */
const ORDER = '-audit';
const KEYS = [{ type: 'uuid' as const }];

/** Who did what, newest first: every change of records, sign-ins, keys, roles and settings. */
@Injectable()
export class AuditService {
  constructor(private readonly repository: AuditRepository) {}

  /**
   * A page of the entries that fit the filter; it may be short although there is more.
   * @throws Problem 400 for a cursor or limit that cannot be read.
   */
  async page(
    ctx: RequestContext,
    { limit, cursor, ...filter }: AuditFilter & { limit?: string; cursor?: string },
  ): Promise<PageJson> {
    const after = cursor ? decodeCursor(cursor, ORDER, ctx.workspaceId, KEYS).values[0] : null;
    const most = limitOf(limit);
    const { entries, before } = await this.repository.page(
      ctx,
      filter,
      after as string | null,
      most,
    );
    const nextCursor =
      before === null ? null : encodeCursor({ sort: ORDER, values: [before] }, ctx.workspaceId);
    const page = JSON.stringify({ nextCursor, hasMore: nextCursor !== null });
    const data = entries.map(({ json }) => json).join(',');
    return { json: `{"data":[${data}],"page":${page}}`, nextCursor };
  }
}
