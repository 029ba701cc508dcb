import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../../common/errors.js';
import { isUuid, uuidv7 } from '../../../common/uuid.js';
import { normalizeTags } from '../../../common/values/tags.js';
import { TICKET_PRIORITIES } from '../../tickets/index.js';
import { SLA_TARGETS } from '../clocks/sla-terms.js';
import type { EscalationAction, EscalationStep } from '../clocks/sla-terms.js';
import { MOST_ACTIONS, MOST_MINUTES } from './sla-policy.dto.js';

const MOST_USERS = 100;

/** Reads members of an object and finds fault with them. */
class Members {
  private readonly left: Set<string>;

  constructor(
    private readonly source: Readonly<Record<string, unknown>>,
    private readonly pointer: string,
    private readonly errors: FieldError[],
  ) {
    this.left = new Set(Object.keys(source));
  }

  fault(name: string, code: string, detail: string): void {
    this.errors.push({ pointer: `${this.pointer}${name && '/'}${name}`, code, detail });
  }

  oneOf<T extends string>(name: string, options: readonly T[]): T | undefined {
    const found = options.find((option) => option === this.take(name));
    if (found === undefined) this.fault(name, 'isIn', `must be one of ${options.join(', ')}`);
    return found;
  }

  minutes(name: string, fallback: number): number {
    const value = this.take(name) ?? fallback;
    const isMinutes = Number.isInteger(value) && (value as number) >= 0;
    if (isMinutes && (value as number) <= MOST_MINUTES) return value as number;
    this.fault(name, 'isInt', `must be a whole number of minutes from 0 to ${MOST_MINUTES}`);
    return fallback;
  }

  id(name: string): string | null {
    const value = this.take(name) ?? null;
    if (value === null) return null;
    if (typeof value === 'string' && isUuid(value)) return value.toLowerCase();
    this.fault(name, 'isUuid', 'must be a UUID');
    return null;
  }

  ids(name: string): string[] {
    const value = this.take(name) ?? [];
    const isList = Array.isArray(value) && value.length <= MOST_USERS;
    if (isList && value.every((item) => typeof item === 'string' && isUuid(item))) {
      return [...new Set(value.map((item) => item.toLowerCase()))];
    }
    this.fault(name, 'isUuid', `must be a list of at most ${MOST_USERS} UUIDs`);
    return [];
  }

  flag(name: string): boolean {
    const value = this.take(name) ?? false;
    if (typeof value !== 'boolean') this.fault(name, 'isBoolean', 'must be true or false');
    return value === true;
  }

  tag(name: string): string {
    const { value, error } = normalizeTags([this.take(name)]);
    if (error) this.fault(name, error.code, error.detail);
    return value?.[0] ?? '';
  }

  take(name: string): unknown {
    this.left.delete(name);
    return this.source[name];
  }

  /** What nobody has asked for is unknown. */
  end(): void {
    for (const name of this.left) this.fault(name.slice(0, 64), 'unknownField', 'is unknown here');
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ACTIONS = ['assign', 'setPriority', 'notify', 'addTag'] as const;

/**
 * Steps in the form they are kept in. One that says what a step before said keeps its id, so that
 * what was done for a ticket is not done again.
 * @param errors what is wrong is added to them.
 */
export function readEscalations(
  raw: readonly unknown[],
  before: readonly EscalationStep[],
  errors: FieldError[],
): EscalationStep[] {
  const known = [...before];
  return raw.flatMap((item, index) => {
    const said = readStep(item, `/escalations/${index}`, errors);
    if (!said) return [];
    const same = known.findIndex(({ id: _, ...other }) => isDeepStrictEqual(other, said));
    const [kept] = same < 0 ? [] : known.splice(same, 1);
    return [{ id: kept?.id ?? uuidv7(), ...said }];
  });
}

function readStep(
  raw: unknown,
  pointer: string,
  errors: FieldError[],
): Omit<EscalationStep, 'id'> | null {
  if (!isObject(raw)) {
    errors.push({ pointer, code: 'isObject', detail: 'must be an object' });
    return null;
  }
  const members = new Members(raw, pointer, errors);
  members.take('id'); // as it was answered
  const when = members.oneOf('when', ['warning', 'breach']);
  const target = members.oneOf('target', SLA_TARGETS);
  const afterMinutes = members.minutes('afterMinutes', 0);
  const list = members.take('actions');
  members.end();
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_ACTIONS) {
    members.fault('actions', 'isArray', `must be a list of 1 to ${MOST_ACTIONS} actions`);
    return null;
  }
  const actions = list.flatMap(
    (item, index) => readAction(item, `${pointer}/actions/${index}`, errors) ?? [],
  );
  return when && target ? { when, target, afterMinutes, actions } : null;
}

function readAction(
  raw: unknown,
  pointer: string,
  errors: FieldError[],
): EscalationAction | undefined {
  if (!isObject(raw)) {
    errors.push({ pointer, code: 'isObject', detail: 'must be an object' });
    return undefined;
  }
  const members = new Members(raw, pointer, errors);
  const type = members.oneOf('type', ACTIONS);
  const action = type && membersOf(type, members);
  if (type) members.end();
  return action;
}

function membersOf(type: (typeof ACTIONS)[number], members: Members): EscalationAction | undefined {
  switch (type) {
    case 'assign': {
      const [userId, teamId] = [members.id('userId'), members.id('teamId')];
      if (userId === null && teamId === null) {
        members.fault('', 'isNotEmpty', 'needs a userId, a teamId or both');
      }
      return { type, userId, teamId };
    }
    case 'setPriority': {
      const priority = members.oneOf('priority', TICKET_PRIORITIES);
      return priority && { type, priority };
    }
    case 'notify': {
      const [userIds, owner] = [members.ids('userIds'), members.flag('owner')];
      if (userIds.length === 0 && !owner) {
        members.fault('', 'isNotEmpty', 'needs userIds, "owner": true or both');
      }
      return { type, userIds, owner };
    }
    case 'addTag':
      return { type, tag: members.tag('tag') };
  }
}
