import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Draft } from '../../platform/records/record-rules.js';
import type { ForecastCategory, StageType } from '../pipelines/index.js';

/** A stage as deals need to know it. */
export interface DealStage {
  id: string;
  pipelineId: string;
  position: number;
  key: string;
  name: string;
  type: StageType;
  probability: number;
  forecastCategory: ForecastCategory;
  requiredFields: string[];
  rottingDays: number | null;
  /** Of the pipeline. */
  isDefault: boolean;
  inBin: boolean;
}

const COLUMNS = `s.id, s.pipeline_id as "pipelineId", s.position, s.key, s.name, s.type,
  s.probability, s.forecast_category as "forecastCategory", s.required_fields as "requiredFields",
  s.rotting_days as "rottingDays", p.is_default as "isDefault",
  p.deleted_at is not null as "inBin"`;

const idsIn = (drafts: readonly Draft[], column: string): string[] => [
  ...new Set(
    drafts.flatMap(({ before, after }) =>
      [before?.values[column], after.values[column]].filter((id) => typeof id === 'string'),
    ),
  ),
];

/** All stages of the pipelines that the deals name, or that have a stage they name. */
export function stagesStatement(ctx: RequestContext, drafts: readonly Draft[]): Statement {
  return {
    text: `select ${COLUMNS} from pipeline_stages s
      join pipelines p on p.workspace_id = s.workspace_id and p.id = s.pipeline_id
      where s.workspace_id = $1 and ((p.is_default and p.deleted_at is null)
        or s.pipeline_id = any($2::uuid[]) or s.pipeline_id in (
          select o.pipeline_id from pipeline_stages o
          where o.workspace_id = $1 and o.id = any($3::uuid[])))
      order by s.pipeline_id, s.position`,
    params: [ctx.workspaceId, idsIn(drafts, 'pipeline_id'), idsIn(drafts, 'stage_id')],
  };
}

/** The stages that a set of deals may be in. */
export class Stages {
  private readonly byId: ReadonlyMap<string, DealStage>;

  constructor(private readonly all: readonly DealStage[]) {
    this.byId = new Map(all.map((stage) => [stage.id, stage]));
  }

  get(id: unknown): DealStage | undefined {
    return this.byId.get(String(id));
  }

  of(pipelineId: unknown): DealStage[] {
    return this.all.filter((stage) => stage.pipelineId === pipelineId);
  }

  defaultPipeline(): string | undefined {
    return this.all.find(({ isDefault, inBin }) => isDefault && !inBin)?.pipelineId;
  }

  /** By key or name, without regard to case. */
  named(pipelineId: unknown, name: string): DealStage | undefined {
    const wanted = name.toLowerCase();
    const stages = this.of(pipelineId);
    return (
      stages.find(({ key }) => key.toLowerCase() === wanted) ??
      stages.find((stage) => stage.name.toLowerCase() === wanted)
    );
  }

  first(pipelineId: unknown, type: StageType): DealStage | undefined {
    return this.of(pipelineId).find((stage) => stage.type === type);
  }
}
