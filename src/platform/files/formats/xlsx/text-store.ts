import { readSync } from 'node:fs';
import { FileError } from '../file-error.js';
import type { Limits } from '../limits.js';
import { TemporaryFile } from './spool.js';

/** Texts, and characters, that are kept and looked up together. */
const PAGE_TEXTS = 256;
const PAGE_CHARACTERS = 256 * 1024;
/** Bytes of pages that stay in memory; what comes after goes to a temporary file. */
const MEMORY_BYTES = 16 * 1024 * 1024;
/** Bytes of pages ready for use. Texts are numbered as they are first used, so most are near. */
const READY_BYTES = 8 * 1024 * 1024;
/** Pages of a workbook: a full sheet of 32 columns, no two texts the same, has as many. */
const MOST_PAGES = 128 * 1024;

interface Page {
  /** Number of its first text. */
  first: number;
  /** Null once they are in the file. */
  bytes: Buffer | null;
  length: number;
  /** Place in the file. */
  at: number;
}

/**
 * A list of texts of any length in bounded memory. Excel keeps every text of a workbook in one such
 * list and has cells refer to it by number; all of them may be more than a worker should hold.
 */
export class TextStore {
  private readonly pages: Page[] = [];
  private readonly ready = new Map<Page, readonly string[]>();
  private readyBytes = 0;
  private count = 0;
  private filling: string[] = [];
  private fillingCharacters = 0;
  private inMemory = 0;
  private onDisk = 0;
  /** Pages before this one are written, or stay in memory. */
  private spilled = 0;
  private file: TemporaryFile | null = null;

  constructor(private readonly limits: Limits) {}

  /** @throws FileError `file-too-large` */
  add(text: string): void {
    const cut = text.length > this.limits.maxCell ? text.slice(0, this.limits.maxCell + 1) : text;
    this.filling.push(cut);
    this.fillingCharacters += cut.length;
    this.count += 1;
    const isFull = this.filling.length >= PAGE_TEXTS || this.fillingCharacters >= PAGE_CHARACTERS;
    if (isFull) this.turnPage();
    if (this.pages.length < MOST_PAGES && this.onDisk < this.limits.maxSpool * 4) return;
    throw new FileError('file-too-large', 'The workbook holds too many different texts.');
  }

  /** Writes what is too much for memory to disk; to be called every few thousand texts. */
  async spill(): Promise<void> {
    for (; this.spilled < this.pages.length; this.spilled += 1) {
      const page = this.pages[this.spilled]!;
      if (this.inMemory + page.length <= MEMORY_BYTES) {
        this.inMemory += page.length;
        continue;
      }
      this.file ??= await TemporaryFile.create();
      page.at = this.onDisk;
      await this.file.handle.write(page.bytes!, 0, page.length, page.at);
      this.onDisk += page.length;
      page.bytes = null;
    }
  }

  /** Text of a number counted from 0; undefined when there is none. */
  get(index: number): string | undefined {
    const first = this.count - this.filling.length;
    if (index >= first) return this.filling[index - first];
    const page = this.pageOf(index);
    return page === undefined ? undefined : this.textsOf(page)[index - page.first];
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
  }

  private turnPage(): void {
    const bytes = Buffer.from(JSON.stringify(this.filling));
    const first = this.count - this.filling.length;
    this.pages.push({ first, bytes, length: bytes.length, at: 0 });
    this.filling = [];
    this.fillingCharacters = 0;
  }

  /** The last page that begins at or before a number. */
  private pageOf(index: number): Page | undefined {
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pages[middle]!.first <= index) low = middle;
      else high = middle - 1;
    }
    return this.pages[low];
  }

  private textsOf(page: Page): readonly string[] {
    const known = this.ready.get(page);
    if (known !== undefined) return known;
    const texts = JSON.parse(this.bytesOf(page).toString('utf8')) as string[];
    this.ready.set(page, texts);
    this.readyBytes += page.length;
    for (const [oldest] of this.ready) {
      if (this.readyBytes <= READY_BYTES || oldest === page) break;
      this.ready.delete(oldest);
      this.readyBytes -= oldest.length;
    }
    return texts;
  }

  /** Reads at once: cells are looked up by the thousand, and the pages lie in the system's cache. */
  private bytesOf(page: Page): Buffer {
    if (page.bytes !== null) return page.bytes;
    const bytes = Buffer.allocUnsafe(page.length);
    readSync(this.file!.handle.fd, bytes, 0, page.length, page.at);
    return bytes;
  }
}
