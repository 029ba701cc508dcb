import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type {
  Draft,
  Questions,
  RecordRules,
  WrittenRow,
} from '../../platform/records/record-rules.js';
import { completeStages, stagesOf } from './stages.js';
import type { Stage } from './stages.js';

/**
 * Fields of a deal that a stage may require. They are named here because pipelines come before
 * deals: the deals module would otherwise have to be asked by what it depends on.
 */
export const REQUIRABLE = new Set([
  ...['amount', 'expectedCloseDate', 'contactId', 'companyId', 'source', 'description', 'lines'],
  ...['contacts', 'competitors', 'ownerId', 'wonReason', 'lostReason'],
]);

/** Code of the fault that a stage cannot be removed. */
export const STAGE_IN_USE = 'stageInUse';

const goneOf = ({ before, after }: Draft): Stage[] => {
  const left = new Set(stagesOf(after.values).map(({ id }) => id));
  return before ? stagesOf(before.values).filter(({ id }) => !left.has(id)) : [];
};

/** What holds for pipelines, whichever way they are written. */
export const PIPELINE_RULES: RecordRules = {
  async prepare(db, ctx, drafts) {
    for (const draft of drafts) completeStages(draft, REQUIRABLE);
    const sound = drafts.filter(({ errors }) => errors.length === 0);
    await keepUsedStages(db, ctx, sound);
    await keepForeignStages(db, ctx, sound);
    await keepOneDefault(db, ctx, sound);
  },
  sides: (ctx, rows) => stageStatements(ctx, rows),
};

/** A stage with deals cannot go, those in the bin included: they may come back. */
async function keepUsedStages(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const gone = drafts.flatMap((draft) => goneOf(draft).map((stage) => ({ draft, stage })));
  if (gone.length === 0) return;
  const [result] = await db.run([
    {
      text: `select stage_id as id, count(*) as deals from deals
        where workspace_id = $1 and stage_id = any($2::uuid[]) group by stage_id`,
      params: [ctx.workspaceId, gone.map(({ stage }) => stage.id)],
    },
  ]);
  const counts = new Map(result?.rows.map((row) => [row['id'], row['deals'] as number]));
  for (const { draft, stage } of gone) {
    const deals = counts.get(stage.id);
    if (!deals) continue;
    const detail = `${stage.name} has ${deals} ${deals === 1 ? 'deal' : 'deals'}. Move them with POST /v1/pipelines/${draft.after.id}/stages/${stage.id}/move-deals, then remove it.`;
    draft.errors.push({ pointer: `${draft.pointer}/stages`, code: STAGE_IN_USE, detail });
  }
}

/** An id of a stage is that of the pipeline's own stage, or a new one. */
async function keepForeignStages(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const ids = drafts.flatMap(({ before, after }) => {
    const own = new Set(before ? stagesOf(before.values).map(({ id }) => id) : []);
    return stagesOf(after.values).flatMap(({ id }) => (own.has(id) ? [] : [id]));
  });
  if (ids.length === 0) return;
  const [result] = await db.run([
    {
      text: `select id, pipeline_id as "pipelineId" from pipeline_stages
        where workspace_id = $1 and id = any($2::uuid[])`,
      params: [ctx.workspaceId, ids],
    },
  ]);
  const owners = new Map(result?.rows.map((row) => [row['id'], row['pipelineId']]));
  for (const draft of drafts) {
    for (const [index, { id }] of stagesOf(draft.after.values).entries()) {
      const owner = owners.get(id);
      if (owner === undefined || owner === draft.after.id) continue;
      const pointer = `${draft.pointer}/stages/${index}/id`;
      draft.errors.push({ pointer, code: 'duplicate', detail: 'is a stage of another pipeline' });
    }
  }
}

/** Making one pipeline the default takes it from the one that was. */
async function keepOneDefault(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  for (const { before, after, errors, pointer } of drafts) {
    if (before?.values['is_default'] !== true || after.values['is_default'] !== false) continue;
    const detail = 'is what deals need; make another pipeline the default instead';
    errors.push({ pointer: `${pointer}/isDefault`, code: 'defaultNeeded', detail });
  }
  const defaults = drafts.filter(
    ({ before, after, errors }) =>
      errors.length === 0 && after.values['is_default'] === true && !before?.values['is_default'],
  );
  for (const { errors, pointer } of defaults.slice(0, -1)) {
    const detail = 'is said of a pipeline after this one as well';
    errors.push({ pointer: `${pointer}/isDefault`, code: 'duplicate', detail });
  }
  const [chosen] = defaults.slice(-1);
  if (chosen && !db.dryRun) await db.run([notDefault(ctx, chosen.after.id)]);
}

const notDefault = (ctx: RequestContext, id: string): Statement => ({
  text: `update pipelines set is_default = false, version = version + 1, updated_at = now(),
      updated_by = $3
    where workspace_id = $1 and id <> $2 and is_default`,
  params: [ctx.workspaceId, id, ctx.principal.userId],
});

/** Keeps `pipeline_stages`, which deals point to, equal to what the pipelines say. */
function stageStatements(ctx: RequestContext, rows: readonly WrittenRow[]): Statement[] {
  const stages = rows.flatMap(({ after }) =>
    stagesOf(after.values).map((stage, position) => ({
      ...stage,
      position,
      pipelineId: after.id,
    })),
  );
  const pipelines = rows.map(({ after }) => after.id);
  return [
    {
      text: `delete from pipeline_stages where workspace_id = $1 and pipeline_id = any($2::uuid[])
        and id <> all($3::uuid[])`,
      params: [ctx.workspaceId, pipelines, stages.map(({ id }) => id)],
    },
    insertStages(ctx.workspaceId, stages),
  ];
}

/** The statement that writes stages as deals find them. */
export function insertStages(
  workspaceId: string,
  stages: readonly (Stage & { position: number; pipelineId: string })[],
): Statement {
  return {
    text: `insert into pipeline_stages (workspace_id, id, pipeline_id, position, key, name, type,
        probability, forecast_category, required_fields, rotting_days)
      select $1, s.id, s."pipelineId", s.position, s.key, s.name, s.type, s.probability,
        s."forecastCategory", array(select json_array_elements_text(s."requiredFields")),
        s."rottingDays"
      from json_to_recordset($2::json) as s (id uuid, "pipelineId" uuid, position integer,
        key text, name text, type text, probability integer, "forecastCategory" text,
        "requiredFields" json, "rottingDays" integer)
      on conflict (workspace_id, id) do update set position = excluded.position,
        key = excluded.key, name = excluded.name, type = excluded.type,
        probability = excluded.probability, forecast_category = excluded.forecast_category,
        required_fields = excluded.required_fields, rotting_days = excluded.rotting_days`,
    params: [workspaceId, JSON.stringify(stages)],
  };
}
