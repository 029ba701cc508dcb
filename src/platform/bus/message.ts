/** What instances say to each other. */
export type Message =
  | {
      kind: 'hello';
      at: number;
      /** Topics the sender remembers things about, so that writers wait for it. */
      topics: string[];
      /** The sender wants to be greeted in turn. */
      ask: boolean;
      writing: boolean;
      /** The sender could not tell of some changes: forget everything. */
      lost: boolean;
    }
  /** The sender leaves in good order: all it wrote has been told. */
  | { kind: 'bye' }
  /**
   * The sender writes at present and lives; `at` is the time on its own clock. Not `settled`: it
   * has just hung, and may have changes to tell of that it has not looked at yet.
   */
  | { kind: 'beat'; at: number; settled: boolean }
  /** The sender writes no more. */
  | { kind: 'rest' }
  | {
      kind: 'news';
      seq: number;
      at: number;
      settled: boolean;
      items: [topic: string, payload: string][];
    }
  | { kind: 'ack'; seqs: number[] };

export interface Envelope {
  from: string;
  message: Message;
}

/** Longest text of one frame. NOTIFY takes less than 8,000 bytes. */
const MAX_FRAME = 7800;

/**
 * Writes a message as one or several frames of ASCII, so that characters are bytes. A frame is
 * `<sender>:<index>:<+ when more follow, . for the last>:<piece of JSON>`.
 */
export function encode({ from, message }: Envelope): string[] {
  const text = JSON.stringify(message).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const frames: string[] = [];
  for (let start = 0; start < text.length; start += MAX_FRAME) {
    const piece = text.slice(start, start + MAX_FRAME);
    const mark = start + MAX_FRAME < text.length ? '+' : '.';
    frames.push(`${from}:${frames.length}:${mark}:${piece}`);
  }
  return frames;
}

/** Puts the frames of one link together again. Frames of one sender arrive in order. */
export class Decoder {
  private readonly pieces = new Map<string, string[]>();

  /** @returns the message that this frame completes, or null; also for a frame that is not ours. */
  decode(frame: string): Envelope | null {
    const head = /^([\w-]{1,64}):(\d{1,6}):([+.]):/.exec(frame);
    if (!head) return null;
    const [prefix, from = '', index, mark] = head;
    const pieces = Number(index) === 0 ? [] : this.pieces.get(from);
    if (pieces?.length !== Number(index)) {
      // The beginning was lost with a connection; what follows a loss starts anew anyway.
      this.pieces.delete(from);
      return null;
    }
    pieces.push(frame.slice(prefix.length));
    if (mark === '+') {
      this.pieces.set(from, pieces);
      return null;
    }
    this.pieces.delete(from);
    return parse(from, pieces.join(''));
  }

  /** Forgets unfinished messages: all of them, or those of one sender. */
  drop(from?: string): void {
    if (from === undefined) this.pieces.clear();
    else this.pieces.delete(from);
  }
}

function parse(from: string, text: string): Envelope | null {
  try {
    return { from, message: JSON.parse(text) as Message };
  } catch {
    // Somebody else writes to our channel: not a message, so nothing to act on.
    return null;
  }
}
