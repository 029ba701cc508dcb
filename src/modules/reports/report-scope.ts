import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { normalizeCurrency } from '../../common/values/currency.js';
import { normalizeDate } from '../../common/values/date.js';
import type { Normalizer } from '../../common/values/normalized.js';
import { normalizeTimeZone } from '../../common/values/time-zone.js';
import { Database } from '../../platform/database/database.js';
import { MOST_ROWS, USUAL_ROWS } from './report-params.dto.js';
import { todayIn, WorkspaceClock } from './workspace-clock.js';

/** What is counted, and in which money. */
export interface Scope {
  /** First and last day, both in it. */
  from: string;
  to: string;
  timeZone: string;
  currency: string;
  /** Only what these users own; null for all. */
  ownerIds: readonly string[] | null;
  limit: number;
}

/** What a request says of it. */
export interface AskedScope {
  from?: string;
  to?: string;
  timeZone?: string;
  currency?: string;
  ownerId?: string;
  teamId?: string;
  limit?: string;
}

/** Before anything was sold. */
export const BEGINNING = '0001-01-01';

/** Reads what reports have in common. */
@Injectable()
export class ReportScopes {
  constructor(
    private readonly database: Database,
    private readonly clock: WorkspaceClock,
  ) {}

  /**
   * @param object whose records are counted: of who may read only their own, those.
   * @param first the first day where the request names none, given the last.
   * @throws Problem 422 naming each parameter that is wrong.
   */
  async of(
    ctx: RequestContext,
    asked: AskedScope,
    object: 'order' | 'deal' | 'lead' | 'ticket' | 'campaign',
    first: (to: string) => string = yearBefore,
  ): Promise<Scope> {
    const settings = await this.clock.settings(ctx);
    const errors: FieldError[] = [];
    const read = (normalize: Normalizer<string>, name: keyof AskedScope, usual: string): string => {
      const { value, error } = normalize(asked[name] ?? usual);
      if (error) errors.push({ pointer: `/${name}`, ...error });
      return value ?? usual;
    };
    const timeZone = read(normalizeTimeZone, 'timeZone', settings.timeZone);
    const to = read(normalizeDate, 'to', todayIn(timeZone));
    const from = read(normalizeDate, 'from', first(to));
    const currency = read(normalizeCurrency, 'currency', settings.currency);
    const limit = asked.limit === undefined ? USUAL_ROWS : Number(asked.limit);
    if (limit < 1 || limit > MOST_ROWS) {
      const detail = `must be a whole number from 1 to ${MOST_ROWS}`;
      errors.push({ pointer: '/limit', code: 'range', detail });
    }
    if (from > to) {
      errors.push({ pointer: '/to', code: 'range', detail: `must not be before ${from}` });
    }
    if (errors.length > 0) throw Problem.validation(errors);
    const ownerIds = await this.ownersOf(ctx, asked, object);
    return { from, to, timeZone, currency, ownerIds, limit };
  }

  /** Users that are left when everything that narrows has been applied. */
  private async ownersOf(
    ctx: RequestContext,
    { ownerId, teamId }: AskedScope,
    object: string,
  ): Promise<string[] | null> {
    const wanted: (readonly string[])[] = [];
    if (ctx.grants.get(`${object}:read`) === 'own') wanted.push([ctx.principal.userId ?? '']);
    if (ownerId !== undefined) wanted.push([ownerId.toLowerCase()]);
    if (teamId !== undefined) wanted.push(await this.membersOf(ctx, teamId));
    const [lead, ...others] = wanted;
    if (!lead) return null;
    return lead.filter((id) => id !== '' && others.every((list) => list.includes(id)));
  }

  private async membersOf(ctx: RequestContext, teamId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      ctx,
      'select user_id as id from team_members where workspace_id = $1 and team_id = $2',
      [ctx.workspaceId, teamId],
    );
    return rows.map(({ id }) => id);
  }
}

/** The first day of the month eleven months before: a year of months. */
function yearBefore(to: string): string {
  const date = new Date(0);
  date.setUTCFullYear(Number(to.slice(0, 4)), Number(to.slice(5, 7)) - 12, 1);
  return date.toISOString().slice(0, 10);
}

export const sinceEver = (): string => BEGINNING;

/** So much of a whole, in percent with one decimal; null of nothing. */
export const percentOf = (part: number, whole: number): string | null =>
  whole === 0 ? null : (Math.round((part * 1000) / whole) / 10).toFixed(1);
