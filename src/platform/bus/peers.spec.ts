import { describe, expect, it } from '@jest/globals';
import { Peers } from './peers.js';
import { BUS_TIMING } from './timing.js';

/** The peer's clock is a minute ahead. */
const AHEAD = 60_000;

function setUp() {
  let doubts = 0;
  const peers = new Peers(BUS_TIMING, () => (doubts += 1));
  return { peers, peer: peers.heard('p', 'redis'), doubts: () => doubts };
}

describe('a peer that writes', () => {
  it('is trusted for so long after it has said that it lives', () => {
    const { peers, peer } = setUp();
    expect(peers.trustedUntil()).toBe(Infinity);
    const now = performance.now();
    peers.beat(peer, now + AHEAD, true);
    expect(peers.trustedUntil()).toBeGreaterThanOrEqual(now + BUS_TIMING.silence);
    expect(peers.trustedUntil()).toBeLessThan(now + BUS_TIMING.silence + 20);
    peers.rest(peer);
    expect(peers.trustedUntil()).toBe(Infinity);
  });

  it('is trusted from when it said so, not from when this process woke to hear it', () => {
    const { peers, peer } = setUp();
    peers.beat(peer, performance.now() + AHEAD, true);
    const sent = performance.now() - 80;
    peers.beat(peer, sent + AHEAD, true);
    expect(peers.trustedUntil()).toBeLessThan(sent + BUS_TIMING.silence + 20);
  });

  it('is not trusted again by what it says right after it hung', () => {
    const { peers, peer } = setUp();
    peers.beat(peer, performance.now() + AHEAD - 200, true);
    const before = peers.trustedUntil();
    peers.beat(peer, performance.now() + AHEAD, false);
    expect(peers.trustedUntil()).toBeLessThanOrEqual(before);
  });

  it('is forgotten after a long silence, with a doubt; at rest without one, much later', () => {
    const { peers, peer, doubts } = setUp();
    peers.beat(peer, performance.now(), true);
    expect(peers.forgetSilent(peer.heardAt + BUS_TIMING.death - 1)).toEqual([]);
    expect(peers.forgetSilent(peer.heardAt + BUS_TIMING.death + 1)).toEqual(['p']);
    expect(doubts()).toBe(1);
    const resting = peers.heard('q', 'redis');
    expect(peers.forgetSilent(resting.heardAt + BUS_TIMING.death)).toEqual([]);
    expect(peers.forgetSilent(resting.heardAt + BUS_TIMING.greeting * 3 + 1)).toEqual(['q']);
    expect(doubts()).toBe(1);
  });
});

describe('who must hear of a change', () => {
  it('is everybody who remembers something of the topic, or has not said', () => {
    const { peers, peer } = setUp();
    const ids = () => peers.awaited(['cache']).map(({ id }) => id);
    expect(ids()).toEqual(['p']);
    peer.topics = new Set(['schema']);
    expect(ids()).toEqual([]);
    expect(peers.anyInterested('cache')).toBe(false);
    peer.topics = new Set(['cache']);
    peers.suspect(['p']);
    expect(ids()).toEqual([]);
    expect(peers.anyInterested('cache')).toBe(true);
  });
});
