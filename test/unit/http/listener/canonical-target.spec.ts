import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { canonicalTarget, parseQuery } from '../../../../src/http/listener/canonical-target.js';
import { oddText } from '../../../support/properties/arbitraries.js';
import { holds } from '../../../support/properties/holds.js';

describe('the canonical form', () => {
  it.each([
    ['//xyz///a/', '/xyz/a/'],
    ['/a//b?u=http://x//y', '/a/b?u=http://x//y'],
    ['/a%40b%402x?c%40d', '/a@b@2x?c%40d'],
    ['/a%2540%4%40%31', '/a%2540%4@%31'],
    ['/a&key=b&c=d', '/a?key=b&c=d'],
    ['/a//b&amp;c=d', '/a/b?c=d'],
    ['/a#//b', '/a#//b'],
    ['//?Service=WMTS', '/wmts?Service=WMTS'],
    ['/?x=1;request=a', '/wmts?x=1;request=a'],
    ['/?x=1&%3Frequest=a', '/wmts?x=1&%3Frequest=a'],
  ])('of %j is %j', (target, canonical) => {
    expect(canonicalTarget(target)).toBe(canonical);
  });

  it.each([
    '',
    '*',
    '/',
    '/xyz/all/hot/3/4/2@2x.png',
    '/a&b',
    `/a&'b=c`,
    '/?services=1',
    'http://x//y',
    'a//b',
    '/a%3Fb',
    '/%2F',
  ])('of %j is the same', (target) => {
    expect(canonicalTarget(target)).toBe(target);
  });

  const part = fc.oneof(
    fc.constantFrom(
      '/',
      '//',
      '%40',
      '%4',
      '0',
      '%25',
      '@',
      '?',
      '#',
      '&',
      '&amp;',
      'service=',
      'wmts',
      'key=a',
      ';',
    ),
    oddText(4),
  );
  const target = fc.array(part, { maxLength: 10 }).map((parts) => `/${parts.join('')}`);

  it('of any target is its own canonical form, has single slashes, and keeps every other escape', () => {
    holds(
      fc.property(target, (text) => {
        const canonical = canonicalTarget(text);
        expect(canonicalTarget(canonical)).toBe(canonical);
        const [path] = canonical.split(/[?#]/, 1);
        expect(path).toMatch(/^\/(?!\/)/);
        expect(path).not.toMatch(/\/\/|%40/);
        const escapes = (words: string) => words.match(/%(?!40)/g)?.length;
        expect(escapes(canonical)).toBe(escapes(text));
      }),
      1000,
    );
  });
});

describe('a query', () => {
  it.each([
    ['a=1?b=2', { a: '1', b: '2' }],
    ['?a=1', { a: '1' }],
    ['%3Fa=1&%3fb=2&c=%3Fd=3', { a: '1', b: '2', c: '?d=3' }],
    ['a=1&amp;b=2&AMP;c=3&amp%3bd=4', { a: '1', b: '2', c: '3', d: '4' }],
    ['&&a=1&&b=2&', { a: '1', b: '2' }],
    ['a=1;b=2;c', { a: '1', b: '2;c' }],
    ['a=1&a=2?a=3', { a: ['1', '2', '3'] }],
    ['a=x%3Fb%3D2%26c%3D3%3Bd%3D4', { a: 'x?b=2&c=3;d=4' }],
    ['a=%c0%af&b=%zz%41&c=%e2%82%ac+1', { a: '%c0%af', b: '%zz%41', c: '€ 1' }],
    ['__proto__=1&a', { ['__proto__']: '1', a: '' }],
  ])('%j has its parameters', (query, parameters) => {
    expect({ ...parseQuery(query) }).toEqual(parameters);
  });

  it('has no limit on the number of its parameters', () => {
    expect(parseQuery(`${'a=1&'.repeat(5000)}key=b`)['key']).toBe('b');
  });
});
