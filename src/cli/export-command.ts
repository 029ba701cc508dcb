import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import { OperatorError } from '../common/operator-error.js';
import { launchFolder } from '../config/launcher.js';
import { ApiClient } from './api-client.js';

export interface ExportFlags {
  object: string;
  format: string;
  out?: string;
  fields?: string;
  filter: string[];
  sort?: string;
  raw?: boolean;
}

/** Streams the records that match into a file. */
export async function exportFile(flags: ExportFlags): Promise<void> {
  const api = await ApiClient.connect();
  const target = resolve(launchFolder(), flags.out ?? `${flags.object}.${flags.format}`);
  const path = `/v1/${encodeURIComponent(flags.object)}/export?${queryOf(flags).toString()}`;
  const response = await api.request(path, { accept: '*/*' });
  if (!response.body) throw new OperatorError('The server sent nothing.');
  const bar = new SingleBar({ format: 'Exporting {megabytes} MB | {rate} MB/s', hideCursor: true });
  bar.start(1, 0, { megabytes: '0.0', rate: '0.0' });
  const started = performance.now();
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytes += chunk.length;
      const seconds = (performance.now() - started) / 1000;
      const rate = (bytes / 1e6 / seconds).toFixed(1);
      bar.update(0, { megabytes: (bytes / 1e6).toFixed(1), rate });
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(target));
  bar.stop();
  console.log(`${(bytes / 1e6).toFixed(1)} MB in ${target}`);
}

function queryOf({ format, fields, filter, sort, raw }: ExportFlags): URLSearchParams {
  const query = new URLSearchParams({ format });
  if (fields !== undefined) query.set('fields', fields);
  if (sort !== undefined) query.set('sort', sort);
  if (raw) query.set('raw', 'true');
  for (const condition of filter) {
    const match = /^([^=[\]]+)(?:\[(\w+)\])?=(.*)$/.exec(condition);
    if (!match) throw new OperatorError(`--filter ${condition}: write it as field=value`);
    const [, field = '', operator, value = ''] = match;
    query.append(operator ? `filter[${field}][${operator}]` : `filter[${field}]`, value);
  }
  return query;
}
