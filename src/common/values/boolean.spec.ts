import { describe, expect, it } from '@jest/globals';
import { normalizeBoolean, readBoolean } from './boolean.js';

describe('normalizeBoolean', () => {
  it('takes true and false only', () => {
    expect(normalizeBoolean(true)).toEqual({ value: true });
    expect(normalizeBoolean(false)).toEqual({ value: false });
    for (const raw of ['true', 1, 0, '', null, undefined]) {
      expect(normalizeBoolean(raw).error?.code).toBe('isBoolean');
    }
  });
});

describe('readBoolean', () => {
  it.each(['true', 'TRUE', ' Yes ', 'y', '1', 'on', 'x', 'Ja', 'sí', '是', 1, true])(
    'reads %j as true',
    (raw) => {
      expect(readBoolean(raw)).toEqual({ value: true });
    },
  );

  it.each(['false', 'No', 'n', '0', 'off', 'nein', 'FALSO', '否', 0, false])(
    'reads %j as false',
    (raw) => {
      expect(readBoolean(raw)).toEqual({ value: false });
    },
  );

  it.each(['maybe', '2', '', '-', 2, null, 'yes'.repeat(10_000)])('refuses %j', (raw) => {
    expect(readBoolean(raw).error?.code).toBe('isBoolean');
  });
});
