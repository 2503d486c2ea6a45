import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { keyOfPath, takeKeyFromPath } from '../../src/auth-keys/key-path.js';
import { LEAK, oddText, secretText } from './arbitraries.js';
import { holds } from './holds.js';

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
          if (url.startsWith('/k/')) return;
          const bare = /^\/k(?=[?#]|$)/.test(url);
          expect(take(url)).toEqual(
            bare ? { key: '', target: `/${url.slice(2)}` } : { key: undefined, target: url },
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
