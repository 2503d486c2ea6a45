import { describe, expect, it } from '@jest/globals';
import { presentedKey, type KeyCarriers } from '../../../src/auth-keys/presented-key.js';

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
/** `form:key`, `none` or `several`. */
function found(carriers: Partial<KeyCarriers>): string {
  const presented = presentedKey({ query: {}, headers: {}, path: undefined, ...carriers });
  return presented.kind === 'one' ? `${presented.form}:${presented.key}` : presented.kind;
}

describe('a request', () => {
  it.each([
    ['a query', { query: { key: 'abc' } }, 'query:abc'],
    ['a query in capitals', { query: { KEY: 'abc' } }, 'query:abc'],
    ['an empty query, which is a bad key and not no key', { query: { key: '' } }, 'query:'],
    ['a path', { path: 'abc' }, 'path:abc'],
    ['an empty path, which is a bad key too', { path: '' }, 'path:'],
    ['X-API-Key', { headers: { 'x-api-key': 'abc' } }, 'header:abc'],
    ['Bearer', { headers: { authorization: 'Bearer abc' } }, 'header:abc'],
    ['bearer', { headers: { authorization: 'bearer   abc' } }, 'header:abc'],
    ['the password of Basic', { headers: basic('anybody:abc') }, 'header:abc'],
    ['Basic without a user', { headers: basic(':abc') }, 'header:abc'],
    ['Basic with a colon in the password', { headers: basic('user:a:b') }, 'header:a:b'],
    ['Basic with an empty password', { headers: basic('user:') }, 'header:'],
  ] as [string, Partial<KeyCarriers>, string][])('presents a key by %s', (_name, carriers, expected) => {
    expect(found(carriers)).toBe(expected);
  });

  it.each([
    ['nothing', {}],
    ['other parameters', { query: { keys: 'abc', apikey: 'abc', v: '19' } }],
    ['an empty Authorization', { headers: { authorization: '' } }],
    ['a scheme alone', { headers: { authorization: 'Bearer' } }],
    ['another scheme', { headers: { authorization: 'Digest abc' } }],
    ['three words', { headers: { authorization: 'Bearer a b' } }],
    ['a cookie', { headers: { cookie: 'key=abc' } }],
  ] as [string, Partial<KeyCarriers>][])('presents no key by %s', (_name, carriers) => {
    expect(found(carriers)).toBe('none');
  });

  const carriers: Partial<KeyCarriers>[] = [
    { query: { key: 'abc' } },
    { path: 'abc' },
    { headers: { 'x-api-key': 'abc' } },
    { headers: { authorization: 'Bearer abc' } },
  ];
  const merged = (a: Partial<KeyCarriers>, b: Partial<KeyCarriers>) => ({
    ...a,
    ...b,
    headers: { ...a.headers, ...b.headers },
  });
  it.each(carriers.flatMap((a, i) => carriers.slice(i + 1).map((b) => [merged(a, b)])))(
    'that presents two keys is not judged by either, even if they are the same: %j',
    (both) => {
      expect(found(both)).toBe('several');
    },
  );

  it.each([{ key: ['abc', 'abc'] }, { key: 'abc', Key: 'abc' }])(
    'with two keys in its query presents several: %j',
    (query) => {
      expect(found({ query })).toBe('several');
    },
  );
});
