import { Injectable } from '@nestjs/common';
import type { Reach, RequestContext } from '../../common/context.js';
import { Database } from '../database/database.js';
import type { Statement, StatementResult } from '../database/pipeline.js';
import { planKeys } from './key-plan.js';
import { planMatch } from './match-condition.js';
import { parseQuery } from './search-query.js';
import type { SearchQuery } from './search-query.js';
import { SearchSources } from './search-source.js';
import type { SearchPart } from './search-source.js';
import { TermFrequencies } from './term-frequencies.js';

/** A record found. */
export interface SearchHit {
  type: string;
  id: string;
  title: string;
  subtitle: string;
  /** 0 to 1. */
  score: number;
}

/** An object to search, and how far the caller may look. */
export interface SearchTarget {
  object: string;
  reach: Reach;
}

/** Own records that are compared when the caller may see no others. */
const CANDIDATES = 256;

/** What answers a query best; see `search_find`. */
const FOUND = `search_find($2, $3, $4, $5::text[], $6::text[], $7::text[], $8::integer[],
    $9::integer[], $10::integer[], $11::integer[], $12, $13, $14)
    with ordinality as f (record_id, title, subtitle, score, place)`;

/** Parts looked at for each hit that is wanted: several may be of one record. */
const PARTS_EACH = 5;

/** The best score of a record that is found by what is said about it. */
const OF_PARTS = 0.3;

/** Finds the records that answer a query best, of several objects at once. */
@Injectable()
export class SearchFinder {
  private readonly frequencies: TermFrequencies;

  constructor(
    private readonly database: Database,
    private readonly sources: SearchSources,
  ) {
    this.frequencies = TermFrequencies.of(database);
  }

  /**
   * The best hits of all targets, the best first; equally good ones of different objects in turn.
   * @param limit hits at most.
   */
  async find(
    ctx: RequestContext,
    text: string,
    targets: readonly SearchTarget[],
    limit: number,
  ): Promise<SearchHit[]> {
    const query = parseQuery(text);
    if (!query || targets.length === 0) return [];
    const asked: { object: string; statement: Statement }[] = [];
    for (const { object, reach } of targets) {
      const part = this.sources.get(object)?.part;
      if (reach === 'own') {
        const statement = await this.ownStatement(ctx, object, text, query, limit);
        asked.push({ object, statement });
        continue;
      }
      asked.push({ object, statement: this.statement(ctx, object, query, limit) });
      if (part) {
        asked.push({ object, statement: this.partStatement(ctx, object, part, query, limit) });
      }
    }
    const statements = asked.map(({ statement }) => statement);
    const results = await this.database.run(ctx, statements);
    const hits = results.flatMap((result, index) => hitsOf(result, asked[index]?.object ?? ''));
    const ranked = hits
      .sort((left, right) => right.hit.score - left.hit.score || left.place - right.place)
      .map(({ hit }) => hit);
    return eachOnce(ranked).slice(0, limit);
  }

  private statement(
    ctx: RequestContext,
    object: string,
    query: SearchQuery,
    limit: number,
  ): Statement {
    // What is indexed behind its write may have been deleted meanwhile.
    return {
      text: `select f.record_id as id, f.title, f.subtitle, f.score from ${FOUND}
        where exists (select from ${this.tableOf(object)} r where r.workspace_id = $1
          and r.id = f.record_id and r.deleted_at is null offset 0)
        order by f.place`,
      params: this.findParams(ctx, object, query, limit),
    };
  }

  /** The records of what is found of a part of them, behind those found by their own words. */
  private partStatement(
    ctx: RequestContext,
    object: string,
    part: SearchPart,
    query: SearchQuery,
    limit: number,
  ): Statement {
    return {
      text: `select d.record_id as id, d.title, d.subtitle, least(max(f.score), ${OF_PARTS}) as score
        from ${FOUND}
        join ${part.table} p on p.workspace_id = $1 and p.id = f.record_id
        join ${this.tableOf(object)} r on r.workspace_id = $1 and r.id = p.${part.owner}
          and r.deleted_at is null
        join search_documents d on d.workspace_id = $1 and d.object = $15 and d.record_id = r.id
        group by d.record_id, d.title, d.subtitle
        order by score desc, min(f.place)`,
      params: [...this.findParams(ctx, part.object, query, limit * PARTS_EACH), object],
    };
  }

  /** Those of {@link FOUND}, from `$1`, which is the workspace. */
  private findParams(
    ctx: RequestContext,
    object: string,
    query: SearchQuery,
    limit: number,
  ): unknown[] {
    const keys = planKeys(query, ctx.workspaceId, object, this.frequencies.get(ctx, object));
    const { title, raw, words, patterns, initials } = query;
    return [
      ...[ctx.workspaceId, object, title, raw, words, patterns, initials],
      ...[keys.sparse, keys.sample, keys.beginning, keys.part],
      ...[keys.seeksBeginnings ? limit : 1, keys.seeksParts ? limit : 1, limit],
    ];
  }

  /** Starts from the caller's own records, which the index of all words does not know. */
  private async ownStatement(
    ctx: RequestContext,
    object: string,
    text: string,
    query: SearchQuery,
    limit: number,
  ): Promise<Statement> {
    const { part } = this.sources.get(object) ?? {};
    const { condition } = await planMatch(this.database, ctx, object, text, { part });
    const params: unknown[] = [ctx.workspaceId, ctx.principal.userId, object, limit];
    params.push(query.title, query.raw, query.words);
    const add = (value: unknown, cast = 'text'): string => `$${params.push(value)}::${cast}`;
    const patternsOf = (before: string, after: string): string =>
      `(select array(select '${before}' || word || '${after}' from unnest($7::text[]) word))`;
    return {
      text: `select d.record_id as id, d.title, d.subtitle, search_score(d.body, $5, $6,
          ${patternsOf('% ', ' %')}, ${patternsOf('% ', '%')}, ${patternsOf('%', '%')}) as score
        from (
          select r.id from ${this.tableOf(object)} r
          where r.workspace_id = $1 and r.owner_id = $2 and r.deleted_at is null
            and ${condition({ add })}
          limit greatest(${CANDIDATES}, $4)
        ) r
        join search_documents d on d.workspace_id = $1 and d.object = $3 and d.record_id = r.id
        order by score desc, d.updated_at desc, d.record_id desc
        limit $4`,
      params,
    };
  }

  private tableOf(object: string): string {
    const source = this.sources.get(object);
    if (!source) throw new Error(`Search has no source of ${object}`);
    return source.table;
  }
}

function hitsOf({ rows }: StatementResult, type: string): { hit: SearchHit; place: number }[] {
  return rows.map((row, place) => {
    const { id, title, subtitle, score } = row as unknown as Omit<SearchHit, 'type'>;
    return { hit: { type, id, title, subtitle, score }, place };
  });
}

/** Found by its own words and by what is said about it, a record is one hit: the better one. */
function eachOnce(hits: readonly SearchHit[]): SearchHit[] {
  const seen = new Set<string>();
  return hits.filter(({ id }) => !seen.has(id) && seen.add(id));
}
