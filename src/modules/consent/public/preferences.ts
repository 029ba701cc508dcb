import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { CHANNELS } from '../channels.js';
import type { Channel } from '../channels.js';
import type { ConsentDto } from '../consents/consent.dto.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import type { PreferencesDto } from './public-consent.dto.js';

/** What a contact wants of one purpose and channel. */
export interface Preference {
  purpose: string;
  channel: Channel;
  granted: boolean;
}

/** What a contact wants. */
export interface Preferences {
  preferences: Preference[];
  unsubscribeAll: boolean;
}

/** Value of a box in the form: `marketing:email`. */
export const boxOf = (purpose: string, channel: Channel): string => `${purpose}:${channel}`;

/** Whether a contact gets it, or will once they have confirmed it. */
export function isWanted(state: ConsentDto, purpose: ConsentPurposeDto): boolean {
  if (state.status === 'none') return !purpose.consentNeeded;
  return state.status !== 'withdrawn';
}

/** The purposes that there still are, with what the contact said of them. */
export function preferencesOf(
  purposes: readonly ConsentPurposeDto[],
  states: readonly ConsentDto[],
): PreferencesDto {
  return {
    purposes: purposes
      .filter(({ active }) => active)
      .map((purpose) => ({
        ...{ purpose: purpose.key, name: purpose.name, description: purpose.description },
        channels: states
          .filter((state) => state.purpose === purpose.key)
          .map((state) => ({ channel: state.channel, granted: isWanted(state, purpose) })),
      })),
  };
}

/**
 * Reads JSON, or the form of the page: `shown` names every box and `box` those that are ticked.
 * @throws Problem 422.
 */
export function readPreferences(body: unknown, known: ReadonlySet<string>): Preferences {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw Problem.validation([{ pointer: '', code: 'isObject', detail: 'must be an object' }]);
  }
  const given = body as Record<string, unknown>;
  const isForm = 'shown' in given || typeof given['unsubscribeAll'] === 'string';
  const members = isForm ? ['shown', 'box', 'unsubscribeAll'] : ['preferences', 'unsubscribeAll'];
  const errors: FieldError[] = Object.keys(given)
    .filter((name) => !members.includes(name))
    .map((name) => ({
      ...{ pointer: `/${name.slice(0, 100)}`, code: 'unknownField' },
      detail: `is not a field of this request: ${members.join(', ')} are`,
    }));
  const { unsubscribeAll = false } = given;
  if (!isForm && typeof unsubscribeAll !== 'boolean') {
    errors.push({ pointer: '/unsubscribeAll', code: 'isBoolean', detail: 'must be true or false' });
  }
  const preferences = isForm ? ofForm(given) : ofJson(given['preferences'] ?? [], errors);
  preferences.forEach(({ purpose, channel }, index) => {
    if (known.has(boxOf(purpose, channel))) return;
    const detail = 'is not a purpose and channel of this page';
    errors.push({ pointer: `/preferences/${index}`, code: 'reference', detail });
  });
  if (errors.length > 0) throw Problem.validation(errors);
  return { preferences, unsubscribeAll: unsubscribeAll !== false };
}

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (item): item is string => typeof item === 'string',
  );

function ofForm(given: Record<string, unknown>): Preference[] {
  const ticked = new Set(listOf(given['box']));
  return [...new Set(listOf(given['shown']))].slice(0, MOST).map((box) => {
    const [purpose = '', channel = ''] = box.split(':');
    return { purpose, channel: channel as Channel, granted: ticked.has(box) };
  });
}

/** More boxes than a page has: purposes of a workspace times channels. */
const MOST = 50 * CHANNELS.length;

function ofJson(value: unknown, errors: FieldError[]): Preference[] {
  if (!Array.isArray(value) || value.length > MOST) {
    const detail = `must be a list of at most ${MOST}`;
    errors.push({ pointer: '/preferences', code: 'isArray', detail });
    return [];
  }
  return value.flatMap((item: unknown, index): Preference[] => {
    const { purpose, channel, granted } = (item ?? {}) as Record<string, unknown>;
    if (typeof purpose === 'string' && isChannel(channel) && typeof granted === 'boolean') {
      return [{ purpose, channel, granted }];
    }
    const detail = `must have purpose, channel (${CHANNELS.join(', ')}) and granted (true or false)`;
    errors.push({ pointer: `/preferences/${index}`, code: 'isObject', detail });
    return [];
  });
}

const isChannel = (value: unknown): value is Channel =>
  CHANNELS.some((channel) => channel === value);
