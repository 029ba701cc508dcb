import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Database, SYSTEM } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { fillDocuments, seeDocuments } from './search-documents.js';
import type { SeenDocument } from './search-documents.js';
import { SearchSources } from './search-source.js';
import type { SearchSource } from './search-source.js';

/** Milliseconds for one portion, which may wait for others that write the same documents. */
const TIMEOUT = 60_000;

// Several workers take different portions; one that dies gives its portion back.
const CLAIM_SQL = `
  delete from search_queue
  where (workspace_id, id) = (
    select workspace_id, id from search_queue where object = any($1::text[])
    order by id limit 1 for update skip locked)
  returning workspace_id as "workspaceId", id, object, record_ids as "recordIds"`;

/** From here the transaction is bound to one workspace, like any request. */
const ENTER_SQL =
  "select set_config('app.workspace', $1, true), set_config('app.system', '', true)";

const POSTPONE_SQL =
  'update search_queue set id = default where workspace_id = $1 and id = $2 returning id';

/**
 * A long load goes on adding portions, and indexing them takes as much as loading them: both at
 * once would take turns on the processors, with the requests in between. So portions wait while
 * more are coming, but not for longer than a minute; what is short is done at once.
 */
const IS_TIME_SQL = `
  select count(*) < 6
    or bool_or(place = 'last' and queued_at < now() - interval '2 seconds')
    or bool_or(place = 'first' and queued_at < now() - interval '60 seconds') as "isTime"
  from (
    (select 'first' as place, queued_at from search_queue order by id limit 5)
    union all
    (select 'last', queued_at from search_queue order by id desc limit 1)
  ) as portions`;

const BACKLOG_SQL = `
  select coalesce(sum(cardinality(record_ids)), 0)::float8 as waiting,
    coalesce(extract(epoch from now() - min(queued_at)), 0)::float8 as lag
  from (select record_ids, queued_at from search_queue order by id limit 1000) as portions`;

interface Portion {
  workspaceId: string;
  id: number;
  object: string;
  recordIds: string[];
}

/** Records queued but not yet findable. */
export interface SearchBacklog {
  /** Of the first thousand portions. */
  waiting: number;
  /** Seconds since the oldest was queued. */
  lag: number;
}

/**
 * Indexes what bulk writes have queued, behind them: portion by portion, each with its documents
 * and its place in the queue in one transaction, and after a load rather than beside it. Records
 * that change meanwhile keep the document of their own write.
 */
@Injectable()
export class SearchFiller implements BeforeApplicationShutdown {
  private readonly logger = new Logger('search');
  private readonly loop = new BackgroundLoop(async () => (await this.isTime()) && this.fill(), {
    shortest: 50,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'Records could not be indexed; will retry'),
  });

  constructor(
    private readonly database: Database,
    private readonly sources: SearchSources,
  ) {}

  /** Fills all the time; at once after commits of this process. */
  start(): void {
    this.database.onCommit(() => this.loop.poke());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /**
   * Indexes the oldest portion that nobody is at; when there is none, tidies the index.
   * @returns false when there is none.
   */
  async fill(): Promise<boolean> {
    let portion: Portion | undefined;
    try {
      await this.database.transaction(
        SYSTEM,
        async (tx) => {
          portion = await this.claim(tx);
          if (portion) await this.index(tx, portion);
        },
        { timeout: TIMEOUT },
      );
    } catch (error) {
      // One portion that cannot be indexed must not keep the others waiting.
      if (portion)
        await this.database.query(SYSTEM, POSTPONE_SQL, [portion.workspaceId, portion.id]);
      throw error;
    }
    // What single writes have left waiting, searches read until it is merged.
    if (!portion) await this.database.query(SYSTEM, 'select search_merge()');
    return portion !== undefined;
  }

  /** Whether to begin with the oldest portion, or to let a load that adds more of them end first. */
  async isTime(): Promise<boolean> {
    const [row] = await this.database.query<{ isTime: boolean }>(SYSTEM, IS_TIME_SQL);
    return row?.isTime === true;
  }

  async backlog(): Promise<SearchBacklog> {
    const [backlog] = await this.database.query<SearchBacklog>(SYSTEM, BACKLOG_SQL);
    return backlog ?? { waiting: 0, lag: 0 };
  }

  private async claim(tx: Transaction): Promise<Portion | undefined> {
    const [portion] = await tx.query<Portion>(CLAIM_SQL, [this.sources.indexed()]);
    return portion;
  }

  private async index(tx: Transaction, portion: Portion): Promise<void> {
    const { workspaceId, object, recordIds } = portion;
    const [, seen] = await tx.run([
      { text: ENTER_SQL, params: [workspaceId] },
      seeDocuments(workspaceId, object, recordIds),
    ]);
    const source = this.sources.get(object) as SearchSource;
    const documents = await source.documents({ workspaceId, tx }, recordIds);
    const known = (seen?.rows ?? []) as unknown as SeenDocument[];
    await tx.run(fillDocuments(workspaceId, object, documents, known));
  }
}
