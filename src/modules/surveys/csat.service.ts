import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { CsatDto, CsatQueryDto, CsatRowDto } from './survey.dto.js';
import { SurveysRepository } from './surveys.repository.js';
import type { CsatSums } from './surveys.repository.js';

const USUAL_MONTHS = 12;
const MOST_MONTHS = 36;

/** How satisfied customers are. */
@Injectable()
export class CsatService {
  constructor(private readonly surveys: SurveysRepository) {}

  /**
   * Surveys by the month they were sent in; of who may read only their own tickets, of those.
   * @throws Problem 422 for months in the wrong order, or too many.
   */
  async of(ctx: RequestContext, query: CsatQueryDto): Promise<CsatDto> {
    const { by = 'month', to = new Date().toISOString().slice(0, 7) } = query;
    const from = query.from ?? monthAfter(to, 1 - USUAL_MONTHS);
    const months = monthsBetween(from, to);
    const isOwn = ctx.grants.get('ticket:read') === 'own';
    const ownerId = isOwn ? ctx.principal.userId : null;
    const sums = await this.surveys.sums(ctx, by, { from, to, ownerId });
    const known = new Map(sums.map((sum) => [sum.key, sum]));
    const rows =
      by === 'month'
        ? months.map((key) => rowOf(known.get(key) ?? { ...NOTHING, key }))
        : sums.map(rowOf).sort(byName);
    return { from, to, by, rows, total: rowOf(sums.reduce(added, NOTHING)) };
  }
}

const NOTHING: CsatSums = {
  ...{ key: null, name: null, sent: 0, responses: 0, points: 0, satisfied: 0 },
};

const added = (left: CsatSums, right: CsatSums): CsatSums => ({
  ...NOTHING,
  sent: left.sent + right.sent,
  responses: left.responses + right.responses,
  points: left.points + right.points,
  satisfied: left.satisfied + right.satisfied,
});

const rowOf = ({ key, name, sent, responses, points, satisfied }: CsatSums): CsatRowDto => ({
  ...{ key, name, sent, responses },
  average: responses === 0 ? null : (points / responses).toFixed(2),
  satisfied: responses === 0 ? null : ((satisfied / responses) * 100).toFixed(1),
});

/** Those of nobody last. */
const byName = (left: CsatRowDto, right: CsatRowDto): number =>
  Number(left.key === null) - Number(right.key === null) ||
  (left.name ?? '').localeCompare(right.name ?? '');

function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const index = year * 12 + number - 1 + count;
  const text = String(Math.floor(index / 12)).padStart(4, '0');
  return `${text}-${String((index % 12) + 1).padStart(2, '0')}`;
}

function monthsBetween(from: string, to: string): string[] {
  const months = [from];
  while (months.length <= MOST_MONTHS && (months.at(-1) as string) < to) {
    months.push(monthAfter(months.at(-1) as string, 1));
  }
  if (from <= to && months.length <= MOST_MONTHS) return months;
  const detail = `must be from the first month to ${MOST_MONTHS - 1} months later`;
  throw Problem.validation([{ pointer: '/to', code: 'range', detail }]);
}
