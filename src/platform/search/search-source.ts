import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { SearchDocument } from './search-documents.js';

/** Workspace and open transaction in which records are read for the index. */
export type FillScope = Pick<RequestContext, 'workspaceId' | 'tx'>;

/**
 * What finds records besides their own words: texts of another table's rows, such as the messages
 * of tickets. Each has a document of its own, written with its row, so that a change of the record
 * costs no more however much was said about it.
 */
export interface SearchPart {
  /** What the documents are filed under, in the place of an object: `ticketMessage`. */
  object: string;
  table: string;
  /** Column that names the record. */
  owner: string;
  /** Column of the text; as much of it is searched as of any document. */
  text: string;
}

/** What search must know of the records of an object. */
export interface SearchSource {
  /** Singular name, as in permissions: `contact`. */
  object: string;
  /** Table of the records, with the columns every record has. */
  table: string;
  /** What finds the records besides. */
  part?: SearchPart;
  /** These are such a part: nobody looks for them by themselves. */
  isPart?: boolean;
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
    return [...this.sources.values()].filter(({ isPart }) => !isPart).map(({ object }) => object);
  }

  /** All that documents are filed under: objects, and their parts. */
  indexed(): string[] {
    return [...this.sources.keys()];
  }
}
