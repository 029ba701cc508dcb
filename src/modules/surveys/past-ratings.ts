import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { WrittenRow } from '../../platform/records/record-rules.js';
import { TicketListeners } from '../tickets/index.js';

/**
 * What customers answered before Keel, as files of past tickets say it: each rated ticket gets the
 * survey that was answered, so that it counts where all answers do and nobody is asked again.
 */
@Injectable()
export class PastRatings {
  constructor(listeners: TicketListeners) {
    listeners.register({
      sides: (ctx, rows) => surveysOf(ctx, rows),
    });
  }
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
