import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds a dependency has to answer. */
const BOUND = 2000;

/** Milliseconds an answer is good for: whoever asks cannot make us ask the dependencies more often. */
const FRESH = 1000;

export interface Check {
  /** Whether Keel can answer requests without it. */
  isNeeded: boolean;
  /** Settles when the dependency answers; rejects when it is in trouble. */
  ask: () => Promise<unknown>;
}

export interface CheckResult {
  status: 'up' | 'down';
  /** Milliseconds it took. */
  ms: number;
}

export interface Health {
  /** `degraded`: requests are answered, but slower, or what they start waits. */
  status: 'ok' | 'degraded' | 'down';
  checks: Record<string, CheckResult>;
}

/** Whether the things Keel depends on answer. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, Check>();
  private latest: { at: number; health: Promise<Health> } | null = null;

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Asks everything at once, each for at most two seconds; never rejects. */
  look(): Promise<Health> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > FRESH) {
      this.latest = { at: now, health: this.ask() };
    }
    return this.latest.health;
  }

  private async ask(): Promise<Health> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await askOne(check)] as const),
    );
    const down = entries.filter(([, { status }]) => status === 'down');
    const isDown = down.some(([name]) => this.checks.get(name)?.isNeeded);
    const status = isDown ? 'down' : down.length > 0 ? 'degraded' : 'ok';
    return { status, checks: Object.fromEntries(entries) };
  }
}

async function askOne({ ask }: Check): Promise<CheckResult> {
  const began = performance.now();
  const patience = new AbortController();
  const late = sleep(BOUND, false, { signal: patience.signal }).catch(() => false); // answered
  const answered = (async () => ask())().then(
    () => true,
    () => false,
  );
  const isUp = await Promise.race([answered, late]);
  patience.abort();
  const ms = Math.round((performance.now() - began) * 10) / 10;
  return { status: isUp ? 'up' : 'down', ms };
}
