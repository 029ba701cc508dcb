import type { FastifyRequest } from 'fastify';
import { Problem } from '../../common/errors.js';
import { wholeFile } from '../../platform/http/uploaded-file.js';
import type { SentFile } from './ticket-attachments.service.js';

/** The file of a multipart body; nothing of its bytes has been taken. */
export interface TicketUpload extends SentFile {
  /** Takes what is left, so that a client that is still sending reads the answer. */
  drain(): void;
}

/**
 * Gets to the file of a multipart body.
 * @param maxBytes of the file; a longer one makes its stream fail with 413.
 * @throws Problem 400 or 415 naming what is wrong.
 */
export async function readTicketUpload(
  request: FastifyRequest,
  maxBytes: number,
): Promise<TicketUpload> {
  if (!request.isMultipart()) {
    throw new Problem('unsupported-media-type', 'Send multipart/form-data with one `file`.');
  }
  for await (const part of request.parts({ limits: { fileSize: maxBytes, files: 1, parts: 2 } })) {
    if (part.type === 'file' && part.fieldname === 'file') {
      const { filename, file } = part;
      const bytes = wholeFile(part, maxBytes);
      return { name: filename || 'file', bytes, drain: () => void file.resume() };
    }
    if (part.type === 'file') part.file.resume();
    const name = part.fieldname.slice(0, 64);
    throw new Problem('bad-request', `The body has one part, file, and not ${name}.`);
  }
  throw new Problem('bad-request', 'The body has no `file`.');
}
