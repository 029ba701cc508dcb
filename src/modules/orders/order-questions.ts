import type { RequestContext } from '../../common/context.js';
import { itemsOf } from '../../platform/records/list-items.js';
import type { Draft, Questions } from '../../platform/records/record-rules.js';
import type { Price } from '../products/index.js';
import type { GivenLine } from './order-line.js';

/** A product as lines are completed from it. */
export interface CatalogueEntry {
  id: string;
  sku: string;
  name: string;
  unit: string | null;
  taxRate: string | null;
  prices: Price[];
}

/** What new lines are completed from. */
export interface Catalogue {
  /** The workspace's. */
  currency: string;
  /** In the workspace's time zone, `YYYY-MM-DD`. */
  today: string;
  products: ReadonlyMap<string, CatalogueEntry>;
}

/** Whether a line leaves something to its product. */
export const isOpen = (line: GivenLine): boolean =>
  line.productId !== null &&
  [line.sku, line.name, line.unitPrice, line.taxRate].some((value) => value === null);

/** Reads what the drafts leave to the workspace and to products, in one round trip. */
export async function readCatalogue(
  db: Questions,
  { workspaceId }: RequestContext,
  drafts: readonly Draft[],
): Promise<Catalogue> {
  const lines = drafts.flatMap(({ after }) => itemsOf<GivenLine>(after.values['lines']));
  const ids = [...new Set(lines.filter(isOpen).map(({ productId }) => productId))];
  const [workspaces, products] = await db.run([
    {
      text: `select default_currency as currency, (now() at time zone time_zone)::date::text as today
        from workspaces where id = $1`,
      params: [workspaceId],
    },
    {
      text: `select id, sku, name, unit, tax_rate::text as "taxRate", prices::text from products
        where workspace_id = $1 and id = any($2::uuid[])`,
      params: [workspaceId, ids],
    },
  ]);
  const workspace = workspaces?.rows[0] as Pick<Catalogue, 'currency' | 'today'> | undefined;
  const entries = (products?.rows ?? []).map(entryOf);
  return {
    currency: workspace?.currency ?? 'EUR',
    today: workspace?.today ?? new Date().toISOString().slice(0, 10),
    products: new Map(entries.map((entry) => [entry.id, entry])),
  };
}

const entryOf = (row: Record<string, unknown>): CatalogueEntry => ({
  ...(row as unknown as CatalogueEntry),
  prices: itemsOf<Price>(row['prices'] as string),
});

/**
 * Gives each new order the next number of its kind. The counter's row stays locked until the end of
 * the transaction, so that one that fails gives its numbers back: there are no gaps.
 */
export async function drawNumbers(
  db: Questions,
  { workspaceId }: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const groups = Map.groupBy(drafts, ({ after }) => String(after.values['kind']));
  // Always in the same order, so that two writers never wait for each other.
  const kinds = [...groups.keys()].sort();
  if (kinds.length === 0) return;
  const results = await db.run(
    kinds.map((kind) => ({
      text: `insert into order_counters as c (workspace_id, kind, last) values ($1, $2, $3)
        on conflict (workspace_id, kind) do update set last = c.last + excluded.last
        returning last`,
      params: [workspaceId, kind, groups.get(kind)?.length ?? 0],
    })),
  );
  for (const [index, kind] of kinds.entries()) {
    const group = groups.get(kind) ?? [];
    let number = (results[index]?.rows[0]?.['last'] as number) - group.length;
    for (const { after } of group) after.values['number'] = number += 1;
  }
}
