/** What a process tells the supervisor that forked it. */
export type ChildMessage =
  /** It does its work; `url` is where it listens, with the port really used. */
  | { type: 'ready'; url?: string }
  /** It cannot start, and a second try would not help; one line for the person at the terminal. */
  | { type: 'failed'; message: string };

export function isChildMessage(value: unknown): value is ChildMessage {
  const type = (value as ChildMessage | null)?.type;
  return type === 'ready' || type === 'failed';
}
