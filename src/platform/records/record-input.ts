import type { FieldError } from '../../common/errors.js';
import { normalizeTags, readTags } from '../../common/values/tags.js';
import { isUuid } from '../../common/uuid.js';
import { normalizeText } from '../../common/values/text.js';
import type { ValueFault } from '../../common/values/normalized.js';
import { parseCustom } from './custom-properties.js';
import type { CustomProperty } from './custom-properties.js';
import { clear } from './field-kinds.js';
import type { ColumnValues, ParseContext } from './field-types.js';
import type { FieldSpec } from './field-types.js';
import type { ObjectDefinition } from './object-definition.js';

/** Values every record can have besides its object's own fields. */
export interface SideValues {
  tags: string[];
  custom: Record<string, unknown>;
  externalIds: Record<string, string>;
}

/** What a body or row asks for, normalised: only what it names is there. */
export interface RecordPatch {
  values: ColumnValues;
  /** undefined: not named. */
  ownerId?: string | null;
  /** When it was made, of a row of a file that says so. */
  createdAt?: string;
  tags?: string[];
  /** Merged into the stored ones; null removes. */
  custom: Record<string, unknown>;
  externalIds: Record<string, string | null>;
}

export interface InputSettings {
  /** Country and currency of the workspace, for numbers and amounts that name none. */
  country: string | null;
  currency: string;
  properties: ReadonlyMap<string, CustomProperty>;
  lenient: boolean;
}

const READ_ONLY = new Set([
  'id',
  'version',
  'createdAt',
  'updatedAt',
  'createdBy',
  'updatedBy',
  'deletedAt',
]);
const EXTERNAL_SOURCE = /^[A-Za-z0-9][\w-]{0,62}$/;

/**
 * Checks and normalises the members of a record body (or of an imported row): the one place where
 * input becomes column values.
 * @param existing country of the stored record, for a patch that names a phone but no address.
 * @param pointer where the record stands in the request, for errors.
 */
export function parseRecord(
  definition: ObjectDefinition,
  body: unknown,
  settings: InputSettings,
  errors: FieldError[],
  pointer = '',
): RecordPatch {
  const patch: RecordPatch = { values: {}, custom: {}, externalIds: {} };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    errors.push({ pointer, code: 'isObject', detail: 'must be an object' });
    return patch;
  }
  const input = body as Record<string, unknown>;
  const context: ParseContext = {
    country: settings.country,
    currency: settings.currency,
    lenient: settings.lenient,
  };
  const named = new Set(Object.keys(input));
  // Fields come in their declared order, so that an address is known before the phones are read.
  for (const field of definition.fieldList) {
    if (!named.delete(field.name)) continue;
    if (field.readOnly) {
      errors.push({ pointer: `${pointer}/${field.name}`, ...READ_ONLY_FAULT });
      continue;
    }
    parseField(field, input[field.name], patch.values, context, errors, pointer);
    const country = patch.values[`${field.column}_country`];
    if (field.kindName === 'address' && typeof country === 'string') context.country = country;
  }
  for (const name of named) parseSide(name, input[name], patch, settings, context, errors, pointer);
  return patch;
}

function parseField(
  field: FieldSpec,
  raw: unknown,
  values: ColumnValues,
  context: ParseContext,
  errors: FieldError[],
  pointer: string,
): void {
  const at = `${pointer}/${field.name}`;
  if (raw === null) {
    clear(field.kind, field, values);
    if (isNeeded(field)) {
      errors.push({ pointer: at, code: 'isNotEmpty', detail: 'must not be empty' });
    }
    return;
  }
  const fault = field.kind.parse(raw, field, values, context);
  if (fault) errors.push(faultAt(at, fault));
  else if (isNeeded(field) && values[field.columns[0]?.column ?? ''] === null) {
    errors.push({ pointer: at, code: 'isNotEmpty', detail: 'must not be empty' });
  }
}

const isNeeded = ({ required, initial }: FieldSpec): boolean =>
  required === true || initial !== undefined;

const faultAt = (pointer: string, fault: ValueFault): FieldError => ({
  pointer: pointer + (fault.at ?? ''),
  code: fault.code,
  detail: fault.detail,
});

