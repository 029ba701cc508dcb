import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { Problem } from '../../common/errors.js';
import { policyOf } from './request-hooks.js';

/** Bodies that are handed to their handler as they arrive, where the route asks for it. */
const RAW_TYPES = ['message/rfc822'];

/** Bytes read beyond the limit, so that a client that is still sending reads the answer. */
const GRACE = 64 * 1024 * 1024;

/** Lets routes with `rawBody` take their type unparsed; all others refuse it (415). */
export function takeRawBodies(fastify: FastifyInstance): void {
  for (const type of RAW_TYPES) {
    fastify.addContentTypeParser(type, (request, payload, done) => {
      if (policyOf(request)?.rawBody === type) return done(null, payload);
      const error = new Error('Unsupported media type');
      done(Object.assign(error, { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }));
    });
  }
}

/**
 * The raw body of a request, as it arrives.
 * @throws Problem 415 for another type than the route's; 413 while reading, over the limit.
 */
export function rawBodyOf(request: FastifyRequest, maxBytes: number): AsyncIterable<Buffer> {
  const type = policyOf(request)?.rawBody ?? '';
  const given = request.headers['content-type'] ?? '';
  if (given.split(';', 1)[0]?.trim().toLowerCase() !== type) {
    throw new Problem('unsupported-media-type', `Send the body as ${type}.`);
  }
  return bounded(request.body as Readable, maxBytes);
}

async function* bounded(body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  // Ending the stream early would end the connection before the answer.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) yield chunk;
    else if (size > maxBytes + GRACE) break;
  }
  if (size <= maxBytes) return;
  const megabytes = Math.floor(maxBytes / 1_000_000);
  throw new Problem('too-large', `The body is larger than the ${megabytes} MB this route takes.`);
}
