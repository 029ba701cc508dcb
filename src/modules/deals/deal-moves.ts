import type { Draft } from '../../platform/records/record-rules.js';
import { snakeCase } from '../../platform/records/field-spec.js';
import type { DealStage, Stages } from './deal-stages.js';

const MILLISECONDS_A_DAY = 86_400_000;

const refuse = (draft: Draft, field: string, code: string, detail: string): void =>
  void draft.errors.push({ pointer: `${draft.pointer}/${field}`, code, detail });

/**
 * Puts a deal into the stage it is to be in: the one place where deals move, whether by a move, a
 * change of `stageId` or `stage`, a new deal or a file.
 * @param now RFC 3339, UTC with milliseconds.
 */
export function placeDeal(draft: Draft, stages: Stages, now: string): void {
  const { before, after } = draft;
  const stage = stageFor(draft, stages);
  if (!stage) return;
  const values = after.values;
  values['stage_id'] = stage.id;
  values['stage'] = stage.key;
  values['pipeline_id'] = stage.pipelineId;
  if (before?.values['stage_id'] === stage.id) stay(draft, stage);
  else enter(draft, stage, now);
}

const differs = ({ before, after }: Draft, column: string): boolean =>
  (before?.values[column] ?? null) !== after.values[column];

/** The stage that a draft asks for, by its id, its key or name, or its pipeline. */
function stageFor(draft: Draft, stages: Stages): DealStage | undefined {
  const { before, after } = draft;
  const { stage_id: id, stage: name } = after.values;
  const pipelineId = pipelineFor(draft, stages);
  if (pipelineId === undefined) return undefined;
  if (id !== null && differs(draft, 'stage_id')) return stageOfId(draft, stages, pipelineId);
  if (typeof name === 'string' && differs(draft, 'stage')) {
    return stageOfName(draft, stages, pipelineId, name);
  }
  if (before && !differs(draft, 'pipeline_id')) {
    if (id !== null && name !== null) return stages.get(id);
    refuse(draft, id === null ? 'stageId' : 'stage', 'isNotEmpty', 'must not be empty');
    return undefined;
  }
  return firstOf(draft, stages, pipelineId);
}

function firstOf(draft: Draft, stages: Stages, pipelineId: string): DealStage | undefined {
  const first = stages.first(pipelineId, 'open');
  if (!first) refuse(draft, 'pipelineId', 'reference', `there is no pipeline ${pipelineId}`);
  return first && usable(draft, 'pipelineId', first);
}

function stageOfId(draft: Draft, stages: Stages, pipelineId: string): DealStage | undefined {
  const { stage_id: id, stage: name } = draft.after.values;
  const stage = stages.get(id);
  if (!stage || (differs(draft, 'pipeline_id') && stage.pipelineId !== pipelineId)) {
    const where = stage ? ' in this pipeline' : '';
    refuse(draft, 'stageId', 'reference', `there is no stage ${String(id)}${where}`);
    return undefined;
  }
  const isNamed = typeof name === 'string' && differs(draft, 'stage');
  if (isNamed && stages.named(stage.pipelineId, name) !== stage) {
    refuse(draft, 'stage', 'stageDiffers', 'is another stage than stageId');
  }
  return usable(draft, 'stageId', stage);
}

function stageOfName(
  draft: Draft,
  stages: Stages,
  pipelineId: string,
  name: string,
): DealStage | undefined {
  const stage = stages.named(pipelineId, name);
  if (stage) return usable(draft, 'stage', stage);
  const known = stages.of(pipelineId).map(({ key }) => key);
  refuse(draft, 'stage', 'reference', `is not a stage of the pipeline: ${known.join(', ')}`);
  return undefined;
}

function pipelineFor(draft: Draft, stages: Stages): string | undefined {
  const { before, after } = draft;
  const given = after.values['pipeline_id'];
  if (typeof given === 'string') return given;
  if (before) {
    refuse(draft, 'pipelineId', 'isNotEmpty', 'must not be empty');
    return undefined;
  }
  const stage = stages.get(after.values['stage_id']);
  const pipelineId = stage?.pipelineId ?? stages.defaultPipeline();
  if (pipelineId === undefined) {
    refuse(draft, 'pipelineId', 'isNotEmpty', 'must be given: no pipeline is the default one');
  }
  // A stage names its pipeline: none was asked for that could differ.
  after.values['pipeline_id'] = pipelineId ?? null;
  return pipelineId;
}

