import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { fold } from '../../common/fold.js';
import { planMatch } from '../search/match-condition.js';
import type { ObjectDefinition } from './object-definition.js';
import { Params } from './params.js';
import { reachCondition } from './reach.js';
import type { RecordKit } from './record-kit.js';
import { rowOf } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { rowColumns } from './write-sql.js';

/** A record that looks like another. */
export interface DuplicateCandidate {
  id: string;
  title: string;
  subtitle: string;
  /** 0 to 1. */
  score: number;
  /** Paths whose values agree, such as `phone` or `name`. */
  reasons: string[];
}

/** Candidates looked at for each thing two records may share. */
const MOST_CANDIDATES = 50;
const SIMILAR = 0.6;

/** Finds records that may be the same person or company. */
export class RecordDuplicates {
  constructor(
    private readonly kit: RecordKit,
    private readonly definition: ObjectDefinition,
  ) {}

  /** Likely duplicates of a record, the likeliest first; at most 20. */
  async of(ctx: RequestContext, id: string): Promise<DuplicateCandidate[]> {
    const row = await this.load(ctx, id);
    const found = new Map<string, RecordRow>();
    for (const text of this.sharedTexts(row)) {
      for (const candidate of await this.matching(ctx, id, text)) {
        found.set(candidate.id, candidate);
      }
    }
    return [...found.values()]
      .map((candidate) => this.compare(row, candidate))
      .filter(({ reasons }) => reasons.length > 0)
      .sort((left, right) => right.score - left.score)
      .slice(0, 20);
  }

  private async load(ctx: RequestContext, id: string): Promise<RecordRow> {
    const params = new Params(ctx.workspaceId);
    params.add(id);
    const reach = reachCondition(ctx, this.definition)?.(params) ?? 'true';
    const [row] = await this.kit.database.query(
      ctx,
      `select ${rowColumns(this.definition)} from ${this.definition.table} r
        where r.workspace_id = $1 and r.id = $2 and r.deleted_at is null and ${reach}`,
      params.values,
    );
    if (!row) throw Problem.notFound(this.definition.object, id);
    return rowOf(this.definition, row);
  }

  private sharedTexts(row: RecordRow): string[] {
    const texts = this.definition.duplicateKeys.map((path) => this.textAt(row, path));
    return [...new Set([this.definition.title(row.values), ...texts])].filter(
      (text) => text.length >= 2,
    );
  }

  private textAt(row: RecordRow, path: string): string {
    const column = this.definition.paths.get(path)?.column ?? '';
    return String(row.values[column] ?? '');
  }

  private async matching(ctx: RequestContext, id: string, text: string): Promise<RecordRow[]> {
    const params = new Params(ctx.workspaceId);
    params.add(id);
    const { object } = this.definition;
    const { condition } = await planMatch(this.kit.database, ctx, object, text.slice(0, 200));
    const reach = reachCondition(ctx, this.definition)?.(params) ?? 'true';
    const rows = await this.kit.database.query(
      ctx,
      `select ${rowColumns(this.definition)} from ${this.definition.table} r
        where r.workspace_id = $1 and r.id <> $2 and r.deleted_at is null and ${reach} and ${condition(params)}
        limit ${MOST_CANDIDATES}`,
      params.values,
    );
    return rows.map((row) => rowOf(this.definition, row));
  }

  private compare(row: RecordRow, candidate: RecordRow): DuplicateCandidate {
    const { definition } = this;
    const reasons: string[] = [];
    let unlikely = 1;
    definition.duplicateKeys.forEach((path, place) => {
      const [left, right] = [this.textAt(row, path), this.textAt(candidate, path)];
      if (left === '' || fold(left) !== fold(right)) return;
      reasons.push(path);
      unlikely *= place === 0 ? 0.3 : 0.5;
    });
    const titles = [definition.title(row.values), definition.title(candidate.values)];
    const similarity = diceSimilarity(fold(titles[0] ?? ''), fold(titles[1] ?? ''));
    if (similarity >= SIMILAR) {
      reasons.push('title');
      unlikely *= 1 - similarity * 0.7;
    }
    return {
      id: candidate.id,
      title: definition.title(candidate.values),
      subtitle: definition.subtitle(candidate.values),
      score: Math.round((1 - unlikely) * 100) / 100,
      reasons,
    };
  }
}

/** Sørensen–Dice similarity of two texts' letter pairs: 1 for equal ones, 0 for nothing shared. */
export function diceSimilarity(left: string, right: string): number {
  if (left === right) return left === '' ? 0 : 1;
  const pairs = new Map<string, number>();
  for (let index = 0; index < left.length - 1; index += 1) {
    const pair = left.slice(index, index + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let shared = 0;
  for (let index = 0; index < right.length - 1; index += 1) {
    const pair = right.slice(index, index + 2);
    const count = pairs.get(pair) ?? 0;
    if (count > 0) shared += 1;
    pairs.set(pair, count - 1);
  }
  const total = left.length + right.length - 2;
  return total <= 0 ? 0 : (2 * shared) / total;
}
