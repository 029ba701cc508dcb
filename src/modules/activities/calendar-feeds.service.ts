import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { hashSecret, randomText } from '../../common/secrets.js';
import { parseGrants, permissionsOfRole } from '../../platform/access/permissions.js';
import { Database } from '../../platform/database/database.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import type { CalendarFeedDto, NewCalendarFeedDto } from './calendar-feeds.dto.js';
import { CalendarFeedsRepository } from './calendar-feeds.repository.js';
import { calendarFile } from './calendar-file.js';

const DAY = 86_400_000;
const DAYS_BACK = 90;
const DAYS_AHEAD = 365;
/** Most activities of each kind (open or done, whole days or not) in a calendar. */
const MOST = 1000;

/** 256 bits, as letters and digits. */
const SECRET_LENGTH = 43;
const FILE = /^([0-9A-Za-z]{43})\.ics$/;

/** Calendars that programs read under a secret address. */
@Injectable()
export class CalendarFeedsService {
  constructor(
    private readonly feeds: CalendarFeedsRepository,
    private readonly database: Database,
  ) {}

  /** Since when the caller has a feed; null: they have none. */
  async get(ctx: RequestContext): Promise<CalendarFeedDto> {
    return (await this.feeds.find(ctx)) ?? { createdAt: null };
  }

  /** Makes the caller a secret address; one they had ends at once. */
  async make(ctx: RequestContext): Promise<NewCalendarFeedDto> {
    const { userId } = ctx.principal;
    if (userId === null) throw new Problem('forbidden', 'A calendar feed belongs to a user.');
    const secret = randomText(SECRET_LENGTH);
    const facts = { object: 'calendarFeeds', recordId: userId };
    const [made] = await this.database.run(ctx, [
      this.feeds.put(ctx, hashSecret(secret)),
      recordEvents([eventOf(ctx, { type: 'calendarFeed.created', ...facts })]),
    ]);
    const { createdAt } = made?.rows[0] as { createdAt: string };
    return { createdAt, path: `/v1/calendar/${secret}.ics` };
  }

  /** Ends the caller's address. @throws Problem 404. */
  async revoke(ctx: RequestContext): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const [removed] = await tx.run([this.feeds.remove(ctx)]);
      const userId = removed?.rows[0]?.['user_id'] as string | undefined;
      if (userId === undefined) throw new Problem('not-found', 'You have no calendar feed.');
      const facts = { object: 'calendarFeeds', recordId: userId };
      await tx.run([recordEvents([eventOf(ctx, { type: 'calendarFeed.revoked', ...facts })])]);
    });
  }

  /**
   * The calendar behind a secret address, with what its user may read now.
   * @param file last part of the address: `<secret>.ics`.
   * @throws Problem 404 for an address that is not, or no longer, in force.
   */
  async file(file: string): Promise<string> {
    const secret = FILE.exec(file)?.[1];
    const owner = secret === undefined ? null : await this.feeds.ownerOf(hashSecret(secret));
    const reach = owner
      ? parseGrants(owner.roles.flatMap(permissionsOfRole)).get('activity:read')
      : undefined;
    if (!owner || !reach) throw new Problem('not-found', 'There is no calendar at this address.');
    // By the day, so that the same activities make the same bytes until tomorrow.
    const today = Math.floor(Date.now() / DAY) * DAY;
    const from = new Date(today - DAYS_BACK * DAY);
    const to = new Date(today + DAYS_AHEAD * DAY);
    const activities = await this.feeds.activities(owner, reach, { from, to, most: MOST });
    return calendarFile(`Keel: ${owner.name}`, activities, to);
  }
}
