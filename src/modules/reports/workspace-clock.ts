import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { wallClockOf } from '../../common/values/time-zone.js';
import { Database } from '../../platform/database/database.js';

/** What reports take from the workspace where a request says nothing. */
export interface ReportSettings {
  timeZone: string;
  currency: string;
}

/** The workspace's time zone and currency. */
@Injectable()
export class WorkspaceClock {
  constructor(private readonly database: Database) {}

  async settings(ctx: RequestContext): Promise<ReportSettings> {
    const [row] = await this.database.query<ReportSettings>(
      ctx,
      `select time_zone as "timeZone", default_currency as currency from workspaces where id = $1`,
      [ctx.workspaceId],
    );
    return row as ReportSettings;
  }
}

/** Today in a time zone. */
export const todayIn = (zone: string, now = Date.now()): string =>
  new Date(wallClockOf(now, zone)).toISOString().slice(0, 10);
