import { describe, expect, it } from '@jest/globals';
import type { RequestContext } from '../../common/context.js';
import { cacheKey } from './cache-key.js';
import { chooseEncoding } from './cached-response.js';

const context = { workspaceId: 'w', accessKey: 'a' } as RequestContext;

describe('the key of an answer', () => {
  it('does not depend on the order of different parameters', () => {
    expect(cacheKey(context, '/v1/contacts?limit=5&cursor=x')).toBe(
      cacheKey(context, '/v1/contacts?cursor=x&limit=5'),
    );
  });

  it('depends on the order of values of one parameter', () => {
    expect(cacheKey(context, '/c?a=2&b=1&a=1')).toBe(cacheKey(context, '/c?b=1&a=2&a=1'));
    expect(cacheKey(context, '/c?a=2&a=1')).not.toBe(cacheKey(context, '/c?a=1&a=2'));
  });

  it.each([
    ['workspace', { ...context, workspaceId: 'v' }],
    ['access', { ...context, accessKey: 'b' }],
  ])('differs by %s', (_name, other) => {
    expect(cacheKey(other, '/c')).not.toBe(cacheKey(context, '/c'));
  });
});

describe('the encoding of an answer', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, zstd', 'zstd'],
    ['GZIP', 'gzip'],
    ['deflate', null],
    ['br;q=0', null],
    [undefined, null],
  ])('for Accept-Encoding %s is %s', (accepted, encoding) => {
    expect(chooseEncoding(accepted)).toBe(encoding);
  });
});
