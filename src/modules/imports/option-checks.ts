import { parsePlainWhere } from '../../common/filter/index.js';
import type { FieldError } from '../../common/errors.js';
import { Problem } from '../../common/errors.js';
import { cellReaders } from '../../common/values/cell-forms.js';
import { escapePointer } from '../../platform/http/rules.js';
import type { LeftOut } from '../../platform/records/bulk/left-out.js';
import { readTarget, targetNames } from '../../platform/records/bulk/targets.js';
import type { ObjectLookup, Target } from '../../platform/records/bulk/targets.js';
import { matchKey } from '../../platform/records/match-key.js';
import type { CellForms } from '../../platform/records/field-types.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { WorkspaceSettings } from '../../platform/records/record-settings.js';
import { createdFaults } from './import-dates.js';
import { pathsOf } from './import-columns.js';
import type { ImportOptionsDto, Mapping } from './import-options.dto.js';

const MOST_LEFT_OUT = 100;
const LONGEST_REASON = 500;

/** What can be said against the options before the file is read. */
export function checkOptions(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  find: ObjectLookup,
  options: ImportOptionsDto,
): FieldError[] {
  const { mapping, matchOn, defaults = {} } = options;
  const read = (path: string | null) => readTarget(definition, settings.properties, find, path);
  const known = targetNames(definition, settings.properties).join(', ');
  const errors = [
    ...matchFault(definition, settings, read, options),
    ...wordsFaults(read, known, options),
    ...createdFaults(read, options),
    ...formFaults(options),
    ...leftOutFaults(options),
  ];
  if (!mapping) return errors;
  const { paths, faults } = readMapping(read, known, mapping);
  errors.push(...faults, ...repeatedTargets(mapping, definition));
  if (paths.length === 0 && errors.length === 0) {
    errors.push({
      pointer: '/mapping',
      code: 'isNotEmpty',
      detail: 'must map at least one column',
    });
  }
  const isGiven = matchOn === undefined || paths.includes(matchOn) || matchOn in defaults;
  if (errors.length === 0 && !isGiven) {
    const detail = 'must be the target of a column of the mapping';
    errors.push({ pointer: '/matchOn', code: 'matchOn', detail });
  }
  return errors;
}

type Read = (path: string | null) => Target | undefined;

/** Target paths of a mapping, and what is wrong with it. */
function readMapping(
  read: Read,
  known: string,
  mapping: Record<string, unknown>,
): { paths: string[]; faults: FieldError[] } {
  const paths: string[] = [];
  const faults: FieldError[] = [];
  for (const [header, given] of Object.entries(mapping)) {
    const pointer = `/mapping/${escapePointer(header)}`;
    for (const path of Array.isArray(given) ? (given as unknown[]) : [given]) {
      if (path !== null && typeof path !== 'string') {
        const detail = 'must be the path of a property, several of them, or null';
        faults.push({ pointer, code: 'isString', detail });
      } else if (!read(path)) {
        faults.push({ pointer, code: 'unknownField', detail: `must be one of ${known}` });
      } else if (path) paths.push(path);
    }
  }
  return { paths, faults };
}

function matchFault(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  read: Read,
  { matchOn, mode, mapping = {} }: ImportOptionsDto,
): FieldError[] {
  if (matchOn === undefined) return [];
  const targets = Object.values(mapping).flatMap(pathsOf).map(read);
  const isGrouped = targets.some(
    (target) => target?.kind === 'item' || (target?.kind === 'link' && target.list !== null),
  );
  if (mode === 'create' && !isGrouped) {
    return [{ pointer: '/matchOn', code: 'matchOn', detail: 'has no use with mode create' }];
  }
  try {
    matchKey(definition, settings.properties, matchOn);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ pointer: '/matchOn', code: 'matchOn', detail: error.detail }];
  }
}

