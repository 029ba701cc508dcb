import { SaxesParser } from 'saxes';
import { FileError } from '../file-error.js';
import type { Limits } from '../limits.js';

/** What a part of a workbook is made of. Names come without their namespace's prefix. */
export interface XmlHandler {
  onOpen(name: string, attributes: Readonly<Record<string, string>>): void;
  onClose(name: string): void;
  onText(text: string): void;
}

const MOST_LEVELS = 64;

/**
 * Parses XML as it comes and stops after each chunk, so that what the handler has gathered can be
 * taken. saxes knows no entities but XML's own five, so none can blow up.
 * @throws FileError `corrupt-file` for what is no XML, or is nested or long beyond all reason
 */
export async function* parseXml(
  chunks: AsyncIterable<string>,
  handler: XmlHandler,
  limits: Limits,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let depth = 0;
  let quiet = 0;
  let isAbsent = true;
  parser.on('opentag', ({ name, attributes }) => {
    quiet = 0;
    depth += 1;
    if (depth > MOST_LEVELS) throw damagedXml('its elements are nested too deep');
    handler.onOpen(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    quiet = 0;
    depth -= 1;
    handler.onClose(localName(name));
  });
  parser.on('text', (text) => handler.onText(text));
  parser.on('cdata', (text) => handler.onText(text));
  parser.on('error', (error) => {
    throw damagedXml(error.message);
  });
  for await (const chunk of chunks) {
    isAbsent = false;
    quiet += chunk.length;
    parser.write(chunk);
    // The parser keeps a text until it ends.
    if (quiet > limits.maxRow) throw damagedXml('one of its texts is too long');
    yield;
  }
  // A workbook may do without some of its parts.
  if (!isAbsent) parser.close();
}

/**
 * Parses a whole part.
 * @param pause called after each chunk
 * @throws FileError as parseXml
 */
export async function parseAll(
  chunks: AsyncIterable<string>,
  handler: XmlHandler,
  limits: Limits,
  pause?: () => Promise<void>,
): Promise<void> {
  const parsing = parseXml(chunks, handler, limits);
  while ((await parsing.next()).done !== true) await pause?.();
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

function damagedXml(why: string): FileError {
  return new FileError('corrupt-file', `The workbook is damaged: ${why}.`);
}
