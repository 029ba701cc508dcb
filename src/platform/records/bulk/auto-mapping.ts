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
  mayDate: boolean,
): Map<string, string> {
  const fieldList = definition.fieldList.filter(({ readOnly }) => !readOnly);
  const custom = [...properties.values()];
  const meanings = [
    ...fieldList.flatMap(partPaths),
    ...fieldList
      .filter(({ references }) => !references)
      .map((field) => [field.name, pathOf(field)]),
    ...custom.map(({ name }) => [name, `custom.${name}`]),
    ...fieldList.map((field) => [field.label, pathOf(field)]),
    ...custom.map(({ name, label }) => [label, `custom.${name}`]),
    ...fieldList.flatMap((field) => (field.synonyms ?? []).map((text) => [text, pathOf(field)])),
    ...fieldList.flatMap(partMeanings),
    ...definition.lists.filter(({ readOnly }) => !readOnly).flatMap(itemMeanings),
    ...COMMON,
    ...(mayDate ? CREATED : []),
  ] as [string, string][];
  const names = new Map<string, string>();
  for (const [text, path] of meanings) {
    const name = plain(text);
    if (name !== '' && !names.has(name)) names.set(name, path);
  }
  return names;
}

type Field = ObjectDefinition['fieldList'][number];

/** Headers of what every record has. */
const COMMON: [string, string][] = [
  ...['Tags', 'Labels', 'Tag', 'Schlagwörter', '标签'].map((text): [string, string] => [
    text,
    'tags',
  ]),
  ...['Owner', 'Owner email', 'ownerId', 'Assigned to', '负责人'].map((text): [string, string] => [
    text,
    'ownerId',
  ]),
];

/** Headers of when records were made. */
const CREATED = [
  ...['createdAt', 'Created', 'Created at', 'Created on', 'Created date', 'Create date'],
  ...['Date created', 'Creation date', 'Erstellt', 'Erstellt am', '创建时间', '创建日期'],
].map((text): [string, string] => [text, 'createdAt']);

function partPaths({ name, kindName }: Field): [string, string][] {
  return (PARTS[kindName] ?? []).map((part) => [`${name}.${part}`, `${name}.${part}`]);
}

/** "Amount" alone could be any amount; an address there is only one. */
function partMeanings({ name, kindName }: Field): [string, string][] {
  if (kindName !== 'address') return [];
  return Object.entries(PART_SYNONYMS[kindName] ?? {}).flatMap(([part, texts]) =>
    texts.map((text): [string, string] => [text, `${name}.${part}`]),
  );
}

/** Members of a list's items, by their path, name, label and synonyms. */
function itemMeanings(list: Field): [string, string][] {
  return list.items
    .filter(({ readOnly }) => !readOnly)
    .flatMap((member): [string, string][] => {
      const path = `${list.name}.${pathOf(member)}`;
      const { name, label, references, synonyms = [] } = member;
      const keys = (references?.by ?? []).map((by): [string, string] => [
        `${references?.include ?? ''} ${by}`,
        `${list.name}.${references?.include ?? ''}.${by}`,
      ]);
      const own = [name, label, ...synonyms].map((text): [string, string] => [text, path]);
      return [[`${list.name}.${name}`, `${list.name}.${name}`], ...keys, ...own];
    });
}

function pathOf({ name, kindName, references }: Field): string {
  if (references?.object === 'user' || references?.by.length === 0) return name;
  if (references) return `${references.include}.${references.by[0] ?? ''}`;
  return kindName === 'address' ? `${name}.street` : name;
}

/**
 * Tells from the headers of a file where its columns go: by the names, labels and synonyms of the
 * object's fields. A file's own `id` becomes an external id under the name of the file, so that
 * the same file sent again finds its records; in a file exported by Keel it is the record's id.
 * @param file what its external ids are called, such as `breweries`, and whether it may say when
 * new records were made.
 * @returns a target path for each header; null for those that mean nothing here.
 */
export function matchHeaders(
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
  find: ObjectLookup,
  headers: readonly string[],
  file: { source: string; mayDate: boolean },
): (string | null)[] {
  const names = namesOf(definition, properties, file.mayDate);
  const isOwn = OWN_EXPORT.every((name) => headers.includes(name));
  const paths = headers.map((header): string | null => {
    if (readTarget(definition, properties, find, header)?.kind === 'link') return header;
    if (/^(?:custom|externalIds)\./.test(header)) {
      return readTarget(definition, properties, find, header) ? header : null;
    }
    const field = definition.fieldByName.get(header);
    if (field?.references) return header;
    const name = plain(header);
    if (name === 'id') return isOwn ? 'id' : `externalIds.${file.source}`;
    return names.get(name) ?? names.get(name.replace(PREFIX, '')) ?? null;
  });
  const used = new Set<string>();
  const once = (path: string | null): string | null => {
    if (path === null || (used.has(path) && !JOINED.test(path))) return null;
    used.add(path);
    return path;
  };
  const sure = withoutStrayItems(definition, paths).map(once);
  // Misspelt headers come last, so that they take nothing from one that is spelt right.
  const all = sure.map((path, index) => {
    if (path !== null || paths[index] !== null) return path;
    return once(misspelt(plain(headers[index] ?? ''), names) ?? null);
  });
  return withoutStrayItems(definition, all);
}

/**
 * Columns of list items only make sense where a key tells which record they belong to, and where
 * the list does not come as a whole.
 */
function withoutStrayItems(
  { lists, unique }: ObjectDefinition,
  paths: readonly (string | null)[],
): (string | null)[] {
  const hasKey = paths.some(
    (path) => path?.startsWith('externalIds.') || unique.some(({ name }) => name === path),
  );
  return paths.map((path) => {
    const list = lists.find(({ name }) => path?.startsWith(`${name}.`));
    return list && (!hasKey || paths.includes(list.name)) ? null : path;
  });
}

/** A name for external ids, from a file's: `Legacy CRM (2024).csv` gives `legacy-crm-2024`. */
export function sourceOf(fileName: string): string {
  const stem = fileName
    .replace(/^.*[/\\]/, '')
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]*$/, '');
  const words = fold(stem).match(/[a-z0-9]+/g) ?? [];
  const slug = words.join('-').slice(0, 63);
  return slug === '' ? 'import' : slug;
}

/** Whether two headers are the same to a person. */
export const isSameHeader = (a: string, b: string): boolean => a === b || plain(a) === plain(b);
