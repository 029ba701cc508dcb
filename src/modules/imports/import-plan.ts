import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { escapePointer } from '../../platform/http/rules.js';
import { isSameHeader, matchHeaders, sourceOf } from '../../platform/records/bulk/auto-mapping.js';
import { readTarget, targetNames } from '../../platform/records/bulk/targets.js';
import type { ObjectLookup, Target } from '../../platform/records/bulk/targets.js';
import { matchKey } from '../../platform/records/match-key.js';
import type { MatchKey } from '../../platform/records/match-key.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { WorkspaceSettings } from '../../platform/records/record-settings.js';
import type { ImportOptionsDto } from './import-options.dto.js';

/** Where the columns of a file go. */
export interface ImportPlan {
  headers: readonly string[];
  /** A target path for each header; null for columns left out. */
  paths: (string | null)[];
  targets: Target[];
  /** Headers that nothing was found for, and that the mapping does not name. */
  unmapped: string[];
  match: MatchKey | null;
}

/** A file and options that do not fit; `code` and `detail` go into the import's problem. */
export class PlanFault extends Error {
  override name = 'PlanFault';

  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

export interface PlanInput {
  definition: ObjectDefinition;
  settings: WorkspaceSettings;
  find: ObjectLookup;
  options: ImportOptionsDto;
  fileName: string;
  /** Further headers may come with later rows (ndjson, vcard). */
  isOpen: boolean;
}

/**
 * Settles where the columns of a file go and what its rows are matched on.
 * @throws PlanFault when that cannot work.
 */
export function planImport(input: PlanInput, headers: readonly string[]): ImportPlan {
  const { definition, settings, find, options } = input;
  const given = options.mapping;
  const paths = given
    ? givenPaths(given, headers, input.isOpen)
    : matchHeaders(definition, settings.properties, find, headers, sourceOf(input.fileName));
  const targets = paths.map(
    (path): Target => readTarget(definition, settings.properties, find, path) ?? { kind: 'ignore' },
  );
  if (targets.every(({ kind }) => kind === 'ignore') && !input.isOpen) {
    const known = targetNames(definition, settings.properties).join(', ');
    const detail = `No column of the file was recognised (${headers.slice(0, 20).join(', ')}). Give a mapping; properties: ${known}.`;
    throw new PlanFault('no-mapping', detail);
  }
  const named = given ? Object.keys(given) : [];
  const unmapped = headers.filter(
    (header, index) => paths[index] === null && !named.some((name) => isSameHeader(name, header)),
  );
  return { headers, paths, targets, unmapped, match: matchOf(input, targets) };
}

function givenPaths(
  mapping: Record<string, string | null>,
  headers: readonly string[],
  isOpen: boolean,
): (string | null)[] {
  const names = Object.keys(mapping);
  const missing = names.filter((name) => !headers.some((header) => isSameHeader(name, header)));
  if (missing.length > 0 && !isOpen) {
    const detail = `The file has no column ${missing.join(', ')}. Its columns: ${headers.slice(0, 50).join(', ')}.`;
    throw new PlanFault('missing-column', detail);
  }
  return headers.map((header) => {
    const name =
      names.find((item) => item === header) ?? names.find((item) => isSameHeader(item, header));
    return (name === undefined ? null : mapping[name]) || null;
  });
}

/** The key asked for, or the surest of those the file has. */
function matchOf(input: PlanInput, targets: readonly Target[]): MatchKey | null {
  const { definition, settings, options } = input;
  const mapped = targets.flatMap(keyNameOf);
  const { mode = 'upsert', matchOn } = options;
  if (mode === 'create') return null;
  if (matchOn !== undefined) {
    if (!mapped.includes(matchOn) && !input.isOpen) {
      throw new PlanFault(
        'match-on',
        `No column of the file gives ${matchOn}, which rows are to be matched on.`,
      );
    }
    return matchKey(definition, settings.properties, matchOn);
  }
  const name =
    ['id', ...definition.unique.map((field) => field.name)].find((key) => mapped.includes(key)) ??
    mapped[0];
  if (name !== undefined) return matchKey(definition, settings.properties, name);
  if (mode === 'upsert') return null;
  throw new PlanFault('match-on', 'No column of the file tells which record a row changes.');
}

function keyNameOf(target: Target): string[] {
  switch (target.kind) {
    case 'id':
      return ['id'];
    case 'field':
      return target.field.unique ? [target.field.name] : [];
    case 'custom':
      return target.property.unique ? [`custom.${target.property.name}`] : [];
    case 'external':
      return [`externalIds.${target.source}`];
    default:
      return [];
  }
}

/** What can be said against the options before the file is read. */
export function checkOptions(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  find: ObjectLookup,
  options: ImportOptionsDto,
): FieldError[] {
  const { mapping, matchOn, mode } = options;
  const errors =
    matchOn === undefined ? [] : keyFault(definition, settings, matchOn, mode === 'create');
  if (!mapping) return errors;
  const { paths, faults } = readMapping(definition, settings, find, mapping);
  errors.push(...faults, ...repeatedTargets(mapping, definition));
  if (paths.length === 0 && errors.length === 0) {
    errors.push({
      pointer: '/mapping',
      code: 'isNotEmpty',
      detail: 'must map at least one column',
    });
  }
  if (matchOn !== undefined && errors.length === 0 && !paths.includes(matchOn)) {
    const detail = 'must be the target of a column of the mapping';
    errors.push({ pointer: '/matchOn', code: 'matchOn', detail });
  }
  return errors;
}

/** Target paths of a mapping, and what is wrong with it. */
function readMapping(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  find: ObjectLookup,
  mapping: Record<string, unknown>,
): { paths: string[]; faults: FieldError[] } {
  const paths: string[] = [];
  const faults: FieldError[] = [];
  for (const [header, path] of Object.entries(mapping)) {
    const pointer = `/mapping/${escapePointer(header)}`;
    if (path !== null && typeof path !== 'string') {
      faults.push({ pointer, code: 'isString', detail: 'must be the path of a property, or null' });
    } else if (!readTarget(definition, settings.properties, find, path)) {
      const known = targetNames(definition, settings.properties).join(', ');
      faults.push({ pointer, code: 'unknownField', detail: `must be one of ${known}` });
    } else if (path) paths.push(path);
  }
  return { paths, faults };
}

function keyFault(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  matchOn: string,
  isCreate: boolean,
): FieldError[] {
  if (isCreate) {
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
function repeatedTargets(
  mapping: Record<string, string | null>,
  definition: ObjectDefinition,
): FieldError[] {
  const seen = new Set<string>();
  return Object.entries(mapping).flatMap(([header, path]) => {
    if (typeof path !== 'string' || path === '') return [];
    const isText = definition.fieldByName.get(path)?.kindName === 'text';
    const isRepeated = seen.has(path) && !isText && path !== 'tags' && !path.startsWith('address.');
    seen.add(path);
    if (!isRepeated) return [];
    const pointer = `/mapping/${escapePointer(header)}`;
    return [{ pointer, code: 'duplicate', detail: `another column goes to ${path} already` }];
  });
}
