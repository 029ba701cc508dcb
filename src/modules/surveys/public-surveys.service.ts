import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { parseGrants } from '../../platform/access/permissions.js';
import { Database } from '../../platform/database/database.js';
import { TicketsService } from '../tickets/index.js';
import { SurveyLinks } from './survey-links.js';
import { LONGEST_COMMENT } from './survey.dto.js';
import type { PublicSurveyDto } from './survey.dto.js';
import { SurveysRepository } from './surveys.repository.js';
import type { StoredSurvey } from './surveys.repository.js';

const GRANTS = parseGrants(['ticket:*']);
/** Milliseconds in which an answer may be changed, once. */
const CHANGE_WITHIN = 24 * 3_600_000;
export const USUAL_QUESTION = 'How satisfied are you with our help?';

interface Answer {
  score: number;
  comment: string | null;
}

/** Surveys as the customers see them who have their links. */
@Injectable()
export class PublicSurveysService {
  constructor(
    private readonly database: Database,
    private readonly links: SurveyLinks,
    private readonly surveys: SurveysRepository,
    private readonly tickets: TicketsService,
  ) {}

  /** What is asked; looking at it answers nothing. @throws Problem 404, 410. */
  async get(token: string): Promise<PublicSurveyDto> {
    const { workspaceId, surveyId } = await this.links.read(token);
    return shown(existing(await this.surveys.find({ workspaceId }, surveyId)));
  }

  /**
   * Takes an answer. The same one again is the same; another one is taken once, within a day.
   * @throws Problem 404, 409 for an answer that stands, 410, 422.
   */
  async answer(token: string, body: unknown, origin: RequestOrigin): Promise<PublicSurveyDto> {
    const { workspaceId, surveyId } = await this.links.read(token);
    const answer = readAnswer(body);
    const ctx = contextOf(workspaceId, surveyId, origin);
    return this.database.transaction(ctx, async (tx) => {
      const survey = existing(await this.surveys.lock(tx, ctx, surveyId));
      if (survey.score === answer.score && survey.comment === answer.comment) return shown(survey);
      if (!isOpen(survey)) throw new Problem('conflict', 'This has been answered already.');
      await this.surveys.rate(tx, ctx, surveyId, answer);
      const facts = { ...answer, surveyId };
      await this.tickets.actor.act(
        { ...ctx, tx },
        survey.ticketId,
        { name: 'rated', facts },
        () => ({
          values: {
            satisfaction_score: answer.score,
            satisfaction_comment: answer.comment,
            satisfaction_rated_at: new Date().toISOString(),
          },
        }),
      );
      return shown(existing(await this.surveys.lock(tx, ctx, surveyId)));
    });
  }
}

function existing(survey: StoredSurvey | null): StoredSurvey {
  if (survey && !survey.isGone) return survey;
  throw new Problem('gone', 'What this was about is not there any more.');
}

const isOpen = ({ ratedAt, changedAt }: StoredSurvey): boolean =>
  ratedAt === null || (changedAt === null && Date.now() - Date.parse(ratedAt) < CHANGE_WITHIN);

const shown = (survey: StoredSurvey): PublicSurveyDto => ({
  question: survey.question ?? USUAL_QUESTION,
  from: survey.from,
  ticketNumber: survey.ticketNumber,
  ticketSubject: survey.ticketSubject,
  score: survey.score,
  comment: survey.comment,
  isOpen: isOpen(survey),
  expiresAt: survey.expiresAt as string,
});

const MEMBERS = ['score', 'comment'];

/** @throws Problem 422 for a score that is none, and members that there are not. */
function readAnswer(body: unknown): Answer {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors: FieldError[] = [];
  // Forms send text.
  const score = /^[1-5]$/.test(textOf(given['score'])) ? Number(given['score']) : null;
  if (score === null) {
    errors.push({ pointer: '/score', code: 'range', detail: 'must be a number from 1 to 5' });
  }
  const comment = given['comment'] ?? '';
  if (typeof comment !== 'string' || comment.length > LONGEST_COMMENT) {
    const detail = `must be a text of at most ${LONGEST_COMMENT} characters`;
    errors.push({ pointer: '/comment', code: 'maxLength', detail });
  }
  for (const name of Object.keys(given).filter((name) => !MEMBERS.includes(name))) {
    const detail = 'is no part of an answer: score and comment are';
    errors.push({ pointer: `/${name.slice(0, 100)}`, code: 'unknownField', detail });
  }
  if (errors.length > 0) throw Problem.validation(errors);
  const text = textOf(comment).replaceAll('\0', '').toWellFormed().trim();
  return { score: score as number, comment: text === '' ? null : text };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The customer acts as the survey: in its workspace, with tickets and nothing else. */
function contextOf(
  workspaceId: string,
  surveyId: string,
  { requestId, ip }: RequestOrigin,
): RequestContext {
  return {
    workspaceId,
    principal: { type: 'system', id: surveyId, userId: null },
    grants: GRANTS,
    accessKey: `survey:${surveyId}`,
    ...{ requestId, ip },
  };
}
