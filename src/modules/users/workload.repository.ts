import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { countOwned } from '../../platform/records/ownership.js';
import type { WorkloadSource } from '../../platform/records/workload-sources.js';

type Scope = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** Open work of one user in one domain. */
export interface OpenWork {
  open: number;
  overdue: number;
}

/** Counts what users have to look after: one statement per object, all in one round trip. */
@Injectable()
export class WorkloadRepository {
  constructor(private readonly database: Database) {}

  /**
   * Records owned, by the plural name of the object and by user.
   * @param most where counting stops; null counts all, which takes its time with a million.
   */
  async owned(
    ctx: Scope,
    definitions: readonly ObjectDefinition[],
    userIds: readonly string[],
    most: number | null,
  ): Promise<Map<string, Map<string, number>>> {
    const statements = definitions.map((item) => countOwned(item, ctx.workspaceId, userIds, most));
    const results = statements.length > 0 ? await this.database.run(ctx, statements) : [];
    return new Map(
      definitions.map(({ plural }, index) => [
        plural,
        new Map(
          (results[index]?.rows ?? []).map((row) => [
            row['userId'] as string,
            row['owned'] as number,
          ]),
        ),
      ]),
    );
  }

  /** Open work, by the plural name of the object and by user. */
  async work(
    ctx: Scope,
    sources: readonly WorkloadSource[],
    userIds: readonly string[],
  ): Promise<Map<string, Map<string, OpenWork>>> {
    const params = [ctx.workspaceId, userIds, new Date().toISOString()];
    const statements = sources.map(({ sql: text }) => ({ text, params }));
    const results = statements.length > 0 ? await this.database.run(ctx, statements) : [];
    return new Map(
      sources.map(({ object }, index) => [
        object,
        new Map(
          (results[index]?.rows ?? []).map((row) => [
            row['userId'] as string,
            { open: Number(row['open']), overdue: Number(row['overdue']) },
          ]),
        ),
      ]),
    );
  }

  /** Whether there is such a user in the workspace. */
  async hasUser(ctx: Scope, userId: string): Promise<boolean> {
    const rows = await this.database.query(
      ctx,
      'select from users where workspace_id = $1 and id = $2',
      [ctx.workspaceId, userId],
    );
    return rows.length > 0;
  }
}
