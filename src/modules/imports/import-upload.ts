import type { FastifyRequest } from 'fastify';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { compileRules } from '../../platform/http/rules.js';
import { wholeFile } from '../../platform/http/uploaded-file.js';
import { ImportOptionsDto } from './import-options.dto.js';

/** A multipart body, read as far as its file. */
export interface ImportUpload {
  options: ImportOptionsDto;
  fileName: string;
  contentType: string;
  /** The file's bytes; nothing of them has been taken. */
  file: AsyncIterable<Buffer> & { resume(): unknown };
}

/** Bytes that options may take: a mapping of two thousand long headers fits. */
const OPTIONS_LIMIT = 1024 * 1024;

const checkOptions = compileRules(ImportOptionsDto);

/**
 * Reads `options` and gets to the file of a multipart body.
 * @param maxBytes of the file; a longer one makes its stream fail with 413.
 * @throws Problem 400, 415 or 422 naming what is wrong.
 */
export async function readUpload(request: FastifyRequest, maxBytes: number): Promise<ImportUpload> {
  if (!request.isMultipart()) {
    const detail = 'Send multipart/form-data: `options` as JSON, then `file`.';
    throw new Problem('unsupported-media-type', detail);
  }
  const limits = { fileSize: maxBytes, files: 1, fields: 5, fieldSize: OPTIONS_LIMIT, parts: 6 };
  let options: ImportOptionsDto | undefined;
  for await (const part of request.parts({ limits })) {
    if (part.type === 'file') {
      if (!options) {
        part.file.resume();
        throw new Problem('bad-request', 'Send `options` before the file.');
      }
      const { filename, mimetype } = part;
      const resume = () => part.file.resume();
      const file = Object.assign(wholeFile(part, maxBytes), { resume });
      return { options, fileName: filename || 'import', contentType: mimetype, file };
    }
    if (part.fieldname !== 'options') {
      throw new Problem(
        'bad-request',
        `The body has options and file, not ${part.fieldname.slice(0, 64)}.`,
      );
    }
    options = readOptions(part.value);
  }
  throw new Problem(
    'bad-request',
    options ? 'The body has no file.' : 'The body has no `options`.',
  );
}

function readOptions(raw: unknown): ImportOptionsDto {
  let value = raw;
  if (typeof raw === 'string') {
    try {
      value = JSON.parse(raw);
    } catch {
      throw new Problem('bad-request', '`options` is not JSON.');
    }
  }
  const errors: FieldError[] = [];
  checkOptions(value, '', errors);
  if (errors.length > 0) throw Problem.validation(errors);
  return value as ImportOptionsDto;
}
