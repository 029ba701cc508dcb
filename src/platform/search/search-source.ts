import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { SearchDocument } from './search-documents.js';

/** Workspace and open transaction in which records are read for the index. */
export type FillScope = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** What search must know of the records of an object. */
export interface SearchSource {
  /** Singular name, as in permissions: `contact`. */
  object: string;
  /** Table of the records, with the columns every record has. */
  table: string;
  /**
   * The documents of those records that exist, the ones in the bin as `hidden`. Reads with
   * `database.run(scope, …)`, which joins the filler's transaction.
   * @param recordIds 1 to 1,000.
   */
  documents(scope: FillScope, recordIds: readonly string[]): Promise<SearchDocument[]>;
}

/** The objects that can be searched; whoever stores the records registers them. */
@Injectable()
export class SearchSources {
  private readonly sources = new Map<string, SearchSource>();

  register(source: SearchSource): void {
    if (this.sources.has(source.object)) {
      throw new Error(`Search has two sources of ${source.object}`);
    }
    this.sources.set(source.object, source);
  }

  get(object: string): SearchSource | undefined {
    return this.sources.get(object);
  }

  /** Singular names of all objects, in the order they were registered. */
  objects(): string[] {
    return [...this.sources.keys()];
  }
}
