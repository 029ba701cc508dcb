import type { BusTiming } from './timing.js';

/** Another instance, as this one knows it. Times are of this instance's clock unless said. */
export interface Peer {
  readonly id: string;
  /** Topics it remembers things about; null until it has said so: all of them. */
  topics: ReadonlySet<string> | null;
  /** Names of the links it has been heard on. */
  readonly links: Set<string>;
  /** It is changing data, and proves all the time that it lives. */
  writing: boolean;
  /** It has left a publication unacknowledged; it is told of changes but not waited for. */
  suspect: boolean;
  heardAt: number;
  /** Up to when it is sure that it has told of its changes, while it writes. */
  assuredAt: number;
  /** What to add to times of its clock, as known at `offsetAt`. */
  offset: number;
  offsetAt: number;
}

/** How fast two clocks may drift apart, in milliseconds a millisecond. */
const DRIFT = 1e-4;

/** The instances this one knows of, found by what they say and forgotten by their silence. */
export class Peers {
  private readonly byId = new Map<string, Peer>();

  /** @param onDoubt told when a writer may have died with a change it has not told of. */
  constructor(
    private readonly timing: BusTiming,
    private readonly onDoubt: () => void,
  ) {}

  get size(): number {
    return this.byId.size;
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  all(): IterableIterator<Peer> {
    return this.byId.values();
  }

  /** Notes that a peer has been heard; makes its entry at the first time. */
  heard(id: string, link: string): Peer {
    let peer = this.byId.get(id);
    if (!peer) {
      peer = {
        ...{ id, topics: null, links: new Set<string>(), writing: false, suspect: false },
        ...{ heardAt: 0, assuredAt: 0, offset: Infinity, offsetAt: 0 },
      };
      this.byId.set(id, peer);
    }
    peer.links.add(link);
    peer.heardAt = performance.now();
    return peer;
  }

  /**
   * Notes that a peer writes, as its beats and publications tell.
   * @param at time of the peer's clock at which it said so. What has waited in the socket while
   * this process hung counts from when it was sent: the fastest message tells the clocks apart.
   * @param settled it has told of all its changes by then.
   */
  beat(peer: Peer, at: number, settled: boolean): void {
    const now = performance.now();
    peer.offset = Math.min(now - at, peer.offset + (now - peer.offsetAt) * DRIFT);
    peer.offsetAt = now;
    if (settled || !peer.writing) peer.assuredAt = at + peer.offset;
    peer.writing = true;
  }

  rest(peer: Peer): void {
    peer.writing = false;
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  /** Those who must have heard of a change to one of the topics before the writer goes on. */
  awaited(topics: readonly string[]): Peer[] {
    return [...this.byId.values()].filter(
      (peer) => !peer.suspect && topics.some((topic) => isInterested(peer, topic)),
    );
  }

  /** These are told of changes, but not waited for until they greet or acknowledge again. */
  suspect(ids: readonly string[]): void {
    for (const id of ids) {
      const peer = this.byId.get(id);
      if (peer) peer.suspect = true;
    }
  }

  /** Whether anybody remembers anything at all. */
  anyListening(): boolean {
    for (const peer of this.byId.values()) if (peer.topics?.size !== 0) return true;
    return false;
  }

  /** Whether anybody must be told of a change to the topic. */
  anyInterested(topic: string): boolean {
    for (const peer of this.byId.values()) if (isInterested(peer, topic)) return true;
    return false;
  }

  /** Until when no writer's silence gives cause to doubt. */
  trustedUntil(): number {
    let until = Infinity;
    for (const peer of this.byId.values()) {
      if (peer.writing) until = Math.min(until, peer.assuredAt + this.timing.silence);
    }
    return until;
  }

  /** Forgets who has been silent for too long, and tells who that was. */
  forgetSilent(now: number): string[] {
    const dead: string[] = [];
    for (const peer of this.byId.values()) {
      const isPressing = peer.writing || peer.suspect;
      const patience = isPressing ? this.timing.death : this.timing.greeting * 3;
      if (now - peer.heardAt < patience) continue;
      if (peer.writing) this.onDoubt();
      this.byId.delete(peer.id);
      dead.push(peer.id);
    }
    return dead;
  }
}

function isInterested(peer: Peer, topic: string): boolean {
  return peer.topics === null || peer.topics.has(topic);
}
