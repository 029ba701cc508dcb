export interface LoopOptions {
  /** Milliseconds of pause after a step that found work, and at most when there is none. */
  shortest: number;
  longest: number;
  /** Told of the first of several failures in a row; the loop goes on after growing pauses. */
  onError: (error: unknown) => void;
}

/** Milliseconds between steps that keep failing. */
const LONGEST_AFTER_FAILURES = 5000;

/**
 * Repeats a step: at once when it says there is more or when poked, after growing pauses when
 * there is nothing to do. Never two steps at a time.
 */
export class BackgroundLoop {
  private isRepeating = false;
  private isStopped = false;
  private isPoked = false;
  private failures = 0;
  private pause: number;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  /** @param step does one portion of work; true when there may be more. */
  constructor(
    private readonly step: () => Promise<boolean>,
    private readonly options: LoopOptions,
  ) {
    this.pause = options.shortest;
  }

  /** Begins to look for work without being poked. */
  start(): void {
    this.isRepeating = true;
    this.poke();
  }

  /** There is work now. Without {@link start}, the step runs until there is none, and rests. */
  poke(): void {
    if (this.failures === 0) this.pause = this.options.shortest;
    this.look();
  }

  /** Lets the step that runs end, and starts no other one. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.isPoked && !this.isStopped) {
        this.isPoked = false;
        while (!this.isStopped && (await this.step())) this.pause = this.options.shortest;
      }
      this.failures = 0;
    } catch (error) {
      if (this.failures === 0) this.options.onError(error);
      this.failures += 1;
      const longer = this.options.longest * 2 ** Math.min(this.failures - 1, 10);
      this.pause = Math.min(longer, LONGEST_AFTER_FAILURES);
    } finally {
      this.running = null;
      this.rest();
    }
  }

  private rest(): void {
    if (!this.isRepeating || this.isStopped) return;
    this.timer = setTimeout(() => {
      this.pause = Math.min(this.pause * 2, this.options.longest);
      this.look();
    }, this.pause);
  }

  private look(): void {
    if (this.isStopped) return;
    this.isPoked = true;
    clearTimeout(this.timer);
    this.running ??= this.run();
  }
}
