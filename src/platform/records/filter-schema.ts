import type { FieldSchema } from '../../common/filter/index.js';
import { accepted } from '../../common/values/normalized.js';
import type { Normalizer } from '../../common/values/normalized.js';
import { parseCustom, PROPERTY_TYPES } from './custom-properties.js';
import type { CustomProperty } from './custom-properties.js';
import type { ColumnValues, FieldKindName, FieldSpec, ParseContext } from './field-types.js';
import type { ObjectDefinition, PathSpec } from './object-definition.js';
import type { WorkspaceSettings } from './record-settings.js';

/** Kinds of fields whose values are stored in another form than people may write them. */
const REWRITTEN: ReadonlySet<FieldKindName> = new Set([
  'email',
  'domain',
  'url',
  'country',
  'language',
  'timeZone',
  'select',
  'phone',
]);

/** What can be filtered by: own paths, tags, external ids and the workspace's properties. */
export function fieldSchema(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
): FieldSchema {
  return (name) => {
    const path = definition.paths.get(name);
    if (path) {
      const { type, field } = path;
      const rewritten = field && REWRITTEN.has(field.kindName);
      const normalize = rewritten ? normalizerOf(field, settings) : path.normalize;
      return { type, filterable: true, normalize, isAddable: isAddable(path) };
    }
    const item = definition.indexedItems.get(name);
    if (item) return { type: item.member.columns[0]?.filter ?? 'text', filterable: true };
    if (name === 'tags') return { type: 'tags', filterable: true };
    if (/^externalIds\.[A-Za-z0-9][\w-]{0,62}$/.test(name)) {
      return { type: 'text', filterable: true };
    }
    const property = name.startsWith('custom.')
      ? settings.properties.get(name.slice(7))
      : undefined;
    if (!property) return undefined;
    const normalize = customNormalizerOf(property, settings);
    return { type: PROPERTY_TYPES[property.type], filterable: true, normalize };
  };
}

/** Numbers of the record's own that mean an amount: no versions, ids or ranks. */
const isAddable = ({ column, type }: PathSpec): boolean =>
  column !== 'version' && (type === 'integer' || type === 'number' || type === 'decimal');

/** Names to suggest from when a filter names something else. */
export function filterNames(
  definition: ObjectDefinition,
  { properties }: WorkspaceSettings,
): string[] {
  const custom = [...properties.keys()].map((name) => `custom.${name}`);
  return [...definition.paths.keys(), ...definition.indexedItems.keys(), 'tags', ...custom];
}

const contextOf = ({ country, currency }: WorkspaceSettings): ParseContext => ({
  country,
  currency,
  lenient: false,
});

/** Values get the form in which the field itself would store them. */
function normalizerOf(field: FieldSpec, settings: WorkspaceSettings): Normalizer<string> {
  return (raw) => {
    const stored: ColumnValues = {};
    const fault = field.kind.parse(raw, field, stored, contextOf(settings));
    return fault ? { error: fault } : accepted(String(stored[field.column] ?? ''));
  };
}

function customNormalizerOf(
  property: CustomProperty,
  settings: WorkspaceSettings,
): Normalizer<string> | undefined {
  const { type } = property;
  // Selects are compared as they are: records may still have an option that was taken away.
  if (type !== 'url' && type !== 'email') return undefined;
  return (raw) => {
    const result = parseCustom(raw, property, contextOf(settings));
    return result.error ? result : accepted(String(result.value));
  };
}
