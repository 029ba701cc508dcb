import type { Statement } from '../database/pipeline.js';

/** Tag of commits that change who may do what; see `Database.run`. */
export const ACCESS_TAG = 'access';

/**
 * The statement that tells every instance, within a second, to forget what it remembers of the
 * workspace's callers. It belongs into each transaction that changes roles, users, sessions or
 * keys; the transaction is tagged {@link ACCESS_TAG} besides, for its own instance.
 */
export function accessChanged(workspaceId: string): Statement {
  return {
    text: `insert into access_versions (workspace_id, version) values ($1, 1)
           on conflict (workspace_id) do update set version = access_versions.version + 1`,
    params: [workspaceId],
  };
}
