import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { normalizeDatetime } from '../../common/values/datetime.js';
import type { Schedule } from '../../common/working-hours.js';
import { availabilityAt, scheduleOf } from './availability.js';
import type { Availability } from './availability.js';
import { PresenceRepository } from './presence.repository.js';

type Scope = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** Who is there at a time, and who stands in; for assignment rules and deadlines. */
@Injectable()
export class AvailabilityService {
  constructor(private readonly presence: PresenceRepository) {}

  /**
   * What users are doing at a time. One statement, however many there are.
   * @param userIds up to some hundreds; those that are not users of the workspace are left out.
   * @param at default now.
   */
  async availabilityOf(
    ctx: Scope,
    userIds: readonly string[],
    at: Date = new Date(),
  ): Promise<Map<string, Availability>> {
    const people = await this.presence.find(ctx, userIds);
    const instant = at.getTime();
    const found = userIds.flatMap((id) => people.get(id) ?? []);
    return new Map(found.map((user) => [user.id, availabilityAt(user, people, instant)]));
  }

  /** Working hours of users by id, for reckoning in working time (`common/working-hours`). */
  async schedulesOf(ctx: Scope, userIds: readonly string[]): Promise<Map<string, Schedule>> {
    const people = await this.presence.find(ctx, userIds);
    const found = userIds.flatMap((id) => people.get(id) ?? []);
    return new Map(found.map((user) => [user.id, scheduleOf(user)]));
  }

  /**
   * The availability of one user.
   * @param at RFC 3339, or undefined for now.
   * @throws Problem 404, 400 for what is not a time.
   */
  async get(ctx: RequestContext, userId: string, at: string | undefined): Promise<Availability> {
    const { value, error } = at === undefined ? { value: undefined } : normalizeDatetime(at);
    if (error) throw new Problem('invalid-parameter', `at ${error.detail}.`);
    const instant = value === undefined ? new Date() : new Date(value);
    const availability = (await this.availabilityOf(ctx, [userId], instant)).get(userId);
    if (!availability) throw Problem.notFound('user', userId);
    return availability;
  }
}
