import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from '../../common/context.js';
import type { Database } from '../database/database.js';
import type { Frequencies } from './key-plan.js';
import { keyOf, keySpace, SAMPLED } from './keys.js';

/** Documents of the sample that are counted, and from how many on an object counts as large. */
const DOCUMENTS = 2000;

/** Objects of workspaces whose frequencies are remembered, and for how many milliseconds. */
const REMEMBERED = 500;
const LIFETIME = 600_000;

interface Remembered extends Frequencies {
  until: number;
}

/**
 * How common the keys of an object are, from its sample. Remembered for minutes, counted behind
 * the query that misses it: a query without it is answered as well, only slower.
 */
export class TermFrequencies {
  private static readonly instances = new WeakMap<Database, TermFrequencies>();
  private readonly logger = new Logger('search');
  private readonly known = new LRUCache<string, Remembered>({ max: REMEMBERED });
  private readonly counting = new Map<string, Promise<void>>();

  private constructor(private readonly database: Database) {}

  /** Those of a database; all searches of the process share what is remembered. */
  static of(database: Database): TermFrequencies {
    let instance = this.instances.get(database);
    if (!instance) this.instances.set(database, (instance = new TermFrequencies(database)));
    return instance;
  }

  /** What is known by now; counts anew behind the caller when that is nothing or old. */
  get(ctx: Pick<RequestContext, 'workspaceId'>, object: string): Frequencies | undefined {
    const key = `${ctx.workspaceId}/${object}`;
    const known = this.known.get(key);
    if ((!known || known.until < Date.now()) && !this.counting.has(key)) {
      const counting = this.count(ctx.workspaceId, object)
        .then((frequencies) => void this.known.set(key, frequencies))
        .catch((error: unknown) => this.logger.warn({ error }, 'Terms could not be counted'))
        .finally(() => this.counting.delete(key));
      this.counting.set(key, counting);
    }
    return known;
  }

  /** Waits for the counts that are under way. */
  async settled(): Promise<void> {
    await Promise.all(this.counting.values());
  }

  private async count(workspaceId: string, object: string): Promise<Remembered> {
    const { sample } = keySpace(workspaceId, object);
    // In a transaction of its own: the caller's may be at its end.
    const rows = await this.database.query<{ key: number; documents: number; total: number }>(
      { workspaceId },
      'select key, documents, total from search_frequencies($1, $2::integer[], $3)',
      [object, [keyOf(sample, SAMPLED)], DOCUMENTS],
    );
    const total = rows[0]?.total ?? 0;
    const shares = new Map(rows.map(({ key, documents }) => [key, documents / total]));
    return {
      shareOf: (key) => shares.get(key) ?? 0,
      isLarge: total >= DOCUMENTS,
      until: Date.now() + LIFETIME,
    };
  }
}
