import { Injectable } from '@nestjs/common';
import { padAmount } from '../../common/values/money.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import type { Draft, RecordRules } from '../../platform/records/record-rules.js';
import { RecordService } from '../../platform/records/record-service.js';
import { spanOf } from './period.js';
import { QuotaFields } from './quota.dto.js';

const RULES: RecordRules = {
  async prepare(db, ctx, drafts) {
    const [workspace] = await db.run([
      { text: 'select default_currency from workspaces where id = $1', params: [ctx.workspaceId] },
    ]);
    const base = workspace?.rows[0]?.['default_currency'] as string;
    for (const draft of drafts) complete(draft, base);
  },
};

function complete({ after, errors, pointer }: Draft, base: string): void {
  const { values } = after;
  values['currency'] ??= base;
  values['amount'] = padAmount(String(values['amount']), String(values['currency']));
  const period = String(values['period']).toUpperCase();
  const span = spanOf(period);
  values['period'] = period;
  values['starts_on'] = span?.from ?? null;
  values['ends_on'] = span?.to ?? null;
  if (!span) {
    const detail = 'must be a month, quarter or year such as 2026-01, 2026-Q1, 2026';
    errors.push({ pointer: `${pointer}/period`, code: 'period', detail });
  }
  if ((values['user_id'] === null) === (values['team_id'] === null)) {
    const detail = 'must be given, or teamId: one of both';
    errors.push({ pointer: `${pointer}/userId`, code: 'oneOf', detail });
  }
}

/** What the platform needs to know of quotas. */
export const QUOTA = defineObject({
  object: 'quota',
  plural: 'quotas',
  table: 'quotas',
  fields: QuotaFields,
  title: ({ period }) => String(period ?? ''),
  subtitle: ({ amount, currency }) => `${String(amount)} ${String(currency)}`,
  links: [],
  duplicateKeys: ['userId', 'teamId'],
  ...RULES,
});

/** What users and teams are to sell. */
@Injectable()
export class QuotasService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, QUOTA);
  }
}
