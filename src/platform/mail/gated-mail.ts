import { Transform } from 'node:stream';
import type { Readable, TransformCallback, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/** Who wants to know when a mail ends. */
export interface Ending {
  /**
   * Awaited when all of the mail but what ends it is on its way: that is sent when this is
   * fulfilled, and not at all when it throws.
   */
  beforeEnd: () => Promise<void>;
  /**
   * Called right before what ends it is written, mostly in the same turn of the event loop as
   * `beforeEnd` was fulfilled; the mail does not end when it throws.
   */
  atEnd: () => void;
  /** Called when the system has what ends it, which it delivers also without this process. */
  afterEnd: () => void;
}

/** Bytes of the shortest piece of a mail that is handed on: what ends one is shorter. */
const SHORTEST = 16;
/** Milliseconds between looks at a connection that takes its bytes slowly. */
const LOOK = 5;

/** A stream that is written on by another one: which one, no public member tells. */
interface Piped {
  _readableState?: { pipes?: readonly Writable[] };
}

/**
 * A mail on its way to a connection. It does not end before `beforeEnd` is done, and breaks when
 * that fails; `atEnd` and `afterEnd` are called directly around the write of its last bytes (the
 * dot that nodemailer puts behind a mail), so that little else can happen between the three.
 */
class GatedMail extends Transform {
  private tail: Buffer = Buffer.alloc(0);
  private isTold = false;
  private encoder: Transform | null = null;
  /** Fulfilled when the server asks for the mail: a short one is ready before that. */
  private readonly asked = Promise.withResolvers<void>();

  constructor(private readonly ending: Ending) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, next: TransformCallback): void {
    this.tail = Buffer.concat([this.tail, chunk]);
    const ready = this.tail.length - SHORTEST;
    if (ready >= SHORTEST) {
      this.push(this.tail.subarray(0, ready));
      this.tail = this.tail.subarray(ready);
    }
    next();
  }

  override _flush(next: TransformCallback): void {
    this.push(this.tail);
    const end = async (): Promise<void> => {
      await Promise.all([this.ending.beforeEnd(), this.asked.promise]);
      // In this turn the connection takes what was ready before it was asked for.
      await setImmediate();
      // Behind bytes that wait for the connection the end is written some time later.
      if (!this.isNext()) this.tell();
    };
    end().then(() => next(), next);
  }

  /** @param encoder nodemailer's, which writes to the connection already. */
  override pipe<T extends NodeJS.WritableStream>(encoder: T, options?: { end?: boolean }): T {
    if (encoder instanceof Transform) {
      this.encoder = encoder;
      const isEnd = (chunk: Buffer): boolean => chunk.length < SHORTEST;
      // Before and after the listener that writes the chunk to the connection.
      encoder.prependListener('data', (chunk: Buffer) => isEnd(chunk) && this.endNow());
      encoder.on('data', (chunk: Buffer) => isEnd(chunk) && this.written());
    }
    const piped = super.pipe(encoder, options);
    this.asked.resolve();
    return piped;
  }

  private get connection(): Writable | undefined {
    return (this.encoder as Piped | null)?._readableState?.pipes?.[0];
  }

  /** Whether all that was written is with the system, so that the end would be in this turn. */
  private isNext(): boolean {
    const { encoder, connection } = this;
    if (!encoder || !connection) return false;
    const waiting = [this.readableLength, encoder.writableLength, encoder.readableLength];
    return connection.writableLength === 0 && waiting.every((length) => length === 0);
  }

  private tell(): void {
    if (this.isTold) return;
    this.isTold = true;
    this.ending.atEnd();
  }

  /** Nothing is written to a connection that is destroyed. */
  private endNow(): void {
    try {
      this.tell();
    } catch (error) {
      this.connection?.destroy(error as Error);
    }
  }

  /**
   * Waits until the system has what was written: a plain connection has mostly given it away by
   * now, one that encrypts gives it away in this turn of the event loop.
   * @param connection asked for at once: an encoder that has ended writes to none any more.
   */
  private written(connection = this.connection, isFirst = true): void {
    if (!connection || connection.destroyed) return;
    if (connection.writableLength === 0) this.ending.afterEnd();
    else if (isFirst) void setImmediate().then(() => this.written(connection, false));
    else setTimeout(() => this.written(connection, false), LOOK);
  }
}

/** The mail, with somebody who hears of its end. */
export function gated(mail: Readable, ending: Ending): Readable {
  const gate = new GatedMail(ending);
  mail.once('error', (error) => gate.destroy(error));
  return mail.pipe(gate);
}
