import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** What a controller method returns when status, headers or exact bytes matter. */
export class Answer {
  constructor(
    readonly status: number,
    /** JSON text to send as it is; null for no body. */
    readonly body: string | null,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** A record as stored: its JSON text with the version that its ETag is made of. */
export interface RecordJson {
  id: string;
  version: number;
  json: string;
  /** The JSON holds other than the whole plain record: fields left out, or others included. */
  partial?: boolean;
}

/** A list as JSON text. */
export interface PageJson {
  json: string;
  nextCursor: string | null;
}

/** Strong: equal for equal bytes of one record, whichever server answers. */
export function etagOf(record: RecordJson): string {
  return record.partial ? hashOf(record.json) : `"${record.version}"`;
}

function hashOf(text: string): string {
  return `"${createHash('sha1').update(text).digest('base64url')}"`;
}

/** A record that is at hand as an object. */
export function recordOf(record: { id: string; version: number }): RecordJson {
  return { id: record.id, version: record.version, json: JSON.stringify(record) };
}

/** 200 with the record and its ETag. */
export function ok(record: RecordJson): Answer {
  return new Answer(200, record.json, { etag: etagOf(record) });
}

/** 201 with the record, its ETag and where it lives. */
export function created(record: RecordJson, collection: string): Answer {
  return new Answer(201, record.json, {
    etag: etagOf(record),
    location: `${collection}/${record.id}`,
  });
}

/** 201 or 200, as an upsert went. */
export function upserted(
  { record, isNew }: { record: RecordJson; isNew: boolean },
  collection: string,
): Answer {
  return isNew ? created(record, collection) : ok(record);
}

/**
 * 200 with a list; `Link` leads to the next page.
 * @param url address of the list; null for a search, whose next page is another POST.
 */
export function page(list: PageJson, url: string | null): Answer {
  const headers: Record<string, string> = { etag: hashOf(list.json) };
  if (list.nextCursor !== null && url !== null) {
    const next = new URL(url, 'http://keel');
    next.searchParams.set('cursor', list.nextCursor);
    headers['link'] = `<${next.pathname}${next.search}>; rel="next"`;
  }
  return new Answer(200, list.json, headers);
}

/** 200, or 207 when some items failed. */
export function multiStatus(result: { failed: number }): Answer {
  return new Answer(result.failed > 0 ? 207 : 200, JSON.stringify(result));
}

/** 200 with any other body. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return new Answer(status, JSON.stringify(body), headers);
}

export const noContent = (): Answer => new Answer(204, null);

/** 200 with text of another type than JSON, and its ETag. */
export const text = (body: string, type: string, cacheControl: string): Answer =>
  new Answer(200, body, {
    'content-type': type,
    'cache-control': cacheControl,
    etag: hashOf(body),
  });

/** 200 (or `status`) with something that no cache, browser or proxy may keep. */
export const unstored = (
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Answer => json(body, status, { ...headers, 'cache-control': 'no-store' });

/** A file that is sent as it is made. */
export function download(stream: Readable, name: string, format: 'csv' | 'ndjson'): StreamableFile {
  const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
  return new StreamableFile(stream, {
    type,
    disposition: `attachment; filename="${name}.${format}"`,
  });
}
