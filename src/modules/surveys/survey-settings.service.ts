import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../common/changes.js';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import { assertVersion } from '../../platform/http/precondition.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { SurveySettingsRepository } from './survey-settings.repository.js';
import type { SurveySettings } from './survey-settings.repository.js';
import type { SurveySettingsDto, SurveySettingsPatch } from './survey.dto.js';

/** When and how customers are asked if they are satisfied. */
@Injectable()
export class SurveySettingsService {
  constructor(
    private readonly database: Database,
    private readonly settings: SurveySettingsRepository,
  ) {}

  get(ctx: RequestContext): Promise<SurveySettingsDto> {
    return this.settings.find(ctx);
  }

  /** @throws Problem 412. */
  async update(
    ctx: RequestContext,
    patch: SurveySettingsPatch,
    ifMatch?: number,
  ): Promise<SurveySettingsDto> {
    return this.database.transaction(ctx, async (tx) => {
      const before = await this.settings.lock(tx, ctx.workspaceId);
      assertVersion(ifMatch, before.version);
      const after = contentOf({ ...before, ...patch });
      const changes = fieldChanges({ ...contentOf(before) }, { ...after });
      if (!changes) return before;
      const type = 'surveySettings.changed';
      const event = eventOf(ctx, { type, object: 'survey-settings', changes });
      await tx.run([recordEvents([event])]);
      return this.settings.save(tx, ctx.workspaceId, after);
    });
  }
}

const contentOf = ({ enabled, afterStatus, delayHours, question }: SurveySettings) => ({
  ...{ enabled, afterStatus, delayHours },
  question: question ?? null,
});
