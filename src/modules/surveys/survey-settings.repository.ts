import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { SurveySettingsDto } from './survey.dto.js';

export type SurveySettings = Omit<SurveySettingsDto, 'version' | 'updatedAt'>;

const COLUMNS = `version, updated_at as "updatedAt", enabled, after_status as "afterStatus",
  delay_hours as "delayHours", question`;

/** Of workspaces that have said nothing: nobody is asked. */
const USUAL: SurveySettingsDto = {
  ...{ version: 0, updatedAt: null, enabled: false, afterStatus: 'solved' },
  ...{ delayHours: 24, question: null },
};

@Injectable()
export class SurveySettingsRepository {
  constructor(private readonly database: Database) {}

  async find(ctx: RequestContext): Promise<SurveySettingsDto> {
    const [found] = await this.database.query<SurveySettingsDto>(
      ctx,
      `select ${COLUMNS} from survey_settings where workspace_id = $1`,
      [ctx.workspaceId],
    );
    return found ?? USUAL;
  }

  /** Lets changes wait for each other. */
  async lock(tx: Transaction, workspaceId: string): Promise<SurveySettingsDto> {
    const [, found] = await tx.run([
      { text: 'select pg_advisory_xact_lock(5203355, hashtext($1))', params: [workspaceId] },
      {
        text: `select ${COLUMNS} from survey_settings where workspace_id = $1`,
        params: [workspaceId],
      },
    ]);
    return (found?.rows[0] as SurveySettingsDto | undefined) ?? USUAL;
  }

  async save(
    tx: Transaction,
    workspaceId: string,
    { enabled, afterStatus, delayHours, question }: SurveySettings,
  ): Promise<SurveySettingsDto> {
    const [saved] = await tx.query<SurveySettingsDto>(
      `insert into survey_settings as s (workspace_id, enabled, after_status, delay_hours, question)
       values ($1, $2, $3, $4, $5)
       on conflict (workspace_id) do update set enabled = $2, after_status = $3, delay_hours = $4,
         question = $5, version = s.version + 1, updated_at = now()
       returning ${COLUMNS}`,
      [workspaceId, enabled, afterStatus, delayHours, question],
    );
    return saved as SurveySettingsDto;
  }
}
