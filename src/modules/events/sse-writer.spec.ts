import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { SseWriter } from './sse-writer.js';

/** A client whose connection takes what is written, or holds it back. */
class FakeResponse extends EventEmitter {
  text = '';
  isFull = false;
  isEnded = false;
  isDestroyed = false;
  head: Record<string, unknown> = {};

  writeHead(_status: number, headers: Record<string, unknown>): void {
    this.head = headers;
  }

  write(text: string): boolean {
    this.text += text;
    return !this.isFull;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

function open(): { response: FakeResponse; writer: SseWriter } {
  const response = new FakeResponse();
  return { response, writer: new SseWriter(response as unknown as ServerResponse) };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('a stream of server-sent events', () => {
  test('is in the form browsers read, and not held back on the way', async () => {
    const { response, writer } = open();
    await writer.begin({ 'x-request-id': 'r1' });
    await writer.event('c1', 'contact.created', '{"id":"1"}');
    await writer.comment();
    expect(response.head).toMatchObject({
      'x-request-id': 'r1',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(response.text).toBe(
      'retry: 2000\n\nid: c1\nevent: contact.created\ndata: {"id":"1"}\n\n:\n\n',
    );
  });

  test('waits for a client that reads slowly', async () => {
    const { response, writer } = open();
    response.isFull = true;
    let isWritten = false;
    const writing = writer.event('c1', 'a', '{}').then(() => (isWritten = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isWritten).toBe(false);
    response.emit('drain');
    await writing;
    expect(writer.isClosed).toBe(false);
  });

  test('gives up a client that does not read for half a minute', async () => {
    const { response, writer } = open();
    response.isFull = true;
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    await writer.event('c1', 'a', '{}');
    expect(timeout).toHaveBeenCalledWith(30_000);
    timeout.mockRestore();
    expect([writer.isClosed, response.isDestroyed]).toEqual([true, true]);
  });

  test('ends once, when the client leaves or when it is told to, and says so', async () => {
    for (const leave of ['client', 'server'] as const) {
      const { response, writer } = open();
      const closed = jest.fn();
      writer.onClose(closed);
      if (leave === 'client') response.emit('close');
      else writer.close();
      writer.close();
      expect(closed).toHaveBeenCalledTimes(1);
      expect([writer.isClosed, response.isEnded]).toEqual([true, true]);
      await writer.comment();
      expect(response.text).toBe('');
    }
  });

  test('wakes a writer that waits for a client who leaves', async () => {
    const { response, writer } = open();
    response.isFull = true;
    const writing = writer.event('c1', 'a', '{}');
    response.emit('close');
    await writing;
    expect(writer.isClosed).toBe(true);
  });
});
