import { FileError } from '../file-error.js';
import type { Limits } from '../limits.js';
import type { Archive } from './archive.js';
import { builtInFormat, formatOf, type NumberFormat } from './number-format.js';
import { parseAll, type XmlHandler } from './xml.js';

type Attributes = Readonly<Record<string, string>>;

interface Sheet {
  name: string;
  hidden: boolean;
  relation: string;
}

/** What has to be known of a workbook before one of its sheets can be read. */
export interface Workbook {
  /** Part that holds the sheet. */
  sheetPart: string;
  stringsPart: string;
  /** Formats of numbers by the cells' style. */
  formats: NumberFormat[];
  /** Whether days are counted from 1904, as on old Macs. */
  is1904: boolean;
}

const MOST_SHEETS = 10_000;
const MOST_STYLES = 100_000;

/**
 * Finds a sheet and the formats of its cells.
 * @param name of the sheet; by default the first that is not hidden
 * @throws FileError `unsupported-format` for other archives, `sheet-not-found`, `corrupt-file`
 */
export async function readWorkbook(
  archive: Archive,
  name: string | undefined,
  limits: Limits,
): Promise<Workbook> {
  const main = 'xl/workbook.xml';
  if (!archive.has(main)) throw otherArchive(archive);
  const book = new BookHandler();
  await parseAll(archive.text(main), book, limits);
  const relations = new RelationsHandler();
  await parseAll(archive.text('xl/_rels/workbook.xml.rels'), relations, limits);
  const styles = new StylesHandler();
  const stylesPart = relations.first('/styles') ?? 'xl/styles.xml';
  await parseAll(archive.text(stylesPart), styles, limits);
  const tables = book.sheets.filter(({ relation }) => relations.isWorksheet(relation));
  const sheet = chosen(tables, name);
  const sheetPart = relations.targets.get(sheet.relation)!.part;
  const stringsPart = relations.first('/sharedStrings') ?? 'xl/sharedStrings.xml';
  return { sheetPart, stringsPart, formats: styles.formats(), is1904: book.is1904 };
}

function otherArchive(archive: Archive): FileError {
  const what = archive.has('xl/workbook.bin')
    ? 'an .xlsb workbook: save it as .xlsx'
    : archive.has('word/document.xml')
      ? 'a Word document'
      : 'a zip archive and no workbook: unpack it and send the file in it';
  return new FileError('unsupported-format', `The file is ${what}.`);
}

function chosen(sheets: readonly Sheet[], name: string | undefined): Sheet {
  const sheet =
    name === undefined
      ? (sheets.find(({ hidden }) => !hidden) ?? sheets[0])
      : sheets.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (sheet !== undefined) return sheet;
  const names = sheets.slice(0, 20).map((one) => `"${one.name}"`);
  const detail =
    name === undefined
      ? 'The workbook has no sheet with cells.'
      : `The workbook has no sheet "${name}", but ${names.join(', ')}.`;
  throw new FileError('sheet-not-found', detail);
}

class BookHandler implements XmlHandler {
  readonly sheets: Sheet[] = [];
  is1904 = false;

  onOpen(name: string, attributes: Attributes): void {
    if (name === 'workbookPr') this.is1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
    if (name !== 'sheet' || this.sheets.length >= MOST_SHEETS) return;
    const id = Object.keys(attributes).find((key) => /(?:^|:)id$/.test(key));
    this.sheets.push({
      name: attributes.name ?? '',
      hidden: (attributes.state ?? 'visible') !== 'visible',
      relation: id === undefined ? '' : attributes[id]!,
    });
  }

  onClose(): void {
    // Everything stands in attributes.
  }

  onText(): void {
    // Everything stands in attributes.
  }
}

class RelationsHandler implements XmlHandler {
  readonly targets = new Map<string, { part: string; type: string }>();

  onOpen(name: string, { Id, Target, Type }: Attributes): void {
    if (name !== 'Relationship' || !Id || !Target || this.targets.size >= MOST_SHEETS) return;
    const part = Target.startsWith('/') ? Target.slice(1) : `xl/${Target.replace(/^\.\//, '')}`;
    this.targets.set(Id, { part, type: Type ?? '' });
  }

  onClose(): void {
    // Everything stands in attributes.
  }

  onText(): void {
    // Everything stands in attributes.
  }

  isWorksheet(id: string): boolean {
    return this.targets.get(id)?.type.endsWith('/worksheet') === true;
  }

  first(type: string): string | undefined {
    return [...this.targets.values()].find((target) => target.type.endsWith(type))?.part;
  }
}

class StylesHandler implements XmlHandler {
  private readonly codes = new Map<number, string>();
  private readonly styles: number[] = [];
  private inCells = false;

  onOpen(name: string, { numFmtId, formatCode }: Attributes): void {
    if (this.styles.length + this.codes.size >= MOST_STYLES) return;
    if (name === 'numFmt') this.codes.set(Number(numFmtId), formatCode ?? '');
    else if (name === 'cellXfs') this.inCells = true;
    else if (name === 'xf' && this.inCells) this.styles.push(Number(numFmtId ?? 0));
  }

  onClose(name: string): void {
    if (name === 'cellXfs') this.inCells = false;
  }

  onText(): void {
    // Everything stands in attributes.
  }

  formats(): NumberFormat[] {
    return this.styles.map((id) => {
      const code = this.codes.get(id);
      return code === undefined ? builtInFormat(id) : formatOf(code);
    });
  }
}
