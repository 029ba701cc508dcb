import { fold } from '../../common/fold.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Draft } from '../../platform/records/record-rules.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { ForecastCategory, StageType } from './pipeline.dto.js';

/** A stage as a pipeline holds it. */
export interface Stage {
  id: string;
  name: string;
  key: string;
  type: StageType;
  /** Percent. */
  probability: number;
  forecastCategory: ForecastCategory;
  requiredFields: string[];
  rottingDays: number | null;
}

type Usual = Pick<Stage, 'name' | 'key' | 'type' | 'probability' | 'forecastCategory'>;

const USUAL: readonly Usual[] = [
  usual('Qualification', 'open', 10, 'pipeline'),
  usual('Proposal', 'open', 40, 'bestCase'),
  usual('Negotiation', 'open', 70, 'commit'),
  usual('Won', 'won', 100, 'closed'),
  usual('Lost', 'lost', 0, 'omitted'),
];

function usual(
  name: string,
  type: StageType,
  probability: number,
  forecastCategory: ForecastCategory,
): Usual {
  return { name, key: keyOf(name), type, probability, forecastCategory };
}

/** The stages that a pipeline begins with when nothing is said of them. */
export const usualStages = (): Stage[] =>
  USUAL.map((stage) => ({ ...stage, id: uuidv7(), requiredFields: [], rottingDays: null }));

/** `Best price!` → `best-price`; names in scripts without letters to fold stay as they are. */
export function keyOf(name: string): string {
  const key = fold(name)
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return key.slice(0, 60) || 'stage';
}

export const stagesOf = (values: { [column: string]: unknown }): Stage[] =>
  itemsOf<Stage>(values['stages'] as string | null);

/** Completes the stages of a pipeline that is about to be written, and says what is wrong. */
export function completeStages(draft: Draft, dealFields: ReadonlySet<string>): void {
  const given = stagesOf(draft.after.values);
  const stages = given.length === 0 && draft.before === null ? usualStages() : given;
  const known = new Map(
    draft.before ? stagesOf(draft.before.values).map((stage) => [stage.id, stage]) : [],
  );
  const keys = new Set<string>();
  recogniseStages(stages, known);
  for (const [index, stage] of stages.entries()) {
    const at = `${draft.pointer}/stages/${index}`;
    completeStage(stage, known.get(stage.id));
    if (keys.has(stage.key)) {
      const detail = 'is the key of a stage before; give this one a key of its own';
      draft.errors.push({ pointer: `${at}/key`, code: 'duplicate', detail });
    }
    keys.add(stage.key);
    checkStage(draft, stage, known.get(stage.id), dealFields, at);
  }
  for (const type of ['open', 'won', 'lost'] as const) {
    if (stages.some((stage) => stage.type === type)) continue;
    const detail = `must have a stage of type ${type}`;
    draft.errors.push({ pointer: `${draft.pointer}/stages`, code: 'stageMissing', detail });
  }
  draft.after.values['stages'] = storedItems(stages);
}

/** A stage that comes without its id is the one of the same key, if that is not there already. */
function recogniseStages(stages: Stage[], known: ReadonlyMap<string, Stage>): void {
  const named = new Set(stages.map(({ id }) => id));
  const free = new Map([...known.values()].map((stage) => [stage.key, stage.id]));
  for (const stage of stages) {
    const id = free.get(stage.key ?? keyOf(stage.name));
    if (id === undefined || known.has(stage.id) || named.has(id)) continue;
    stage.id = id;
    named.add(id);
  }
}

function completeStage(stage: Stage, before: Stage | undefined): void {
  stage.key ??= before?.key ?? keyOf(stage.name);
  stage.probability ??= { open: 50, won: 100, lost: 0 }[stage.type];
  stage.forecastCategory ??= { open: 'pipeline', won: 'closed', lost: 'omitted' }[
    stage.type
  ] as ForecastCategory;
}

/** Percent and category that a closed stage has to have. */
const CLOSED = {
  won: { probability: 100, forecastCategory: 'closed' },
  lost: { probability: 0, forecastCategory: 'omitted' },
} as const;

function checkStage(
  draft: Draft,
  stage: Stage,
  before: Stage | undefined,
  dealFields: ReadonlySet<string>,
  at: string,
): void {
  const refuse = (member: string, code: string, detail: string): void =>
    void draft.errors.push({ pointer: `${at}/${member}`, code, detail });
  if (before && before.type !== stage.type) {
    refuse('type', 'immutable', 'cannot change; add another stage and move the deals');
  }
  if (before && before.key !== stage.key) refuse('key', 'immutable', 'stays as it is');
  if (stage.type === 'open') {
    if (stage.forecastCategory === 'closed') {
      refuse('forecastCategory', 'stageType', 'is for won stages');
    }
  } else {
    const { probability, forecastCategory } = CLOSED[stage.type];
    if (stage.probability !== probability) {
      refuse('probability', 'stageType', `is ${probability} in a ${stage.type} stage`);
    }
    if (stage.forecastCategory !== forecastCategory) {
      refuse('forecastCategory', 'stageType', `is ${forecastCategory} in a ${stage.type} stage`);
    }
  }
  for (const [index, name] of stage.requiredFields.entries()) {
    if (dealFields.has(name)) continue;
    const detail = `is not a field of deals that can be filled in: ${[...dealFields].join(', ')}`;
    refuse(`requiredFields/${index}`, 'unknownField', detail);
  }
}