function usable(draft: Draft, field: string, stage: DealStage): DealStage | undefined {
  if (!stage.inBin) return stage;
  refuse(draft, field, 'reference', 'leads to a pipeline in the bin');
  return undefined;
}

/** What entering a stage brings with it. */
function enter(draft: Draft, stage: DealStage, now: string): void {
  const { before, after } = draft;
  const { values } = after;
  if (!differs(draft, 'probability')) values['probability'] = null;
  if (!differs(draft, 'forecast_category')) values['forecast_category'] = null;
  values['probability'] ??= stage.probability;
  values['forecast_category'] ??= stage.forecastCategory;
  values['status'] = stage.type;
  // Of a new deal, a file may say since when it is where it is.
  const since = before ? now : ((values['stage_entered_at'] as string | null) ?? now);
  values['rotting_at'] = rottingAt(stage, since);
  values['stage_entered_at'] = dateEnd(draft, stage, since);
  if (stage.type === 'lost' && before && values['lost_reason'] === null) {
    refuse(draft, 'lostReason', 'isNotEmpty', 'must say why the deal is lost');
  }
  settle(draft, stage);
  for (const name of stage.requiredFields.filter((field) => isEmpty(draft, field))) {
    refuse(draft, name, 'requiredByStage', `must be given for the stage ${stage.name}`);
  }
}

/** Sets when a deal was closed, which may be given, and returns when it came into its stage. */
function dateEnd(draft: Draft, stage: DealStage, now: string): string {
  const { before, after } = draft;
  const { values } = after;
  const given = values['closed_at'];
  const isDated = typeof given === 'string' && differs(draft, 'closed_at');
  if (stage.type === 'open') {
    if (isDated) refuse(draft, 'closedAt', 'stillOpen', 'is for deals that are won or lost');
    values['closed_at'] = null;
    return now;
  }
  if (isDated) return before ? now : given;
  const wasClosed = before !== null && before.values['status'] !== 'open';
  values['closed_at'] = (wasClosed ? before.values['closed_at'] : null) ?? now;
  return now;
}

function rottingAt({ rottingDays }: DealStage, now: string): string | null {
  if (rottingDays === null) return null;
  return new Date(Date.parse(now) + rottingDays * MILLISECONDS_A_DAY).toISOString();
}

/** What cannot change while a deal stays where it is. */
function stay(draft: Draft, stage: DealStage): void {
  const { before, after } = draft;
  const { values } = after;
  values['probability'] ??= stage.probability;
  values['forecast_category'] ??= stage.forecastCategory;
  if (stage.type === 'open' && values['closed_at'] !== null) {
    refuse(draft, 'closedAt', 'stillOpen', 'is for deals that are won or lost');
  } else if (stage.type !== 'open' && values['closed_at'] === null) {
    values['closed_at'] = before?.values['closed_at'] ?? null;
  }
  settle(draft, stage);
  for (const name of stage.requiredFields) {
    if (!isEmpty(draft, name) || isEmpty({ ...draft, after: before as Draft['after'] }, name)) {
      continue;
    }
    refuse(draft, name, 'requiredByStage', `must not be emptied in the stage ${stage.name}`);
  }
}

/** A closed deal counts as what it is, and a reason belongs to the end it had. */
function settle(draft: Draft, stage: DealStage): void {
  const { values } = draft.after;
  if (stage.type !== 'open') {
    for (const [field, column, fixed] of [
      ['probability', 'probability', stage.probability],
      ['forecastCategory', 'forecast_category', stage.forecastCategory],
    ] as const) {
      if (values[column] === fixed) continue;
      refuse(draft, field, 'stageType', `is ${fixed} in the stage ${stage.name}`);
    }
  } else if (values['forecast_category'] === 'closed') {
    refuse(draft, 'forecastCategory', 'stageType', 'is for deals that are won');
  }
  for (const [field, column, type] of [
    ['wonReason', 'won_reason', 'won'],
    ['lostReason', 'lost_reason', 'lost'],
  ] as const) {
    if (stage.type === type || values[column] === null) continue;
    if (differs(draft, column)) refuse(draft, field, 'stageType', `is for deals that are ${type}`);
    values[column] = null;
  }
}

/** Whether a field of a deal has no value; `ownerId` is one of them. */
function isEmpty({ after }: Draft, name: string): boolean {
  if (name === 'ownerId') return after.ownerId === null;
  const value = after.values[snakeCase(name)];
  return value === null || value === undefined || value === '[]';
}
