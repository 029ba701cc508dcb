import type { Transaction } from '../../platform/database/transaction.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { Moved, Movement, NamedSegment } from './membership.repository.js';

/** What happens to records that a static segment has to follow. */
export const FOLLOWED = new Set(['deleted', 'restored', 'purged', 'merged']);

/** The static segments that hold any of the records, held until the commit. */
const HELD_SQL = `
  select s.id, s.name from segments s
  where s.workspace_id = $1 and s.object = $2 and s.kind = 'static' and s.id in (
    select m.segment_id from segment_members m
    where m.workspace_id = $1 and m.record_id = any($3::uuid[]))
  order by s.id for update`;

/** Of a record that lives on in another, the last one of that chain. */
const survivorsSql = (table: string): string => `
  with recursive chain as (
    select r.id as "from", r.merged_into as "to", 1 as step from ${table} r
    where r.workspace_id = $1 and r.id = any($2::uuid[]) and r.merged_into is not null
    union all
    select c."from", r.merged_into, c.step + 1 from chain c
    join ${table} r on r.workspace_id = $1 and r.id = c."to"
    where r.merged_into is not null and c.step < 50
  ), last as (
    select distinct on (c."from") c."from", c."to" from chain c order by c."from", c.step desc)`;

/** Whoever survives a merge takes the place of those who do not. */
const inheritSql = (table: string): string => `${survivorsSql(table)}
  insert into segment_members (workspace_id, segment_id, record_id, hidden)
  select distinct on (m.segment_id, r.id) $1, m.segment_id, r.id, r.deleted_at is not null
  from last join segment_members m on m.workspace_id = $1 and m.record_id = last."from"
  join ${table} r on r.workspace_id = $1 and r.id = last."to"
  where m.segment_id = any($3::uuid[])
  on conflict do nothing
  returning segment_id as "segmentId", record_id as id, hidden,
    (select r.version from ${table} r where r.workspace_id = $1 and r.id = record_id) as version`;

const goneSql = (table: string): string => `
  delete from segment_members m
  where m.workspace_id = $1 and m.record_id = any($2::uuid[]) and m.segment_id = any($3::uuid[])
    and not exists (select from ${table} r where r.workspace_id = $1 and r.id = m.record_id
      and r.merged_into is null)
  returning m.segment_id as "segmentId", m.record_id as id, m.hidden, 0 as version`;

/** What is in the bin keeps its place, but does not count. */
const hideSql = (table: string, isHidden: boolean): string => `
  update segment_members m set hidden = ${String(isHidden)}
  from ${table} r
  where m.workspace_id = $1 and m.record_id = any($2::uuid[]) and m.segment_id = any($3::uuid[])
    and m.hidden = ${String(!isHidden)} and r.workspace_id = $1 and r.id = m.record_id
    and r.deleted_at is ${isHidden ? 'not ' : ''}null
  returning m.segment_id as "segmentId", m.record_id as id, false as hidden, r.version`;

interface MemberRow extends Moved {
  segmentId: string;
  hidden: boolean;
}

/** Lets static segments follow what became of records: into the bin, back, gone, merged. */
export async function followStatic(
  tx: Transaction,
  workspaceId: string,
  { table, plural }: ObjectDefinition,
  ids: readonly string[],
): Promise<{ segment: NamedSegment; movement: Movement }[]> {
  const segments = await tx.query<NamedSegment>(HELD_SQL, [workspaceId, plural, ids]);
  if (segments.length === 0) return [];
  const params = [workspaceId, ids, segments.map(({ id }) => id)];
  const ask = async (text: string): Promise<MemberRow[]> => {
    const rows = await tx.query<MemberRow>(text, params);
    return rows.filter(({ hidden }) => !hidden);
  };
  const inherited = await ask(inheritSql(table));
  const gone = await ask(goneSql(table));
  const hidden = await ask(hideSql(table, true));
  const shown = await ask(hideSql(table, false));
  return segments.map((segment) => {
    const of = (rows: readonly MemberRow[]): Moved[] =>
      rows
        .filter(({ segmentId }) => segmentId === segment.id)
        .map(({ id, version }) => ({ id, version: Number(version) }));
    const movement = { entered: of([...inherited, ...shown]), left: of([...gone, ...hidden]) };
    return { segment, movement };
  });
}
