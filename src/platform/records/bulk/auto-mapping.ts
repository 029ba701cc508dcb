import { fold } from '../../../common/fold.js';
import { misspelt } from '../../../common/misspelling.js';
import type { CustomProperty } from '../custom-properties.js';
import type { ObjectDefinition } from '../object-definition.js';
import { PART_SYNONYMS, PARTS } from './field-parts.js';
import { readTarget } from './targets.js';
import type { ObjectLookup } from './targets.js';

/** Headers are compared without case, accents, spaces and punctuation. */
const plain = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]/gu, '');

/** Words before a header that do not change what it means here. */
const PREFIX = /^(?:primary|main|default|business|work|office|billing|mailing|postal)(?=\p{L}{3})/u;

/** Members that only an export of Keel's own has beside `id`. */
const OWN_EXPORT = ['version', 'createdAt', 'updatedAt'];

/** Targets that take the texts of several columns. */
const JOINED = /\.street$/;

/** What headers can mean: plain names to target paths, the surest first. */
function namesOf(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
): Map<string, string> {
  const names = new Map<string, string>();
  const add = (text: string, path: string): void => {
    const name = plain(text);
    if (name !== '' && !names.has(name)) names.set(name, path);
  };
  const entries = definition.fieldList.map((field) => ({ field, path: pathOf(field) }));
  for (const { field } of entries) {
    for (const part of PARTS[field.kindName] ?? [])
      add(`${field.name}.${part}`, `${field.name}.${part}`);
  }
  for (const { field, path } of entries) if (!field.references) add(field.name, path);
  for (const { name } of properties.values()) add(name, `custom.${name}`);
  for (const { field, path } of entries) add(field.label, path);
  for (const { name, label } of properties.values()) add(label, `custom.${name}`);
  for (const { field, path } of entries) for (const text of field.synonyms ?? []) add(text, path);
  for (const { field } of entries) {
    for (const [part, texts] of Object.entries(PART_SYNONYMS[field.kindName] ?? {})) {
      // "Amount" alone could be any amount; an address there is only one.
      if (field.kindName !== 'address') continue;
      for (const text of texts) add(text, `${field.name}.${part}`);
    }
  }
  for (const text of ['Tags', 'Labels', 'Tag', 'Schlagwörter', '标签']) add(text, 'tags');
  for (const text of ['Owner', 'Owner email', 'ownerId', 'Assigned to', '负责人'])
    add(text, 'ownerId');
  return names;
}

function pathOf({ name, kindName, references }: ObjectDefinition['fieldList'][number]): string {
  if (references) return `${references.include}.${references.by[0] ?? 'name'}`;
  return kindName === 'address' ? `${name}.street` : name;
}

/**
 * Tells from the headers of a file where its columns go: by the names, labels and synonyms of the
 * object's fields. A file's own `id` becomes an external id under the name of the file, so that
 * the same file sent again finds its records; in a file exported by Keel it is the record's id.
 * @param source what external ids of the file are called, such as `breweries`.
 * @returns a target path for each header; null for those that mean nothing here.
 */
export function matchHeaders(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
  find: ObjectLookup,
  headers: readonly string[],
  source: string,
): (string | null)[] {
  const names = namesOf(definition, properties);
  const isOwn = OWN_EXPORT.every((name) => headers.includes(name));
  const paths = headers.map((header): string | null => {
    if (readTarget(definition, properties, find, header)?.kind === 'link') return header;
    if (/^(?:custom|externalIds)\./.test(header)) {
      return readTarget(definition, properties, find, header) ? header : null;
    }
    const field = definition.fieldByName.get(header);
    if (field?.references) return header;
    const name = plain(header);
    if (name === 'id') return isOwn ? 'id' : `externalIds.${source}`;
    return names.get(name) ?? names.get(name.replace(PREFIX, '')) ?? null;
  });
  const used = new Set<string>();
  const once = (path: string | null): string | null => {
    if (path === null || (used.has(path) && !JOINED.test(path))) return null;
    used.add(path);
    return path;
  };
  const sure = paths.map(once);
  // Misspelt headers come last, so that they take nothing from one that is spelt right.
  return sure.map((path, index) => {
    if (path !== null || paths[index] !== null) return path;
    return once(misspelt(plain(headers[index] ?? ''), names) ?? null);
  });
}

/** A name for external ids, from a file's: `Legacy CRM (2024).csv` gives `legacy-crm-2024`. */
export function sourceOf(fileName: string): string {
  const stem = fileName
    .replace(/^.*[/\\]/, '')
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]*$/, '');
  const slug = fold(stem)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return slug === '' ? 'import' : slug;
}

/** Whether two headers are the same to a person. */
export const isSameHeader = (a: string, b: string): boolean => a === b || plain(a) === plain(b);
