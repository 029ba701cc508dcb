export interface LoopOptions {
  /** Milliseconds of pause after a step that found work, and at most when there is none. */
  shortest: number;
  longest: number;
  /** Told of a step that failed; the loop goes on after the longest pause. */
  onError: (error: unknown) => void;
}

/**
 * Repeats a step: at once when it says there is more or when poked, after growing pauses when
 * there is nothing to do. Never two steps at a time.
 */
export class BackgroundLoop {
  private isRepeating = false;
  private isStopped = false;
  private isPoked = false;
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
    if (this.isStopped) return;
    this.isPoked = true;
    this.pause = this.options.shortest;
    clearTimeout(this.timer);
    this.running ??= this.run();
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
    } catch (error) {
      this.pause = this.options.longest;
      this.options.onError(error);
    } finally {
      this.running = null;
      this.rest();
    }
  }

  private rest(): void {
    if (!this.isRepeating || this.isStopped) return;
    this.timer = setTimeout(() => {
      const longer = Math.min(this.pause * 2, this.options.longest);
      this.poke();
      this.pause = longer;
    }, this.pause);
  }
}
