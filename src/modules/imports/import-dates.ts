import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { PAST_PERMISSION } from '../../platform/access/permissions.js';
import { escapePointer } from '../../platform/http/rules.js';
import { isDated, readTarget } from '../../platform/records/bulk/targets.js';
import type { Target } from '../../platform/records/bulk/targets.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { pathsOf } from './import-columns.js';
import type { ImportOptionsDto } from './import-options.dto.js';

/** Whether headers alone make a file say when records were made. */
export const readsDates = (
  { grants }: RequestContext,
  { mode }: Pick<ImportOptionsDto, 'mode'>,
): boolean => grants.has(PAST_PERMISSION) && mode !== 'update';

/** @throws Problem 403 that names each option which only those may give who may date records back. */
export function assertMayDate(
  ctx: RequestContext,
  definition: ObjectDefinition,
  options: ImportOptionsDto,
): void {
  if (ctx.grants.has(PAST_PERMISSION)) return;
  const errors = given(options).flatMap(({ path, pointer }): FieldError[] => {
    if (!isDated(readTarget(definition, new Map(), () => undefined, path))) return [];
    const detail = `${path} needs the permission ${PAST_PERMISSION}`;
    return [{ pointer, code: 'forbidden', detail }];
  });
  if (errors.length === 0) return;
  const detail =
    `Only who has the permission ${PAST_PERMISSION} may say when things happened. Leave the columns ` +
    'out (null in the mapping), or let an administrator run the import.';
  throw new Problem('forbidden', detail, { errors });
}

/** Nothing is new in an import that only changes records. */
export function createdFaults(
  read: (path: string) => Target | undefined,
  options: ImportOptionsDto,
): FieldError[] {
  if (options.mode !== 'update') return [];
  return given(options).flatMap(({ path, pointer }): FieldError[] => {
    if (read(path)?.kind !== 'created') return [];
    const detail = `${path} is set on new records only: it has no use with mode update`;
    return [{ pointer, code: 'readOnly', detail }];
  });
}

/** The paths that options name, where they name them. */
function given({ mapping = {}, defaults = {} }: ImportOptionsDto): {
  path: string;
  pointer: string;
}[] {
  const columns = Object.entries(mapping).flatMap(([header, paths]) => {
    const pointer = `/mapping/${escapePointer(header)}`;
    return pathsOf(paths)
      .filter((path) => typeof path === 'string')
      .map((path) => ({ path, pointer }));
  });
  const constants = Object.keys(defaults).map((path) => {
    return { path, pointer: `/defaults/${escapePointer(path)}` };
  });
  return [...columns, ...constants];
}
