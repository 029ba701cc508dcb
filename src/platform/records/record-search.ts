import type { Database } from '../database/database.js';
import type { SearchSource } from '../search/search-source.js';
import type { ObjectDefinition } from './object-definition.js';
import { rowOf } from './record-row.js';
import { searchDocumentOf } from './side-statements.js';
import { rowColumns } from './write-sql.js';

/** How search reads the records of an object, for those that bulk writes have queued. */
export function searchSourceOf(database: Database, definition: ObjectDefinition): SearchSource {
  const sql = `select ${rowColumns(definition)} from ${definition.table} r
    where r.workspace_id = $1 and r.id = any($2::uuid[])`;
  return {
    object: definition.object,
    table: definition.table,
    part: definition.searchPart,
    async documents(scope, recordIds) {
      const rows = await database.query(scope, sql, [scope.workspaceId, recordIds]);
      return rows.map((row) => searchDocumentOf(definition, rowOf(definition, row)));
    },
  };
}
