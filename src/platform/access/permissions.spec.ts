import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../common/errors.js';
import { assertWithinOwn, beyond } from './escalation.js';
import {
  BUILT_IN_ROLES,
  intersectGrants,
  isGrant,
  parseGrants,
  PERMISSIONS,
  permissionsOfRole,
  PLATFORM_PERMISSIONS,
  scopeGrants,
} from './permissions.js';

const granted = (...entries: string[]) => Object.fromEntries(parseGrants(entries));

describe('grants', () => {
  test('name a permission, all of an object, one verb of all objects, or everything', () => {
    expect(granted('contact:read')).toEqual({ 'contact:read': 'all' });
    expect(Object.keys(granted('contact:*'))).toEqual(
      PERMISSIONS.filter((permission) => permission.startsWith('contact:')),
    );
    expect(Object.keys(granted('*:purge')).every((name) => name.endsWith(':purge'))).toBe(true);
    expect(parseGrants(['*']).size).toBe(PERMISSIONS.length - PLATFORM_PERMISSIONS.length);
  });

  test('reach as far as the widest entry, in any order', () => {
    expect(granted('contact:read:own', 'contact:read')).toEqual({ 'contact:read': 'all' });
    expect(granted('contact:read', 'contact:read:own')).toEqual({ 'contact:read': 'all' });
    expect(granted('contact:read:own')).toEqual({ 'contact:read': 'own' });
  });

  test('of own records do not open what has no owner', () => {
    expect(granted('user:manage:own')).toEqual({});
    expect(granted('*:own')['user:manage']).toBeUndefined();
    expect(granted('*:own')['contact:purge']).toBe('own');
    expect(isGrant('workspace:manage:own')).toBe(false);
  });

  test('never hold what is for platform administrators', () => {
    for (const permission of PLATFORM_PERMISSIONS) {
      expect(granted('*', permission, '*:*')[permission]).toBeUndefined();
    }
    expect(Object.fromEntries(scopeGrants(['admin:monitor']))).toEqual({ 'admin:monitor': 'all' });
    expect(scopeGrants(['*']).has('admin:monitor')).toBe(false);
  });

  test('show the audit trail only to who is given it by name or altogether', () => {
    expect(granted('*:read')['audit:read']).toBeUndefined();
    expect(granted('audit:read')['audit:read']).toBe('all');
    expect(granted('*')['audit:read']).toBe('all');
  });

  test('of a key and its user leave what both allow', () => {
    const both = intersectGrants(
      parseGrants(['contact:read', 'contact:update', 'user:read']),
      parseGrants(['contact:read:own', 'contact:update', 'role:read']),
    );
    expect(Object.fromEntries(both)).toEqual({ 'contact:read': 'own', 'contact:update': 'all' });
  });
});

describe('built-in roles', () => {
  const roles = Object.entries(BUILT_IN_ROLES);

  test.each(roles)('%s: every entry grants something', (_name, { permissions }) => {
    expect(permissions.filter((entry) => !isGrant(entry))).toEqual([]);
  });

  test('an owner may do all, an admin all but manage the workspace', () => {
    const of = (name: string) => parseGrants(BUILT_IN_ROLES[name]?.permissions ?? []);
    expect(beyond(of('owner'), of('admin'))).toEqual(['workspace:manage']);
    expect(beyond(of('admin'), of('owner'))).toEqual([]);
    expect(beyond(of('viewer'), of('member'))).toEqual([]);
    expect(beyond(of('member'), of('manager'))).toEqual([]);
  });

  test('grant what this version says, whatever was stored', () => {
    expect(permissionsOfRole({ name: 'viewer', builtIn: true, permissions: ['*'] })).toEqual([
      '*:read',
    ]);
    expect(permissionsOfRole({ name: 'viewer', builtIn: false, permissions: ['*'] })).toEqual([
      '*',
    ]);
    expect(permissionsOfRole({ name: 'gone', builtIn: true, permissions: ['*'] })).toEqual([]);
  });
});

describe('escalation', () => {
  test('is refused, naming what is missing', () => {
    const held = parseGrants(['contact:read', 'contact:update:own']);
    expect(beyond(parseGrants(['contact:update', 'contact:read:own', 'user:read']), held)).toEqual([
      'contact:update (all records)',
      'user:read',
    ]);
    expect(() => assertWithinOwn(parseGrants(['user:read']), held)).toThrow(Problem);
    expect(() => assertWithinOwn(held, held)).not.toThrow();
  });
});
