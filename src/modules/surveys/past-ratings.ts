import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Draft, WrittenRow } from '../../platform/records/record-rules.js';
import { TicketListeners } from '../tickets/index.js';

const LEAST = 1;
const MOST = 5;

/**
 * What customers answered before Keel, as files of past tickets say it: each rated ticket gets the
 * survey that was answered, so that it counts where all answers do and nobody is asked again.
 */
@Injectable()
export class PastRatings {
  constructor(listeners: TicketListeners) {
    listeners.register({
      prepare: async (_db, _ctx, drafts) => {
        for (const draft of drafts) if (draft.before === null) settle(draft);
        return Promise.resolve();
      },
      sides: (ctx, rows) => surveysOf(ctx, rows),
    });
  }
}

/** A rating is of a ticket that is over, and has a time. */
function settle({ after: { values }, errors, pointer }: Draft): void {
  const score = values['satisfaction_score'];
  const fail = (at: string, code: string, detail: string): void => {
    errors.push({ pointer: pointer + at, code, detail });
  };
  if (typeof score !== 'number') {
    for (const [column, name] of [
      ['satisfaction_comment', 'satisfactionComment'],
      ['satisfaction_rated_at', 'satisfactionRatedAt'],
    ] as const) {
      if (values[column] !== null) fail(`/${name}`, 'withoutScore', 'needs a satisfactionScore');
    }
    return;
  }
  if (score < LEAST || score > MOST) {
    fail('/satisfactionScore', 'range', `must be a number from ${LEAST} to ${MOST}`);
  }
  if (values['is_open'] === true) {
    fail('/satisfactionScore', 'stillOpen', 'is for tickets that are solved or closed');
  }
  values['satisfaction_rated_at'] ??= values['solved_at'] ?? null;
}

function surveysOf(ctx: RequestContext, rows: readonly WrittenRow[]): Statement[] {
  const rated = rows.flatMap(({ before, after: { id, ownerId, values } }) => {
    const score = values['satisfaction_score'];
    if (before !== null || score === null) return [];
    const [comment, at] = [values['satisfaction_comment'], values['satisfaction_rated_at']];
    return [{ ticketId: id, ownerId, teamId: values['team_id'], score, comment, at }];
  });
  if (rated.length === 0) return [];
  return [
    {
      text: `insert into ticket_surveys (workspace_id, ticket_id, owner_id, team_id, created_at,
          due_at, sent_at, rated_at, score, comment)
        select $1, s."ticketId", s."ownerId", s."teamId", s.at, s.at, s.at, s.at, s.score, s.comment
        from json_to_recordset($2::json) as s ("ticketId" uuid, "ownerId" uuid, "teamId" uuid,
          at timestamptz, score smallint, comment text)`,
      params: [ctx.workspaceId, JSON.stringify(rated)],
    },
  ];
}
