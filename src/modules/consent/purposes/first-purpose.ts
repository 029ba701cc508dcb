import { uuidv7 } from '../../../common/uuid.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import { CHANNELS } from '../channels.js';

/** The statement that gives a new workspace its first purpose; for the SYSTEM scope. */
export function firstPurpose(workspaceId: string): Statement {
  return {
    text: `insert into consent_purposes (workspace_id, id, key, name, description, channels)
      values ($1, $2, 'marketing', 'Marketing', 'News about products, offers and events',
        $3::text[])`,
    params: [workspaceId, uuidv7(), CHANNELS],
  };
}
