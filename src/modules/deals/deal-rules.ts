import type { RequestContext } from '../../common/context.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type {
  Draft,
  Questions,
  RecordRules,
  WrittenRow,
} from '../../platform/records/record-rules.js';
import { atRate, distinctRates, Rates, rateStatement } from '../exchange-rates/index.js';
import type { WantedRate } from '../exchange-rates/index.js';
import { completeLines } from './deal-lines.js';
import { placeDeal } from './deal-moves.js';
import { Stages, stagesStatement } from './deal-stages.js';
import type { DealStage } from './deal-stages.js';

/** What holds for deals, whichever way they are written. */
export const DEAL_RULES: RecordRules = {
  async prepare(db, ctx, drafts) {
    const now = new Date().toISOString();
    const [workspace, stages] = await db.run([
      { text: 'select default_currency from workspaces where id = $1', params: [ctx.workspaceId] },
      stagesStatement(ctx, drafts),
    ]);
    const base = workspace?.rows[0]?.['default_currency'] as string;
    const known = new Stages((stages?.rows ?? []) as unknown as DealStage[]);
    for (const draft of drafts) {
      draft.after.values['currency'] ??= base;
      completeLines(draft);
      placeDeal(draft, known, now);
    }
    const sound = drafts.filter(({ errors }) => errors.length === 0);
    await convert(db, ctx, sound, base, now);
  },
  sides: (ctx, rows) => historyStatements(ctx, rows),
};

/** The rate that a deal is counted at: that of the day it closed, or of now. */
function rateOf({ after: { values } }: Draft, base: string, now: string): WantedRate {
  const at = String(values['closed_at'] ?? now).slice(0, 10);
  return { from: String(values['currency']), to: base, at };
}

/** Whether the amount has to be looked at again: a closed deal keeps its rate otherwise. */
function isStale({ before, after }: Draft, base: string): boolean {
  if (!before || after.values['base_currency'] !== base) return true;
  if (after.values['status'] === 'open' || after.values['amount_in_base'] === null) return true;
  const columns = ['amount', 'currency', 'closed_at', 'status'];
  return columns.some((column) => before.values[column] !== after.values[column]);
}

async function convert(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
  base: string,
  now: string,
): Promise<void> {
  const stale = drafts.filter((draft) => isStale(draft, base));
  const valued = stale.filter(({ after }) => after.values['amount'] !== null);
  const wanted = distinctRates(valued.map((draft) => rateOf(draft, base, now)));
  const [found] = wanted.length > 0 ? await db.run([rateStatement(ctx.workspaceId, wanted)]) : [];
  const rates = new Rates(found);
  for (const draft of stale) {
    const { values } = draft.after;
    const amount = values['amount'];
    const rate = amount === null ? undefined : rates.get(rateOf(draft, base, now));
    values['base_currency'] = base;
    values['rate'] = rate?.rate ?? null;
    values['rate_date'] = rate?.date ?? null;
    values['amount_in_base'] =
      rate && typeof amount === 'string' ? atRate(amount, rate.rate, base) : null;
  }
}

/** Notes each step of a deal from stage to stage, with the time it spent in the one it left. */
function historyStatements(ctx: RequestContext, rows: readonly WrittenRow[]): Statement[] {
  const steps = rows.flatMap(({ before, after }) => {
    const { stage_id: toId, stage: to, stage_entered_at: at } = after.values;
    if (before?.values['stage_id'] === toId) return [];
    const since = before?.values['stage_entered_at'];
    const spent = Date.parse(String(at)) - Date.parse(String(since));
    return [
      {
        id: uuidv7(),
        dealId: after.id,
        fromId: before?.values['stage_id'] ?? null,
        from: before?.values['stage'] ?? null,
        ...{ toId, to, at },
        seconds: before ? Math.max(0, Math.round(spent / 1000)) : null,
      },
    ];
  });
  if (steps.length === 0) return [];
  return [
    {
      text: `insert into deal_stage_history (workspace_id, deal_id, id, from_stage_id, from_stage,
          to_stage_id, to_stage, entered_at, seconds, by_user_id)
        select $1, s."dealId", s.id, s."fromId", s."from", s."toId", s."to", s.at, s.seconds, $3
        from json_to_recordset($2::json) as s (id uuid, "dealId" uuid, "fromId" uuid, "from" text,
          "toId" uuid, "to" text, at timestamptz, seconds bigint)`,
      params: [ctx.workspaceId, JSON.stringify(steps), ctx.principal.userId],
    },
  ];
}
