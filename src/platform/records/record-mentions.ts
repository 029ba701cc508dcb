import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../database/pipeline.js';
import { itemsOf } from './list-items.js';
import type { ObjectDefinition } from './object-definition.js';
import type { Params } from './params.js';
import type { WrittenRow } from './record-rules.js';

/** A record on whose timeline an event of another record shows. */
export interface Mention {
  /** Whose timeline. */
  recordId: string;
  /** The record that the event is of. */
  aboutId: string;
}

/** Members of an object's lists that name records of any object. */
const mentioning = ({ lists }: ObjectDefinition) =>
  lists.flatMap((list) =>
    list.items.filter(({ objectIn }) => objectIn !== undefined).map((member) => ({ list, member })),
  );

/**
 * Which records a write of others concerns: those that they name in links of any object. A plain
 * change concerns only what is linked from then on; everything else that happens, all.
 */
export function mentionsOf(
  definition: ObjectDefinition,
  rows: readonly WrittenRow[],
  action: string,
): Mention[] {
  const members = mentioning(definition);
  if (members.length === 0) return [];
  const named = (values: WrittenRow['after']['values'] | undefined): Set<string> =>
    new Set(
      members.flatMap(({ list, member }) =>
        itemsOf(values?.[list.column]).map((item) => String(item[member.name])),
      ),
    );
  return rows.flatMap(({ before, after }) => {
    const ids = named(after.values);
    const known = action === 'updated' ? named(before?.values) : new Set<string>();
    const others = [...ids].filter((id) => !known.has(id) && id !== after.id);
    return others.map((recordId) => ({ recordId, aboutId: after.id }));
  });
}

/** The statement that keeps them for an event; none when there are none. */
export function mentionStatements(
  ctx: Pick<RequestContext, 'workspaceId'>,
  definition: ObjectDefinition,
  eventId: string,
  mentions: readonly Mention[],
): Statement[] {
  if (mentions.length === 0) return [];
  return [
    {
      text: `insert into event_mentions (workspace_id, record_id, event_id, object, about_id)
        select $1, m.record_id, $2, $3, m.about_id
        from unnest($4::uuid[], $5::uuid[]) as m (record_id, about_id)`,
      params: [
        ...[ctx.workspaceId, eventId, definition.object],
        mentions.map(({ recordId }) => recordId),
        mentions.map(({ aboutId }) => aboutId),
      ],
    },
  ];
}

/** Condition for mentions `m` by records, of any of the objects, that the caller may read. */
export function mentionReach(
  definitions: readonly ObjectDefinition[],
  ctx: RequestContext,
  params: Params,
): string {
  const conditions = definitions
    .filter((definition) => mentioning(definition).length > 0)
    .map((definition) => {
      const { object, table } = definition;
      const reach = ctx.grants.get(`${object}:read`);
      if (reach === undefined) return 'false';
      if (reach === 'all') return `m.object = '${object}'`;
      const user = params.add(ctx.principal.userId, 'uuid');
      return `(m.object = '${object}' and exists (select from ${table} o
        where o.workspace_id = m.workspace_id and o.id = m.about_id and o.owner_id = ${user}))`;
    });
  return conditions.length > 0 ? `(${conditions.join(' or ')})` : 'false';
}
