import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { Problem } from '../../common/errors.js';

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane; about 27 ms of one core. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes at work at once: more would starve the API of processor and memory. */
const MAX_RUNNING = 2;
/** Callers that may wait for a hash: about a second's work. */
const MAX_WAITING = 40;

/** Of a password nobody has: a check against it takes as long as a real one. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$92qQC6EtKq04KQXaN0MogA$U9B2DII7uuGwzLBuRIMCxlCIu8145eYopwfcLLuzr3w';

/** Makes and checks password hashes, a few at a time. */
@Injectable()
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @throws Problem 503 when too many callers wait already. */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, OPTIONS));
  }

  /**
   * Whether the password is the one behind the hash. Takes the same time for no hash at all.
   * @throws Problem 503 when too many callers wait already.
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const matches = await this.inTurn(() => verify(stored ?? DECOY, password));
    return matches && stored !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_RUNNING) {
      if (this.waiting.length >= MAX_WAITING) throw overloaded();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      // The turn passes on without becoming free in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

function overloaded(): Problem {
  const detail = 'Too many people sign in at the moment. Try again in a moment.';
  return new Problem('unavailable', detail, { headers: { 'retry-after': '2' } });
}
