import type { FieldError } from '../../../common/errors.js';
import { closest } from '../../../common/suggest.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { jsonMembers } from '../../../platform/records/record-json.js';
import type { Compiled } from './engine.js';

/** What templates may name, as a tree: `true` is a value, or a value's members whatever they are. */
export interface Names {
  [name: string]: true | Names;
}

/** Members whose own members are free, such as the street of an address. */
const OPEN = true as const;

/** What a mail can say: of the contact, its company, the campaign and how to leave. */
export function namesOf(
  contact: ObjectDefinition,
  company: ObjectDefinition,
  custom: { contact: Iterable<string>; company: Iterable<string> },
): Names {
  return {
    contact: { ...membersOf(contact), custom: treeOf(custom.contact) },
    company: { ...membersOf(company), custom: treeOf(custom.company) },
    campaign: { id: OPEN, name: OPEN, subject: OPEN },
    sender: { name: OPEN, address: OPEN },
    unsubscribeUrl: OPEN,
    preferencesUrl: OPEN,
  };
}

const membersOf = (definition: ObjectDefinition): Names =>
  treeOf(Object.keys(jsonMembers(definition)));

const treeOf = (names: Iterable<string>): Names =>
  Object.fromEntries([...names].map((name) => [name, OPEN]));

/** Names of a template that there are not, each once. */
export function unknownNames({ names }: Compiled, known: Names, pointer: string): FieldError[] {
  const errors = new Map<string, FieldError>();
  for (const steps of names) {
    const fault = faultOf(steps, known);
    if (!fault || errors.has(fault.path)) continue;
    const detail = `has the placeholder ${fault.path}, which there is not${fault.hint}`;
    errors.set(fault.path, { pointer, code: 'unknownPlaceholder', detail });
  }
  return [...errors.values()];
}

function faultOf(
  steps: readonly (string | null)[],
  known: Names,
): { path: string; hint: string } | undefined {
  let at: true | Names = known;
  for (const [index, step] of steps.entries()) {
    if (at === OPEN || step === null) return undefined;
    // What is asked of a list or text itself, rather than of its members.
    if (index > 0 && (step === 'size' || step === 'first' || step === 'last')) return undefined;
    const next: true | Names | undefined = Object.hasOwn(at, step) ? at[step] : undefined;
    if (next === undefined) {
      const before = steps.slice(0, index).join('.');
      const near = closest(step, Object.keys(at));
      const meant = near === undefined ? undefined : [before, near].filter(Boolean).join('.');
      const path = [before, step].filter(Boolean).join('.').slice(0, 100);
      return { path, hint: meant === undefined ? '' : `; did you mean ${meant}?` };
    }
    at = next;
  }
  return undefined;
}
