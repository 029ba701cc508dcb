import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { normalizeDatetime } from '../../common/values/datetime.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import type { Presence } from './availability.js';
import { assertSelfOrManager } from './own-profile.js';
import { PresenceRepository } from './presence.repository.js';
import type { OutOfOfficeDto, OutOfOfficeInput, UserDto } from './users.dto.js';
import { UsersRepository } from './users.repository.js';

/** When people are away, and who stands in. */
@Injectable()
export class OutOfOfficeService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly presence: PresenceRepository,
  ) {}

  /**
   * Notes an absence in the place of the one before.
   * @throws Problem 403, 404, 422 for times in the wrong order, or a stand-in who is not active or
   * would be stood in for by this user at the time.
   */
  async begin(ctx: RequestContext, userId: string, input: OutOfOfficeInput): Promise<UserDto> {
    assertSelfOrManager(ctx, userId);
    const absence = readAbsence(input, new Date());
    return this.change(ctx, userId, absence, async (tx) => {
      if (absence.standInId === null) return;
      const people = await this.presence.find({ ...ctx, tx }, [absence.standInId]);
      assertStandIn(userId, absence, people);
    });
  }

  /** Ends an absence, or calls it off. @throws Problem 403, 404. */
  async end(ctx: RequestContext, userId: string): Promise<UserDto> {
    assertSelfOrManager(ctx, userId);
    return this.change(ctx, userId, null, () => Promise.resolve());
  }

  private async change(
    ctx: RequestContext,
    userId: string,
    absence: OutOfOfficeDto | null,
    check: (tx: Transaction) => Promise<void>,
  ): Promise<UserDto> {
    return this.database.transaction(ctx, async (tx) => {
      // Absences of a workspace are noted one after the other, so that no two close a circle.
      const user = await this.users.findForUpdate(tx, ctx.workspaceId, userId);
      if (!user) throw Problem.notFound('user', userId);
      await check(tx);
      if (user.outOfOffice !== null || absence !== null) {
        const changes = { outOfOffice: [user.outOfOffice, absence] };
        const facts = { type: 'user.changed', object: 'users', recordId: userId, changes } as const;
        await tx.run([
          this.presence.setAbsence(ctx.workspaceId, userId, absence),
          recordEvents([eventOf(ctx, facts)]),
        ]);
        tx.touch(['users', `users:${userId}`]);
      }
      return this.users.read(tx, ctx.workspaceId, userId);
    });
  }
}

function readAbsence(input: OutOfOfficeInput, now: Date): OutOfOfficeDto {
  const errors: FieldError[] = [];
  const read = (name: 'from' | 'until', missing: string): string => {
    const raw = input[name];
    const { value, error } =
      raw === undefined && name === 'from' ? { value: missing } : normalizeDatetime(raw);
    if (error) errors.push({ pointer: `/${name}`, code: error.code, detail: error.detail });
    return value ?? missing;
  };
  const from = read('from', now.toISOString());
  const until = read('until', now.toISOString());
  if (errors.length === 0 && (until <= from || Date.parse(until) <= now.getTime())) {
    const detail = 'must be later than from, and not past';
    errors.push({ pointer: '/until', code: 'isLater', detail });
  }
  if (errors.length > 0) throw Problem.validation(errors);
  return { from, until, standInId: input.standInId ?? null, message: input.message ?? null };
}

function assertStandIn(
  userId: string,
  absence: OutOfOfficeDto,
  people: ReadonlyMap<string, Presence>,
): void {
  const refuse = (code: string, detail: string): never => {
    throw Problem.validation([{ pointer: '/standInId', code, detail }]);
  };
  const first = people.get(absence.standInId as string);
  if (!first?.isActive) return refuse('reference', 'must be an active user');
  let next: string | null = absence.standInId;
  const seen = new Set<string>();
  while (next !== null && !seen.has(next)) {
    if (next === userId) {
      const detail = 'would be stood in for by this very user at the same time';
      return refuse('cycle', next === absence.standInId ? 'is the user who is away' : detail);
    }
    seen.add(next);
    const away: OutOfOfficeDto | null = people.get(next)?.outOfOffice ?? null;
    next = away && away.from < absence.until && absence.from < away.until ? away.standInId : null;
  }
}
