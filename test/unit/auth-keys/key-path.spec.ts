import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { keyOfPath, takeKeyFromPath } from '../../../src/auth-keys/index.js';

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

  it.each(['/kx/..', '/K/abc/xyz', '/xyz/k/abc', '//k/abc/xyz', '/?k/abc', 'k/abc', '/', '*', ''])(
    '%j has none and stays as it is',
    (url) => {
      expect(take(url)).toEqual([url, undefined]);
    },
  );

  it('is none where there is no target at all', () => {
    expect(take(undefined)).toEqual(['/', undefined]);
  });
});
