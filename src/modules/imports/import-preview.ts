import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { normalizeCountry } from '../../common/values/country.js';
import { FileError, openRows } from '../../platform/files/formats/index.js';
import type { Row } from '../../platform/files/formats/index.js';
import { keyOfRow } from '../../platform/records/bulk/bulk-job.js';
import { compileRows } from '../../platform/records/bulk/row-parser.js';
import type { BulkRow, ParsedRow } from '../../platform/records/bulk/row-parser.js';
import { targetNames } from '../../platform/records/bulk/targets.js';
import { checkComplete } from '../../platform/records/record-input.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { byHeader } from './import-errors.service.js';
import { PlanFault, planImport } from './import-plan.js';
import { readsDates } from './import-dates.js';
import { leavingOut } from './import-runner.js';
import { cellForms } from './option-checks.js';
import type { ImportPlan } from './import-plan.js';
import type { ImportUpload } from './import-upload.js';
import type { ImportPreviewDto } from './import.dto.js';
import { ImportsService } from './imports.service.js';
import type { CheckedOptions } from './imports.service.js';
import { readOptionsOf } from './read-options.js';

const ROWS = 100;
const RECORDS = 5;
const SAMPLES = 3;
const SAMPLE_LENGTH = 100;

/** Shows what an import would make of a file, from its first rows; nothing is kept. */
@Injectable()
export class ImportPreview {
  constructor(
    private readonly kit: RecordKit,
    private readonly imports: ImportsService,
  ) {}

  async of(ctx: RequestContext, upload: ImportUpload): Promise<ImportPreviewDto> {
    const checked = await this.imports.check(ctx, upload.options);
    try {
      const reader = await openRows(upload.file, {
        ...readOptionsOf(upload.options, upload.fileName),
        contentType: upload.contentType,
        batchRows: ROWS,
      });
      const rows = await firstRows(reader);
      const { format, delimiter, encoding } = reader;
      const isOpen = format === 'ndjson' || format === 'vcard';
      const input = {
        ...checked,
        find: (object: string) => this.kit.get(object),
        ...{ options: upload.options, fileName: upload.fileName, isOpen },
        readsDates: readsDates(ctx, upload.options),
      };
      const plan = planImport(input, [...reader.headers]);
      return { format, delimiter, encoding, ...this.describe(upload, checked, plan, rows) };
    } catch (error) {
      throw asProblem(error);
    }
  }

  private describe(
    { options }: ImportUpload,
    { definition, settings }: CheckedOptions,
    plan: ImportPlan,
    rows: readonly Row[],
  ): Omit<ImportPreviewDto, 'format' | 'delimiter' | 'encoding'> {
    const parse = parserOf(options, definition, settings, plan);
    const parsed = rows.map((row) =>
      complete(parse(row as BulkRow), options.mode, definition, settings),
    );
    const faulty = parsed.filter(({ errors }) => errors.length > 0);
    const good = parsed.filter(({ errors }) => errors.length === 0);
    return {
      matchOn: plan.match?.name ?? null,
      columns: plan.headers.map((header, index) => ({
        header,
        property: plan.paths[index]?.join(', ') || null,
        samples: samplesOf(rows, index),
      })),
      unmappedHeaders: plan.unmapped,
      properties: targetNames(definition, settings.properties),
      rows: rows.length,
      errors: faulty.map(({ source, errors }) => ({
        line: source.line,
        errors,
        row: byHeader(plan.headers, source.cells),
      })),
      records: recordsOf(definition, plan, good),
    };
  }
}

function parserOf(
  options: ImportUpload['options'],
  definition: CheckedOptions['definition'],
  settings: CheckedOptions['settings'],
  plan: ImportPlan,
): (row: BulkRow) => ParsedRow {
  const { defaultCountry, emptyCells = 'ignore' } = options;
  const given = defaultCountry === undefined ? null : normalizeCountry(defaultCountry).value;
  const rules = {
    definition,
    properties: settings.properties,
    country: given ?? settings.country,
    currency: settings.currency,
    emptyCells,
    forms: cellForms(options),
  };
  return leavingOut(plan, compileRows(plan.targets, rules, plan.cellsOf));
}

async function firstRows(reader: AsyncIterable<Row[]>): Promise<Row[]> {
  for await (const batch of reader) return batch;
  return [];
}

/** Adds what a new record would lack; rows that change records may say as little as they like. */
function complete(
  row: ParsedRow,
  mode: string | undefined,
  definition: CheckedOptions['definition'],
  settings: CheckedOptions['settings'],
): ParsedRow {
  if (mode === 'update' || row.errors.length > 0) return row;
  const { values, custom } = row.patch;
  checkComplete(definition, values, custom, settings.properties, row.errors);
  return row;
}

function samplesOf(rows: readonly Row[], index: number): string[] {
  const samples = new Set<string>();
  for (const { cells } of rows) {
    const cell = cells[index];
    if (cell === null || cell === undefined || cell === '') continue;
    samples.add((typeof cell === 'string' ? cell : JSON.stringify(cell)).slice(0, SAMPLE_LENGTH));
    if (samples.size === SAMPLES) break;
  }
  return [...samples];
}

/** The first records; rows with the same key are one, each with an item of its list. */
function recordsOf(
  definition: CheckedOptions['definition'],
  { list, match }: ImportPlan,
  rows: readonly ParsedRow[],
): Record<string, unknown>[] {
  if (!list || !match) return rows.slice(0, RECORDS).map((row) => recordOf(definition, row));
  const groups = [...Map.groupBy(rows, (row) => keyOfRow(match, row)).values()];
  return groups.slice(0, RECORDS).map((group) => ({
    ...recordOf(definition, group[0] as ParsedRow),
    [list.name]: group.map((row) => ({ ...row.item, ...linked(row, list) })),
  }));
}

/** What a row, or its list item, refers to by something else than the id. */
function linked({ links }: ParsedRow, list: ImportPlan['list']): Record<string, string> {
  const own = links.filter(({ target }) => target.list === list);
  return Object.fromEntries(
    own.map(({ target, value }) => [
      `${target.field.references?.include ?? ''}.${target.by}`,
      value,
    ]),
  );
}

function recordOf(
  definition: CheckedOptions['definition'],
  row: ParsedRow,
): Record<string, unknown> {
  const { patch } = row;
  const record: Record<string, unknown> = {};
  for (const { name, column, kind } of definition.fieldList) {
    const value = kind.value(column, patch.values);
    if (value !== null) record[name] = value;
  }
  Object.assign(record, linked(row, null));
  if (patch.tags) record['tags'] = patch.tags;
  if (patch.ownerId !== undefined) record['ownerId'] = patch.ownerId;
  if (patch.createdAt !== undefined) record['createdAt'] = patch.createdAt;
  return { ...record, custom: patch.custom, externalIds: patch.externalIds };
}

function asProblem(error: unknown): unknown {
  if (error instanceof PlanFault) {
    const errors = [{ pointer: '/mapping', code: error.code, detail: error.detail }];
    return new Problem('validation', error.detail, { errors });
  }
  if (!(error instanceof FileError)) return error;
  const errors = [{ pointer: '/file', code: error.code, detail: error.detail }];
  return new Problem('validation', error.detail, { errors, extra: { line: error.line } });
}
