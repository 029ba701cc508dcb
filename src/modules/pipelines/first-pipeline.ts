import { uuidv7 } from '../../common/uuid.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { storedItems } from '../../platform/records/list-items.js';
import { insertStages } from './pipeline-rules.js';
import { usualStages } from './stages.js';

/** Statements that give a new workspace its default pipeline; for the SYSTEM scope. */
export function firstPipeline(workspaceId: string): Statement[] {
  const id = uuidv7();
  const stages = usualStages();
  const placed = stages.map((stage, position) => ({ ...stage, position, pipelineId: id }));
  return [
    {
      text: `insert into pipelines (workspace_id, id, name, is_default, stages)
        values ($1, $2, 'Sales', true, $3::json)`,
      params: [workspaceId, id, storedItems(stages)],
    },
    insertStages(workspaceId, placed),
  ];
}
