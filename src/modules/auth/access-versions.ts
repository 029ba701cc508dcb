import { Injectable, Logger } from '@nestjs/common';
import { ACCESS_TAG } from '../../platform/access/access-changes.js';
import { Database } from '../../platform/database/database.js';
import { PrincipalsRepository } from './principals.repository.js';

/** Milliseconds since the last check after which nothing remembered is trusted without a new one. */
const TRUSTED = 900;
/** After which a request starts the next check without waiting for it. */
const RENEWED = 400;
/** After which a workspace without requests is left out of the checks. */
const IDLE = 600_000;

interface Known {
  version: number;
  usedAt: number;
}

/**
 * Tells whether what is remembered of a workspace's callers still holds. Changes of this instance
 * count at once; those of others are found by comparing version numbers, one statement for all
 * workspaces at work, at most every {@link RENEWED} ms and only while there are requests.
 */
@Injectable()
export class AccessVersions {
  private readonly logger = new Logger('access');
  private readonly known = new Map<string, Known>();
  private checkedAt = -Infinity;
  private checking: Promise<void> | null = null;
  /** Grows with each change made by this instance. */
  private changes = 0;

  constructor(
    database: Database,
    private readonly repository: PrincipalsRepository,
  ) {
    database.onCommit((workspaceId, tags) => {
      if (tags.includes(ACCESS_TAG)) this.forget(workspaceId);
    });
  }

  /** Whether the last check is recent enough; if not, wait for {@link check}. */
  isTrusted(now: number): boolean {
    const age = now - this.checkedAt;
    // A failure leaves the age to grow, so that requests wait for a check and are told.
    if (age > RENEWED && age <= TRUSTED) this.check().catch((error: unknown) => this.warn(error));
    return age <= TRUSTED;
  }

  /** Whether the version is the workspace's present one, as far as the last check knows. */
  isCurrent(workspaceId: string, version: number, now: number): boolean {
    const known = this.known.get(workspaceId);
    if (known?.version !== version) return false;
    known.usedAt = now;
    return true;
  }

  /** Asks the database for the present versions; callers share one statement. */
  check(): Promise<void> {
    this.checking ??= this.ask().finally(() => {
      this.checking = null;
    });
    return this.checking;
  }

  /** A mark to compare with after reading, for {@link learn}. */
  mark(): number {
    return this.changes;
  }

  /**
   * Takes in the version that came with what was just read.
   * @param mark what {@link mark} gave before reading.
   * @returns false when something changed meanwhile: what was read must not be remembered.
   */
  learn(workspaceId: string, version: number, mark: number): boolean {
    if (mark !== this.changes) return false;
    const known = this.known.get(workspaceId);
    if (known && known.version > version) return false;
    this.known.set(workspaceId, { version, usedAt: performance.now() });
    return true;
  }

  private forget(workspaceId: string): void {
    this.changes += 1;
    this.known.delete(workspaceId);
  }

  private async ask(): Promise<void> {
    const startedAt = performance.now();
    for (const [workspaceId, { usedAt }] of this.known) {
      if (startedAt - usedAt > IDLE) this.known.delete(workspaceId);
    }
    const asked = [...this.known.keys()];
    if (asked.length > 0) {
      for (const [workspaceId, version] of await this.repository.accessVersions(asked)) {
        const known = this.known.get(workspaceId);
        if (known && known.version < version) known.version = version;
      }
    }
    this.checkedAt = startedAt;
  }

  private warn(error: unknown): void {
    this.logger.warn(`Access could not be checked: ${(error as Error).message}`);
  }
}
