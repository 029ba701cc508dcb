import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { normalizeDate } from '../../common/values/date.js';
import type { AgendaQueryDto } from './agenda.dto.js';
import { AgendaRepository, MOST_COUNTED, SECTIONS } from './agenda.repository.js';

/** What somebody has before them: today, what is late, and what comes. */
@Injectable()
export class AgendaService {
  constructor(private readonly agenda: AgendaRepository) {}

  /**
   * The agenda as JSON.
   * @throws Problem 400 for parameters, 403 for somebody else's with the reach `own`, 404 for a user
   * that there is not.
   */
  async of(ctx: RequestContext, query: AgendaQueryDto): Promise<string> {
    const userId = (query.userId ?? ctx.principal.userId)?.toLowerCase();
    if (userId === undefined) throw new Problem('invalid-parameter', 'userId says whose agenda.');
    const reach = ctx.grants.get('activity:read') ?? 'own';
    if (reach === 'own' && userId !== ctx.principal.userId) {
      throw new Problem('forbidden', 'You may see only your own agenda.');
    }
    const limit = numberOf('limit', query.limit, 50, 200);
    const count = numberOf('days', query.days, 7, 31);
    const days = await this.agenda.days(ctx, userId, dateOf(query.date), count);
    if (!days) throw Problem.notFound('user', userId);
    const { sections, counts } = await this.agenda.read(ctx, userId, days, limit, reach);
    const head = { userId, date: days.date, days: count, timeZone: days.timeZone };
    const lists = SECTIONS.map((name) => `"${name}":[${sections.get(name)?.join(',') ?? ''}]`);
    const rest = JSON.stringify({ ...head, counts, mostCounted: MOST_COUNTED }).slice(0, -1);
    return `${rest},${lists.join(',')}}`;
  }
}

function numberOf(name: string, text: string | undefined, initial: number, most: number): number {
  const value = text === undefined ? initial : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Problem('invalid-parameter', `${name} must be a number from 1 to ${most}.`);
}

function dateOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const { value } = normalizeDate(text);
  if (value !== undefined) return value;
  throw new Problem('invalid-parameter', 'date must be a day such as 2026-11-22.');
}
