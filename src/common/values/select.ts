import { accepted, refused, type Normalized, type Normalizer } from './normalized.js';

export interface SelectOption {
  value: string;
  label?: string;
}

const SEPARATORS = /[,;|\n]/;
const MOST_CHOICES = 1000;
const NAMED_IN_FAULT = 10;

/** One of the options, by its value. */
export function selectNormalizer(options: readonly SelectOption[]): Normalizer<string> {
  const values = new Map(options.map(({ value }) => [value, accepted(value)]));
  const fault = notAnOption(options);
  return (raw) => (typeof raw === 'string' ? values.get(raw) : undefined) ?? fault;
}

/** One of the options from an imported cell: by value or label, without regard to case. */
export function selectReader(options: readonly SelectOption[]): Normalizer<string> {
  const choices = new Map<string, Normalized<string>>();
  // Values go in last so that a value wins over another option's label.
  for (const { value, label } of options) if (label) choices.set(cellKey(label), accepted(value));
  for (const { value } of options) choices.set(cellKey(value), accepted(value));
  const exact = selectNormalizer(options);
  return (raw) => {
    const byValue = exact(raw);
    if (!byValue.error || typeof raw !== 'string') return byValue;
    return choices.get(cellKey(raw)) ?? byValue;
  };
}

/** Different options, in the order given, as a list. `one` decides what an option is. */
export function multiselectNormalizer(one: Normalizer<string>): Normalizer<string[]> {
  return (raw) => {
    if (!Array.isArray(raw) || raw.length > MOST_CHOICES) {
      return refused('isArray', 'must be a list of options');
    }
    const chosen = new Set<string>();
    for (let index = 0; index < raw.length; index++) {
      const option = one(raw[index]);
      if (option.error) return refused(option.error.code, option.error.detail, `/${index}`);
      chosen.add(option.value);
    }
    return accepted([...chosen]);
  };
}

/** Options from an imported cell, separated by `,` `;` `|` or a line break. */
export function multiselectReader(options: readonly SelectOption[]): Normalizer<string[]> {
  const one = selectReader(options);
  const many = multiselectNormalizer(one);
  return (raw) => {
    if (typeof raw !== 'string') return many(raw);
    const whole = one(raw); // an option's own label may hold a comma
    if (!whole.error) return accepted([whole.value]);
    return many(raw.split(SEPARATORS, MOST_CHOICES + 1).filter((part) => part.trim() !== ''));
  };
}

function cellKey(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}

function notAnOption(options: readonly SelectOption[]) {
  const named = options.slice(0, NAMED_IN_FAULT).map(({ value }) => value);
  const more = options.length > NAMED_IN_FAULT ? ', …' : '';
  return refused('isIn', `must be one of ${named.join(', ')}${more}`);
}
