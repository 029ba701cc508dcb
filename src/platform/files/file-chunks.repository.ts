import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../database/database.js';
import type { Scope } from '../database/database.js';
import type { Statement } from '../database/pipeline.js';

/** What is known of a stored file. */
export interface StoredFile {
  id: string;
  name: string;
  contentType: string;
  /** Bytes of the file as it was sent. */
  size: number;
  /** Of the bytes as they were sent, hexadecimal. */
  sha256: string;
}

type Owner = { workspaceId: string };

/** The tables that hold uploaded files. */
@Injectable()
export class FileChunksRepository {
  constructor(private readonly database: Database) {}

  async begin(
    scope: Owner,
    file: Pick<StoredFile, 'id' | 'name' | 'contentType'> & { encoding: 'identity' | 'gzip' },
  ): Promise<void> {
    await this.database.query(
      scope,
      `insert into files (workspace_id, id, name, content_type, encoding)
       values ($1, $2, $3, $4, $5)`,
      [scope.workspaceId, file.id, file.name, file.contentType, file.encoding],
    );
  }

  async append(scope: Owner, fileId: string, n: number, data: Buffer): Promise<void> {
    await this.database.run(scope, [
      {
        text: 'insert into file_chunks (workspace_id, file_id, n, data) values ($1, $2, $3, $4)',
        params: [scope.workspaceId, fileId, n, data],
      },
      {
        text: 'update files set touched_at = now() where workspace_id = $1 and id = $2 and $3 % 32 = 0',
        params: [scope.workspaceId, fileId, n],
      },
    ]);
  }

  /**
   * The statement that makes an uploaded file count; before, upkeep may remove it.
   * @param keepDays null: it does not expire.
   */
  complete(scope: Owner, file: StoredFile, keepDays: number | null): Statement {
    return {
      text: `update files set size = $3, sha256 = $4, completed_at = now(),
          expires_at = now() + $5 * interval '1 day'
        where workspace_id = $1 and id = $2`,
      params: [scope.workspaceId, file.id, file.size, file.sha256, keepDays],
    };
  }

  async encodingOf(scope: Owner, fileId: string): Promise<'identity' | 'gzip' | null> {
    const [file] = await this.database.query<{ encoding: 'identity' | 'gzip' }>(
      scope,
      `select encoding from files
       where workspace_id = $1 and id = $2 and completed_at is not null`,
      [scope.workspaceId, fileId],
    );
    return file?.encoding ?? null;
  }

  /** A piece of the file, or null after the last one. */
  async read(scope: Owner, fileId: string, n: number): Promise<Buffer | null> {
    const [chunk] = await this.database.query<{ data: Buffer }>(
      scope,
      'select data from file_chunks where workspace_id = $1 and file_id = $2 and n = $3',
      [scope.workspaceId, fileId, n],
    );
    return chunk?.data ?? null;
  }

  async remove(scope: Owner, fileId: string): Promise<void> {
    await this.database.query(scope, 'delete from files where workspace_id = $1 and id = $2', [
      scope.workspaceId,
      fileId,
    ]);
  }

  /**
   * Removes a few files whose time is over, and uploads that got no byte for a day.
   * @returns how many; none are left when it is 0.
   */
  async removeExpired(): Promise<number> {
    const scope: Scope = SYSTEM;
    const rows = await this.database.query(
      scope,
      `delete from files f using (
         select workspace_id, id from files where expires_at < now()
         union all
         select workspace_id, id from files
         where completed_at is null and touched_at < now() - interval '1 day'
         limit 5
       ) old
       where f.workspace_id = old.workspace_id and f.id = old.id returning f.id`,
    );
    return rows.length;
  }
}
