import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement, StatementResult } from '../../platform/database/pipeline.js';
import { jsonSql } from '../../platform/records/record-json.js';
import { ActivitiesService } from './activities.service.js';

/** Parts of an agenda, in their order. */
export const SECTIONS = ['overdue', 'today', 'upcoming', 'undated'] as const;
export type Section = (typeof SECTIONS)[number];

/** Most that are counted of a section. */
export const MOST_COUNTED = 1000;

/** A user's days: where they begin and end, on the user's clock and (for whole days) anywhere. */
export interface Days {
  timeZone: string;
  /** `YYYY-MM-DD` */
  date: string;
  times: [start: string, end: string, last: string];
  dates: [start: string, end: string, last: string];
}

const DAYS_SQL = `
  select z.name as "timeZone", d.day as date,
    array[d.day::timestamp at time zone z.name, (d.day + 1)::timestamp at time zone z.name,
      (d.day + $4::int)::timestamp at time zone z.name]::text[] as times,
    array[d.day::timestamp at time zone 'UTC', (d.day + 1)::timestamp at time zone 'UTC',
      (d.day + $4::int)::timestamp at time zone 'UTC']::text[] as dates
  from users u join workspaces w on w.id = u.workspace_id
  cross join lateral (select coalesce(u.time_zone, w.time_zone) as name) z
  cross join lateral (select coalesce($3::date, (now() at time zone z.name)::date) as day) d
  where u.workspace_id = $1 and u.id = $2`;

/**
 * What each part holds. Of `$start`, `$end` and `$last` there are those of the clock and those of
 * whole days. What began within the month before and goes on is today's.
 */
const HOLDS: Record<Section, readonly string[]> = {
  overdue: ['begins_at < $start and ends_at <OR= $start'],
  today: [
    'begins_at >= $start and begins_at < $end',
    `begins_at >= $start - interval '31 days' and begins_at < $start and ends_at >OR= $start`,
  ],
  upcoming: ['begins_at >= $end and begins_at < $last'],
  undated: ['begins_at is null'],
};

/** A time has ended when the day begins at it; a whole day when it is another one. */
const bound = (condition: string, allDay: boolean): string => {
  const [start, end, last] = allDay ? ['$6', '$7', '$8'] : ['$3', '$4', '$5'];
  return condition
    .replaceAll('<OR=', allDay ? '<' : '<=')
    .replaceAll('>OR=', allDay ? '>=' : '>')
    .replaceAll('$start', `${start}::timestamptz`)
    .replaceAll('$end', `${end}::timestamptz`)
    .replaceAll('$last', `${last}::timestamptz`);
};

/** Ranges of the index `activity_agenda_day`, each cut off for itself. */
function ranges(section: Section, own: boolean, limit: string, order = ''): string {
  const parts = HOLDS[section].flatMap((condition) =>
    [false, true].map(
      (allDay) => `(select activity_id, begins_at from activity_agenda
        where workspace_id = $1 and user_id = $2 and is_open = true and all_day = ${allDay}
          and ${bound(condition, allDay)} ${own ? 'and is_owner' : ''} ${order} limit ${limit})`,
    ),
  );
  return parts.join(' union all ');
}

/** The newest of what is overdue matter most; of the rest, what comes first. */
const orderOf = (section: Section): string =>
  `order by begins_at ${section === 'overdue' ? 'desc' : 'asc'}, activity_id`;

function pickSql(json: string, own: boolean): string {
  const picks = SECTIONS.map((section) => {
    const order = orderOf(section);
    return `(select '${section}' as section, activity_id, row_number() over (${order}) as place
      from (${ranges(section, own, '$9', order)}) p ${order} limit $9)`;
  });
  return `select s.section, ${json} as json from (${picks.join(' union all ')}) s
    join activities r on r.workspace_id = $1 and r.id = s.activity_id order by s.section, s.place`;
}

function countSql(own: boolean): string {
  const counts = SECTIONS.map(
    (section) => `(select least(count(*), ${MOST_COUNTED})
      from (${ranges(section, own, String(MOST_COUNTED))}) c) as ${section}`,
  );
  // The parameters that only the other statement needs.
  return `select ${counts.join(', ')} where $9::int is not null`;
}

/** Reads what somebody has before them; all of it by ranges of one index. */
@Injectable()
export class AgendaRepository {
  private readonly sql: Record<'all' | 'own', { pick: string; count: string }>;

  constructor(
    private readonly database: Database,
    activities: ActivitiesService,
  ) {
    const json = jsonSql(activities.definition);
    this.sql = {
      all: { pick: pickSql(json, false), count: countSql(false) },
      own: { pick: pickSql(json, true), count: countSql(true) },
    };
  }

  /**
   * The days from a date on; null for a user that there is not.
   * @param date null: the present day of the user.
   */
  async days(
    ctx: RequestContext,
    userId: string,
    date: string | null,
    count: number,
  ): Promise<Days | null> {
    const params = [ctx.workspaceId, userId, date, count];
    const [days] = await this.database.query<Days>(ctx, DAYS_SQL, params);
    return days ?? null;
  }

  /**
   * The activities of each section as JSON, and how many each has.
   * @param reach `own`: none in which the user only takes part.
   */
  async read(
    ctx: RequestContext,
    userId: string,
    days: Days,
    limit: number,
    reach: 'all' | 'own',
  ): Promise<{ sections: Map<Section, string[]>; counts: Record<Section, number> }> {
    const params = [ctx.workspaceId, userId, ...days.times, ...days.dates, limit];
    const statements: Statement[] = [
      { text: this.sql[reach].pick, params },
      { text: this.sql[reach].count, params },
    ];
    const [picked, counted] = await this.database.run(ctx, statements);
    const rows = (picked as StatementResult).rows as { section: Section; json: string }[];
    const sections = new Map(SECTIONS.map((section): [Section, string[]] => [section, []]));
    for (const { section, json } of rows) sections.get(section)?.push(json);
    return { sections, counts: counted?.rows[0] as Record<Section, number> };
  }
}
