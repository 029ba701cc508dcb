import { Injectable } from '@nestjs/common';

/** How a domain counts work that is not done yet. */
export interface WorkloadSource {
  /** Plural name of the object, as in paths: `deals`. */
  object: string;
  /**
   * One statement for any number of users, answered by an index: rows of `userId`, `open` and
   * `overdue` (bigint counts, the overdue ones among the open), none for users without work.
   * Parameters: `$1` workspace (uuid), `$2` users (uuid[]), `$3` the present time (timestamptz).
   */
  sql: string;
}

/** Open work of users by domain; whoever stores it registers here, as for search. */
@Injectable()
export class WorkloadSources {
  private readonly sources = new Map<string, WorkloadSource>();

  register(source: WorkloadSource): void {
    if (this.sources.has(source.object)) {
      throw new Error(`The workload has two sources of ${source.object}`);
    }
    this.sources.set(source.object, source);
  }

  all(): WorkloadSource[] {
    return [...this.sources.values()];
  }
}
