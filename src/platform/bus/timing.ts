/** Milliseconds the bus works with. They hang together: see the comment of {@link InvalidationBus}. */
export interface BusTiming {
  /** Between two proofs that a link is alive, and between two beats of an instance that writes. */
  beat: number;
  /** How long one such proof lets an instance trust what it remembers. */
  lease: number;
  /** Silence of a writing instance after which the others trust their memory no longer. */
  silence: number;
  /** Longest wait for the acknowledgements of a publication that the server has confirmed. */
  bound: number;
  /** Longest wait for the confirmation; without it everybody is told to forget everything. */
  confirmation: number;
  /** When a publication that the server has not confirmed is sent another way as well. */
  hedge: number;
  /** From an instance's greeting until it trusts itself: by then everybody knows it. */
  join: number;
  /** A longer gap in an instance's own lease: others may have stopped telling it of changes. */
  gap: number;
  /**
   * Silence after which an instance that was writing, or owes an answer, counts as dead. Longer
   * than PostgreSQL takes to finish what a killed process has asked of it.
   */
  death: number;
  /** How long an instance that has stopped writing still proves that it lives. */
  linger: number;
  /** Between two greetings of an instance at rest; three missing ones, and it is forgotten. */
  greeting: number;
  /** How long a connection may leave a question unanswered before it is replaced. */
  deadConnection: number;
}

export const BUS_TIMING: BusTiming = {
  beat: 20,
  lease: 75,
  silence: 90,
  bound: 100,
  confirmation: 1000,
  hedge: 20,
  join: 150,
  gap: 1000,
  death: 5000,
  linger: 5000,
  greeting: 10_000,
  deadConnection: 5000,
};
