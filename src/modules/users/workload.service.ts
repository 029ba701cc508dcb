import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { WorkloadSources } from '../../platform/records/workload-sources.js';
import type { WorkloadCountsDto, WorkloadDto } from './workload.dto.js';
import { WorkloadRepository } from './workload.repository.js';

/** Records of an object that are counted for one user: beyond, nobody needs to know exactly. */
const MOST_COUNTED = 100_000;

/** What users have to look after. */
@Injectable()
export class WorkloadService {
  constructor(
    private readonly kit: RecordKit,
    private readonly sources: WorkloadSources,
    private readonly workload: WorkloadRepository,
  ) {}

  /** The workload of one user. @throws Problem 404. */
  async get(ctx: RequestContext, userId: string): Promise<WorkloadDto> {
    if (!(await this.workload.hasUser(ctx, userId))) throw Problem.notFound('user', userId);
    return (await this.workloadOf(ctx, [userId])).get(userId) as WorkloadDto;
  }

  /**
   * The workload of users, by id, as far as the caller may read the objects: of those they may
   * read their own records of only, their own workload alone.
   * @param userIds up to 1,000.
   */
  async workloadOf(
    ctx: RequestContext,
    userIds: readonly string[],
  ): Promise<Map<string, WorkloadDto>> {
    const definitions = this.kit.all().filter(({ object }) => reachOf(ctx, object) !== undefined);
    const plurals = new Map(this.kit.all().map(({ plural, object }) => [plural, object]));
    const sources = this.sources
      .all()
      .filter(({ object }) => reachOf(ctx, plurals.get(object) ?? object) !== undefined);
    const [owned, work] = [
      await this.workload.owned(ctx, definitions, userIds, MOST_COUNTED + 1),
      await this.workload.work(ctx, sources, userIds),
    ];
    const isShown = (plural: string, userId: string): boolean =>
      reachOf(ctx, plurals.get(plural) ?? plural) === 'all' || userId === ctx.principal.userId;
    const of = (userId: string): WorkloadDto => {
      const counts: Counts = { owned: {}, work: {}, moreThan: [] };
      for (const [plural, users] of owned) {
        if (!isShown(plural, userId)) continue;
        const count = users.get(userId) ?? 0;
        counts.owned[plural] = Math.min(count, MOST_COUNTED);
        if (count > MOST_COUNTED) counts.moreThan.push(plural);
      }
      for (const [plural, users] of work) {
        if (!isShown(plural, userId)) continue;
        counts.work[plural] = users.get(userId) ?? { open: 0, overdue: 0 };
      }
      return { userId, ...totalsOf(counts) };
    };
    return new Map(userIds.map((id) => [id, of(id)]));
  }
}

type Counts = Pick<WorkloadCountsDto, 'owned' | 'work' | 'moreThan'>;

const reachOf = ({ grants }: RequestContext, object: string) => grants.get(`${object}:read`);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function totalsOf({ owned, work, moreThan }: Counts): WorkloadCountsDto {
  const items = Object.values(work);
  return {
    owned,
    ownedTotal: sum(Object.values(owned)),
    moreThan,
    work,
    openTotal: sum(items.map(({ open }) => open)),
    overdueTotal: sum(items.map(({ overdue }) => overdue)),
  };
}

/** Several workloads as one. */
export function sumOfWorkloads(workloads: readonly WorkloadCountsDto[]): WorkloadCountsDto {
  const moreThan = [...new Set(workloads.flatMap((one) => one.moreThan))];
  const counts: Counts = { owned: {}, work: {}, moreThan };
  for (const { owned, work } of workloads) {
    for (const [plural, count] of Object.entries(owned)) {
      counts.owned[plural] = (counts.owned[plural] ?? 0) + count;
    }
    for (const [plural, { open, overdue }] of Object.entries(work)) {
      const before = counts.work[plural] ?? { open: 0, overdue: 0 };
      counts.work[plural] = { open: before.open + open, overdue: before.overdue + overdue };
    }
  }
  return totalsOf(counts);
}
