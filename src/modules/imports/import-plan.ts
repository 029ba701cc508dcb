import { compileCells } from '../../platform/records/bulk/cell-sources.js';
import type { CellsOf } from '../../platform/records/bulk/cell-sources.js';
import { isSameHeader, matchHeaders, sourceOf } from '../../platform/records/bulk/auto-mapping.js';
import { compileLeftOut } from '../../platform/records/bulk/left-out.js';
import type { BulkCell } from '../../platform/records/bulk/row-parser.js';
import { readTarget, targetNames } from '../../platform/records/bulk/targets.js';
import type { ObjectLookup, Target } from '../../platform/records/bulk/targets.js';
import type { FieldSpec } from '../../platform/records/field-types.js';
import { matchKey } from '../../platform/records/match-key.js';
import type { MatchKey } from '../../platform/records/match-key.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { WorkspaceSettings } from '../../platform/records/record-settings.js';
import { checkLeftOut, givenPaths, planColumns, planList } from './import-columns.js';
import type { ImportOptionsDto } from './import-options.dto.js';
import { leftOutRules } from './option-checks.js';
import { PlanFault } from './plan-fault.js';

export { PlanFault };

/** Where the columns of a file go. */
export interface ImportPlan {
  headers: readonly string[];
  /** Target paths of each header; none for columns left out. */
  paths: readonly (readonly string[])[];
  /** Where the cells of a row go, and how they are read from it. */
  targets: Target[];
  cellsOf: CellsOf;
  /** Why a row is left out; null for one that is not. */
  leftOut: (cells: readonly BulkCell[]) => string | null;
  /** Headers that nothing was found for, and that the mapping does not name. */
  unmapped: string[];
  match: MatchKey | null;
  /** The list that each row gives an item of. */
  list: FieldSpec | null;
}

export interface PlanInput {
  definition: ObjectDefinition;
  settings: WorkspaceSettings;
  find: ObjectLookup;
  options: ImportOptionsDto;
  fileName: string;
  /** Whether headers alone make the file say when records were made. */
  readsDates: boolean;
  /** Further headers may come with later rows (ndjson, vcard). */
  isOpen: boolean;
}

/**
 * Settles where the columns of a file go and what its rows are matched on.
 * @throws PlanFault when that cannot work.
 */
export function planImport(input: PlanInput, headers: readonly string[]): ImportPlan {
  const { definition, settings, find, options, isOpen } = input;
  const given = options.mapping;
  const paths = given
    ? givenPaths(given, headers, isOpen)
    : matchHeaders(definition, settings.properties, find, headers, {
        source: sourceOf(input.fileName),
        mayDate: input.readsDates,
      }).map((path) => (path === null ? [] : [path]));
  const columns = planColumns(
    paths,
    options,
    (path) => readTarget(definition, settings.properties, find, path) ?? { kind: 'ignore' },
  );
  const targets = columns.map(({ target }) => target);
  if (paths.every((own) => own.length === 0) && !isOpen) {
    const known = targetNames(definition, settings.properties).join(', ');
    const detail = `No column of the file was recognised (${headers.slice(0, 20).join(', ')}). Give a mapping; properties: ${known}.`;
    throw new PlanFault('no-mapping', detail);
  }
  const named = given ? Object.keys(given) : [];
  const unmapped = headers.filter(
    (header, index) =>
      paths[index]?.length === 0 && !named.some((name) => isSameHeader(name, header)),
  );
  const rules = leftOutRules(options);
  const list = planList(targets);
  return {
    ...{ headers, paths, targets, unmapped, list },
    cellsOf: compileCells(columns.map(({ source }) => source)),
    leftOut: compileLeftOut(rules, checkLeftOut(rules, headers, isOpen)),
    match: matchOf(input, targets, list),
  };
}

/** The key asked for, or the surest of those the file has. */
function matchOf(
  input: PlanInput,
  targets: readonly Target[],
  list: FieldSpec | null,
): MatchKey | null {
  const { definition, settings, options } = input;
  const mapped = targets.flatMap(keyNameOf);
  const { mode = 'upsert', matchOn } = options;
  if (mode === 'create' && !list) return null;
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
  if (list) {
    const detail = `No column of the file tells which ${definition.object} each of the ${list.name} belongs to.`;
    throw new PlanFault('match-on', detail);
  }
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
