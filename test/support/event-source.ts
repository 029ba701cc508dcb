import type { Client } from './client.js';

export interface ServerSentEvent {
  id: string;
  type: string;
  data: string;
}

/** A stream of server-sent events as a client receives it. */
export interface EventSource {
  status: number;
  headers: Headers;
  events: ServerSentEvent[];
  /** Comments and other lines that are no events. */
  comments: number;
  /** True once the server has ended it. */
  isEnded: boolean;
  close(): void;
}

/** Opens a stream and collects what comes. */
export async function openEventSource(
  client: Client,
  path: string,
  headers: Record<string, string> = {},
): Promise<EventSource> {
  const abort = new AbortController();
  const response = await fetch(new URL(path, client.url), {
    headers: { authorization: `Bearer ${client.token}`, ...headers },
    signal: abort.signal,
  });
  const source: EventSource = {
    status: response.status,
    headers: response.headers,
    events: [],
    comments: 0,
    isEnded: false,
    close: () => abort.abort(),
  };
  void collect(response, source);
  return source;
}

async function collect(response: Response, source: EventSource): Promise<void> {
  let buffered = '';
  try {
    for await (const chunk of response.body ?? []) {
      buffered += Buffer.from(chunk).toString();
      const blocks = buffered.split('\n\n');
      buffered = blocks.pop() ?? '';
      for (const block of blocks) take(block, source);
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  } finally {
    source.isEnded = true;
  }
}

function take(block: string, source: EventSource): void {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const data = field('data');
  if (data === undefined) source.comments += 1;
  else source.events.push({ id: field('id') ?? '', type: field('event') ?? '', data });
}
