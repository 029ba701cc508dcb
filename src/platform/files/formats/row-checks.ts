import type { RowError } from './file-error.js';
import type { Limits } from './limits.js';
import type { Cell } from './row.js';
import { grouped } from './wording.js';

/** Whether a row says nothing at all. */
export function isBlank(cells: readonly Cell[]): boolean {
  for (const cell of cells) if (cell != null) return false;
  return true;
}

/**
 * Looks for text that the database cannot keep, and mends it in place so that the rejected row can
 * be shown, kept and sent again: U+0000 goes; a byte that is no text in the file's encoding is
 * shown as Windows-1252 would show it, which is what it mostly is.
 * @returns the first fault, or null when every cell is fit
 */
export function checkTexts(cells: Cell[], limits: Limits): RowError | null {
  let first: RowError | null = null;
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index];
    if (typeof cell !== 'string') continue;
    const fault = textFault(cell, index, limits);
    if (fault === null) continue;
    first ??= fault;
    cells[index] = mended(cell).slice(0, limits.maxCell);
  }
  return first;
}

function textFault(text: string, index: number, limits: Limits): RowError | null {
  const where = `Cell ${index + 1}`;
  if (text.length > limits.maxCell) {
    const most = grouped(limits.maxCell);
    return { code: 'cell-too-long', detail: `${where} is longer than ${most} characters.` };
  }
  if (text.includes('\0')) {
    return { code: 'nul-character', detail: `${where} holds a NUL character.` };
  }
  if (text.isWellFormed()) return null;
  const detail = `${where} holds bytes that are not text in the file's encoding.`;
  return { code: 'invalid-encoding', detail };
}

/** Windows-1252 for 0x80–0x9F; from 0xA0 on it is Unicode. Five of its bytes mean nothing. */
const WINDOWS_1252 = '€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ';

function mended(text: string): string {
  const withoutNul = text.replaceAll('\0', '');
  if (withoutNul.isWellFormed()) return withoutNul;
  return withoutNul.replace(/[\uDC80-\uDCFF]/gu, shownByte).toWellFormed();
}

/** A lone surrogate U+DC80…U+DCFF stands for the byte 0x80…0xFF that was no text. */
function shownByte(surrogate: string): string {
  const byte = surrogate.charCodeAt(0) - 0xdc00;
  return byte < 0xa0 ? (WINDOWS_1252[byte - 0x80] ?? '\ufffd') : String.fromCharCode(byte);
}