function parseSide(
  name: string,
  raw: unknown,
  patch: RecordPatch,
  settings: InputSettings,
  context: ParseContext,
  errors: FieldError[],
  pointer: string,
): void {
  const at = `${pointer}/${name}`;
  switch (name) {
    case 'custom':
      return parseCustomValues(raw, patch, settings, context, errors, at);
    case 'externalIds':
      return parseExternalIds(raw, patch, errors, at);
    case 'tags':
      return parseTags(raw, patch, context, errors, at);
    case 'ownerId':
      return parseOwner(raw, patch, errors, at);
    default:
      errors.push({ pointer: at, ...(READ_ONLY.has(name) ? READ_ONLY_FAULT : UNKNOWN_FAULT) });
  }
}

const READ_ONLY_FAULT = { code: 'readOnly', detail: 'is set by the server' };
const UNKNOWN_FAULT = { code: 'unknownField', detail: 'is not a field of this object' };

function parseTags(
  raw: unknown,
  patch: RecordPatch,
  context: ParseContext,
  errors: FieldError[],
  pointer: string,
): void {
  const tags = (context.lenient ? readTags : normalizeTags)(raw ?? []);
  if (tags.error) errors.push(faultAt(pointer, tags.error));
  else patch.tags = tags.value;
}

function parseOwner(raw: unknown, patch: RecordPatch, errors: FieldError[], pointer: string): void {
  if (raw === null) patch.ownerId = null;
  else if (isUuid(raw)) patch.ownerId = raw.toLowerCase();
  else errors.push({ pointer, code: 'isUuid', detail: 'must be the id of a user' });
}

function parseCustomValues(
  raw: unknown,
  patch: RecordPatch,
  settings: InputSettings,
  context: ParseContext,
  errors: FieldError[],
  pointer: string,
): void {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    errors.push({ pointer, code: 'isObject', detail: 'must be an object' });
    return;
  }
  for (const [name, value] of Object.entries(raw)) {
    const property = settings.properties.get(name);
    const at = `${pointer}/${name}`;
    if (!property) {
      const detail = 'is not a property of this object; define it with POST /v1/properties';
      errors.push({ pointer: at, code: 'unknownField', detail });
    } else if (value === null || value === '') {
      patch.custom[name] = null;
    } else {
      const result = parseCustom(value, property, context);
      if (result.error) errors.push(faultAt(at, result.error));
      else patch.custom[name] = result.value;
    }
  }
}

function parseExternalIds(
  raw: unknown,
  patch: RecordPatch,
  errors: FieldError[],
  pointer: string,
): void {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const detail = 'must be an object of source to id, such as {"legacy-crm": "4711"}';
    errors.push({ pointer, code: 'isObject', detail });
    return;
  }
  for (const [source, id] of Object.entries(raw)) {
    const at = `${pointer}/${source}`;
    if (!EXTERNAL_SOURCE.test(source)) {
      const detail = 'a source has 1 to 63 letters, digits, - and _';
      errors.push({ pointer: at, code: 'externalSource', detail });
    } else if (id === null) {
      patch.externalIds[source] = null;
    } else {
      const text = normalizeText(typeof id === 'number' ? String(id) : id, 255);
      if (text.error) errors.push(faultAt(at, text.error));
      else patch.externalIds[source] = text.value === '' ? null : text.value;
    }
  }
}

/** Adds what a new record lacks: required fields and properties, and the object's own rule. */
export function checkComplete(
  definition: ObjectDefinition,
  values: ColumnValues,
  custom: Record<string, unknown>,
  properties: ReadonlyMap<string, CustomProperty>,
  errors: FieldError[],
  pointer = '',
): void {
  const lacking = (at: string): void => {
    if (errors.some((error) => error.pointer.startsWith(at))) return;
    errors.push({ pointer: at, code: 'isNotEmpty', detail: 'must be given' });
  };
  for (const { name, column } of definition.required) {
    if (values[column] === undefined) lacking(`${pointer}/${name}`);
  }
  for (const { name, required } of properties.values()) {
    if (required && (custom[name] ?? null) === null) lacking(`${pointer}/custom/${name}`);
  }
  const fault = errors.length === 0 ? definition.check?.(values) : undefined;
  if (fault) errors.push({ pointer, code: 'incomplete', detail: fault });
}
