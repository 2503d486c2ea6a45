import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { keyOfPath, takeKeyFromPath } from '../../../src/auth-keys/key-path.js';
import { LEAK, oddText, secretText } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';

function take(url: string | undefined): [target: string, key: string | undefined] {
  const request = { url } as IncomingMessage;
  return [takeKeyFromPath(request), keyOfPath(request)];
}

describe('a key in the path', () => {
  it.each([
    ['/k/abc/xyz', '/xyz', 'abc'],
    ['/k/abc/xyz/0/0/0.png?v=1', '/xyz/0/0/0.png?v=1', 'abc'],
    ['/k/abc', '/', 'abc'],
    ['/k/abc/', '/', 'abc'],
    ['/k/abc?x=1', '/?x=1', 'abc'],
    ['/k/abc/?x=/k/def/', '/?x=/k/def/', 'abc'],
    ['/k/abc#x', '/#x', 'abc'],
    ['/k/a%2Fb/xyz', '/xyz', 'a%2Fb'],
    ['/k/../xyz', '/xyz', '..'],
    ['/k/abc\n/xyz\n', '/xyz\n', 'abc\n'],
    ['/k/abc/k/def/xyz', '/k/def/xyz', 'abc'],
    ['//k/abc//xyz', '//xyz', 'abc'],
    ['///k/abc', '/', 'abc'],
  ])('%j is asked for as %j', (url, target, key) => {
    expect(take(url)).toEqual([target, key]);
  });

  it.each([
    ['/k//x', '/x'],
    ['/k/', '/'],
    ['/k', '/'],
    ['/k?x=1', '/?x=1'],
    ['/k/?x=1', '/?x=1'],
  ])('%j has an empty one, which opens nothing', (url, target) => {
    expect(take(url)).toEqual([target, '']);
  });

  it.each(['/kx/..', '/K/abc/xyz', '/xyz/k/abc', '/?k/abc', 'k/abc', '/', '*', ''])(
    '%j has none and stays as it is',
    (url) => {
      expect(take(url)).toEqual([url, undefined]);
    },
  );

  it('is none where there is no target at all', () => {
    expect(take(undefined)).toEqual(['/', undefined]);
  });
});

describe('properties', () => {
  function take(url: string): { readonly target: string; readonly key: string | undefined } {
    const request = { url } as IncomingMessage;
    return { target: takeKeyFromPath(request), key: keyOfPath(request) };
  }

  const part = fc.oneof(
    fc.constantFrom('/', '/k', '/k/', 'k', '?', '#', 'abc', '/xyz/0/0/0.png', '..', '%2F'),
    oddText(4),
  );
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  /** What may stand behind a segment. */
  const rest = fc.tuple(fc.constantFrom('/', '?', '#'), text).map((parts) => parts.join(''));
  const segment = text.map((words) => words.replaceAll(/[/?#]/g, ''));

  describe('any target of a request', () => {
    it('that begins with /k/ and a segment is a key and a path', () => {
      holds(
        fc.property(segment, fc.oneof(fc.constant(''), rest), (key, following) => {
          const target = following.startsWith('/') ? following : `/${following}`;
          expect(take(`/k/${key}${following}`)).toEqual({ key, target });
        }),
        1000,
      );
    });

    it('that begins otherwise stays as it is, and one of /k alone has an empty key', () => {
      holds(
        fc.property(
          fc.oneof(
            text,
            text.map((words) => `/k${words}`),
          ),
          (url) => {
            if (/^\/+k\//.test(url)) return;
            const bare = /^\/+k(?=[?#]|$)/.test(url);
            expect(take(url)).toEqual(
              bare ? { key: '', target: `/${url.replace(/^\/+k/, '')}` } : { key: undefined, target: url },
            );
          },
        ),
      );
    });

    it('gives up the whole key, so that nothing of it is left for a log', () => {
      holds(
        fc.property(secretText(), fc.oneof(fc.constant(''), rest), (key, following) => {
          const taken = take(`/k/${key}${following}`);
          expect(taken.key).toBe(key);
          expect(taken.target).not.toMatch(LEAK);
        }),
      );
    });
  });
});