/** Only texts and tags can be put together from several columns. */
function repeatedTargets(mapping: Mapping, definition: ObjectDefinition): FieldError[] {
  const seen = new Set<string>();
  return Object.entries(mapping).flatMap(([header, given]) =>
    pathsOf(given).flatMap((path): FieldError[] => {
      const isText = definition.fieldByName.get(path)?.kindName === 'text';
      const isRepeated =
        seen.has(path) && !isText && path !== 'tags' && !path.startsWith('address.');
      seen.add(path);
      if (!isRepeated) return [];
      const pointer = `/mapping/${escapePointer(header)}`;
      return [{ pointer, code: 'duplicate', detail: `another column goes to ${path} already` }];
    }),
  );
}

/** Constants, other words and factors name targets, and hold plain values. */
function wordsFaults(
  read: Read,
  known: string,
  { defaults = {}, values = {}, factors = {} }: ImportOptionsDto,
): FieldError[] {
  const isWord = (value: unknown): boolean => value === null || typeof value === 'string';
  const fits = {
    defaults: (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value),
    factors: (value: unknown) => Number.isFinite(value) && value !== 0,
    values: (value: unknown) =>
      typeof value === 'object' && value !== null && Object.values(value).every(isWord),
  };
  const what = {
    defaults: 'must be a text, a number, true or false',
    factors: 'must be a number other than 0',
    values: 'must be an object of a word of the file to another one, or null',
  };
  return Object.entries({ defaults, values, factors }).flatMap(([option, entries]) =>
    Object.entries(entries).flatMap(([path, value]): FieldError[] => {
      const pointer = `/${option}/${escapePointer(path)}`;
      if (!path || !read(path)) {
        return [{ pointer, code: 'unknownField', detail: `must be one of ${known}` }];
      }
      const name = option as keyof typeof fits;
      return fits[name](value) ? [] : [{ pointer, code: 'isPlain', detail: what[name] }];
    }),
  );
}

function formFaults(options: ImportOptionsDto): FieldError[] {
  const { dateFormat, timeZone } = options;
  if (dateFormat !== undefined && !cellReaders(dateFormat)) {
    const detail = 'must name day, month and year, such as M/D/YYYY, DD.MM.YY or D MMM YYYY';
    return [{ pointer: '/dateFormat', code: 'isDateFormat', detail }];
  }
  if (timeZone !== undefined && !cellReaders(undefined, timeZone)) {
    const detail = 'must be the name of a time zone such as Europe/Berlin';
    return [{ pointer: '/timeZone', code: 'isTimeZone', detail }];
  }
  return [];
}

/** How the file writes dates, times and numbers; checked before. */
export function cellForms({ dateFormat, timeZone, decimalMark }: ImportOptionsDto): CellForms {
  const readers = cellReaders(dateFormat, timeZone);
  if (!readers) throw new Error('The options have been checked');
  return { ...readers, decimalMark };
}

function leftOutFaults({ leaveOut = [] }: ImportOptionsDto): FieldError[] {
  const pointer = '/leaveOut';
  if (leaveOut.length > MOST_LEFT_OUT) {
    return [{ pointer, code: 'arrayMaxSize', detail: `must hold at most ${MOST_LEFT_OUT} rules` }];
  }
  return (leaveOut as unknown[]).flatMap((rule, index): FieldError[] => {
    const at = `${pointer}/${index}`;
    const { where, reason } = (rule ?? {}) as Partial<LeftOut>;
    if (typeof reason !== 'string' || reason.trim() === '' || reason.length > LONGEST_REASON) {
      const detail = `must say why rows are left out, in at most ${LONGEST_REASON} characters`;
      return [{ pointer: `${at}/reason`, code: 'isNotEmpty', detail }];
    }
    try {
      parsePlainWhere(where, `${at}/where`);
      return [];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error.errors ?? [];
    }
  });
}

/** The rules for rows to leave out, as they were checked before. */
export const leftOutRules = ({ leaveOut = [] }: ImportOptionsDto): LeftOut[] =>
  leaveOut.map(({ where, reason }) => ({ where: parsePlainWhere(where), reason }));
