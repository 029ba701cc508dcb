import { Injectable } from '@nestjs/common';
import type { Questions } from '../../../platform/records/record-rules.js';
import { findTerms } from './sla-clocks.repository.js';
import type { VersionKey } from './sla-clocks.repository.js';
import type { SlaTerms } from './sla-terms.js';

/** Versions that a process remembers; one has up to some ten kilobytes. */
const MOST = 500;

const keyOf = (workspaceId: string, { id, version }: VersionKey): string =>
  `${workspaceId}/${id}/${version}`;

/** What versions of policies say. They never change, so what was read once is known for good. */
@Injectable()
export class SlaTermsStore {
  private readonly known = new Map<string, SlaTerms>();

  /** @returns a function that knows the terms of each version asked for. */
  async termsOf(
    db: Pick<Questions, 'run'>,
    workspaceId: string,
    keys: readonly VersionKey[],
  ): Promise<(key: VersionKey) => SlaTerms> {
    const wanted = new Map(keys.map((key) => [keyOf(workspaceId, key), key]));
    const found = new Map<string, SlaTerms>();
    const missing: VersionKey[] = [];
    for (const [name, key] of wanted) {
      const terms = this.known.get(name);
      if (terms) found.set(name, terms);
      else missing.push(key);
    }
    if (missing.length > 0) {
      for (const { terms, ...key } of await findTerms(db, workspaceId, missing)) {
        found.set(keyOf(workspaceId, key), terms);
        this.remember(keyOf(workspaceId, key), terms);
      }
    }
    return (key) => {
      const terms = found.get(keyOf(workspaceId, key));
      if (!terms) throw new Error(`Version ${key.version} of SLA policy ${key.id} is missing`);
      return terms;
    };
  }

  private remember(name: string, terms: SlaTerms): void {
    const [oldest] = this.known.keys();
    if (this.known.size >= MOST && oldest !== undefined) this.known.delete(oldest);
    this.known.set(name, terms);
  }
}
