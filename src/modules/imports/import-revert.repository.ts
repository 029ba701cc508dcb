import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Before, Kept } from '../../platform/records/bulk/bulk-reverter.js';
import type { RevertProgress } from './imports.repository.js';

type Owner = Pick<RequestContext, 'workspaceId'>;

/** How far a revert is. */
export interface RevertState {
  progress: RevertProgress;
  /** `seq` of the last event whose records are done. */
  afterSeq: number;
  /** Last changed record that is done. */
  afterRecord: string | null;
}

/** Changed records of one transaction. */
const BATCH = 1000;

/** The statements of a revert. */
@Injectable()
export class ImportRevertRepository {
  constructor(private readonly database: Database) {}

  /** Takes the revert over. False when there is none to run. */
  async claim(owner: Owner, id: string, lease: string): Promise<boolean> {
    const rows = await this.database.query(
      owner,
      `update imports set lease = $3
       where workspace_id = $1 and id = $2 and status = 'reverting' returning id`,
      [owner.workspaceId, id, lease],
    );
    return rows.length > 0;
  }

  async hold(
    tx: Transaction,
    owner: Owner,
    id: string,
    lease: string,
  ): Promise<RevertState | null> {
    const [row] = await tx.query<{ revert: RevertProgress & { at?: [number, string | null] } }>(
      `select revert from imports
       where workspace_id = $1 and id = $2 and lease = $3 and status = 'reverting' for update`,
      [owner.workspaceId, id, lease],
    );
    if (!row) return null;
    const { at = [0, null], ...progress } = row.revert;
    return { progress, afterSeq: at[0], afterRecord: at[1] };
  }

  save(owner: Owner, id: string, lease: string, state: RevertState): Statement {
    const revert = { ...state.progress, at: [state.afterSeq, state.afterRecord] };
    return {
      text: `update imports set revert = $4
        where workspace_id = $1 and id = $2 and lease = $3`,
      params: [owner.workspaceId, id, lease, JSON.stringify(revert)],
    };
  }

  /** The next event by which the import made records: at most 1,000 of one object. */
  async nextCreated(
    tx: Transaction,
    owner: Owner,
    id: string,
    afterSeq: number,
  ): Promise<{ seq: number; object: string; recordIds: string[] } | null> {
    const [event] = await tx.query<{ seq: number; object: string; recordIds: string[] }>(
      `select seq, object, record_ids as "recordIds" from events
       where workspace_id = $1 and source = $2 and seq > $3 and type like '%.created'
       order by seq limit 1`,
      [owner.workspaceId, `import:${id}`, afterSeq],
    );
    return event ?? null;
  }

  nextChanges(tx: Transaction, owner: Owner, id: string, after: string | null): Promise<Before[]> {
    return tx.query<Before>(
      `select record_id as id, version, before from import_changes
       where workspace_id = $1 and import_id = $2 and ($3::uuid is null or record_id > $3)
       order by record_id limit ${BATCH}`,
      [owner.workspaceId, id, after],
    );
  }

  keep(owner: Owner, id: string, object: string, kept: readonly Kept[]): Statement {
    return {
      text: `insert into import_kept (workspace_id, import_id, record_id, object, reason)
        select $1, $2, k.id, $3, k.reason from json_to_recordset($4::json) as k (id uuid, reason text)
        on conflict do nothing`,
      params: [owner.workspaceId, id, object, JSON.stringify(kept)],
    };
  }

  finish(owner: Owner, id: string, lease: string): Statement {
    return {
      text: `update imports set status = 'reverted', lease = null,
          revert = (revert - 'at' - 'by') || jsonb_build_object('finishedAt', now())
        where workspace_id = $1 and id = $2 and lease = $3 and status = 'reverting'
        returning revert`,
      params: [owner.workspaceId, id, lease],
    };
  }
}
