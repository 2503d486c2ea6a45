import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { type KeyCarriers, presentedKey } from '../../../src/auth-keys/presented-key.js';
import { oddText, recased, wellFormed } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';

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
  it.each(carriers.flatMap((a, i) => carriers.slice(i + 1).map((b) => [merged(a, b), found(a)] as const)))(
    'that presents one key twice has it in the first form: %j',
    (both, first) => {
      expect(found(both)).toBe(first);
    },
  );

  it.each(
    carriers.flatMap((a, i) =>
      carriers.slice(i + 1).map((b) => [JSON.parse(JSON.stringify(merged(a, b)).replace('abc', 'abd'))]),
    ),
  )('that presents two different keys is not judged by either: %j', (both) => {
    expect(found(both as Partial<KeyCarriers>)).toBe('several');
  });

  it.each([
    [{ key: ['abc', 'abc'] }, 'query:abc'],
    [{ key: 'abc', Key: 'abc' }, 'query:abc'],
    [{ token: 'abc', key: 'abc' }, 'query:abc'],
    [{ key: ['abc', 'abd'] }, 'several'],
    [{ key: 'abc', Key: 'abd' }, 'several'],
    [{ key: 'abc', access_token: 'abd' }, 'several'],
    [{ access_token: ['abc', ''] }, 'several'],
  ])('with the query %j presents %s', (query, expected) => {
    expect(found({ query })).toBe(expected);
  });

  it.each([
    [{ key: 'abc' }, 'key'],
    [{ KEY: 'abc' }, 'key'],
    [{ access_token: 'abc' }, 'access_token'],
    [{ Access_Token: 'abc' }, 'access_token'],
    [{ token: 'abc' }, 'token'],
    [{ token: 'abc', access_token: 'abc' }, 'access_token'],
  ])('names its parameter: %j', (query, parameter) => {
    expect(presentedKey({ query, headers: {}, path: undefined })).toEqual({
      kind: 'one',
      form: 'query',
      key: 'abc',
      parameter,
    });
  });

  it.each([
    ['?key=', { query: { key: 'abc' } }, 'query:abc'],
    ['?access_token=', { query: { access_token: 'abc' } }, 'query:abc'],
    ['the path', { path: 'abc' }, 'path:abc'],
    ['X-API-Key', { headers: { 'x-api-key': 'abc' } }, 'header:abc'],
    ['an empty ?key=', { query: { key: '' } }, 'query:'],
  ] as [string, Partial<KeyCarriers>, string][])(
    'with %s is not judged by the credentials that a proxy has checked',
    (_name, carrier, expected) => {
      expect(found(merged(carrier, { headers: basic('proxy-user:proxy-password') }))).toBe(expected);
      expect(found(merged(carrier, { headers: { authorization: 'Bearer eyJ.eyJ.c2ln' } }))).toBe(expected);
      expect(found(merged(carrier, { headers: { authorization: 'Bearer other' } }))).toBe('several');
    },
  );
});

describe('properties', () => {
  const someText = oddText(12);
  const word = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), someText);

  /** One way to present a key: how it looks in a request, and how it is to be found there. */
  interface Carrier {
    readonly form: 'query' | 'path' | 'header';
    readonly key: string;
    readonly put: (request: Request) => void;
    /** Whether it counts only without another one. */
    readonly weak?: boolean;
  }
  interface Request {
    readonly query: Record<string, string[] | string>;
    readonly headers: Record<string, string | string[]>;
    path: string | undefined;
  }

  const inQuery = fc
    .record({
      name: fc.oneof(fc.constant('key'), recased('key'), recased('access_token'), recased('token')),
      key: word,
    })
    .map(({ name, key }): Carrier => ({
      form: 'query',
      key,
      // As the server's parser has it: the second value of a name makes a list.
      put: ({ query }) => (query[name] = name in query ? [query[name]!, key].flat() : key),
    }));
  const inPath = word.map((key): Carrier => ({ form: 'path', key, put: (request) => (request.path = key) }));
  const inHeader = word.map((key): Carrier => ({
    form: 'header',
    key,
    put: ({ headers }) => (headers['x-api-key'] = key),
  }));
  const credentials = (scheme: string, key: fc.Arbitrary<string>, said: (key: string) => string) =>
    fc
      .record({ name: recased(scheme), blanks: fc.constantFrom(' ', '   '), key })
      .map(({ name, blanks, key: found }): Carrier => ({
        form: 'header',
        key: found,
        weak: scheme === 'basic' || !/^[A-Za-z0-9_-]{1,128}$/.test(found),
        put: ({ headers }) => (headers.authorization = `${name}${blanks}${said(found)}`),
      }));
  const bearer = credentials(
    'bearer',
    word.map((key) => key.replaceAll(/\s/g, '')).filter((key) => key !== ''),
    (key) => key,
  );
  const basic = fc
    .tuple(
      someText.map((name) => name.replaceAll(':', '')),
      fc.constant(undefined),
    )
    .chain(([user]) =>
      credentials('basic', word.map(wellFormed), (key) => Buffer.from(`${user}:${key}`).toString('base64')),
    );

  const OTHERS = fc.record({
    query: fc.dictionary(
      someText.filter((name) => !['key', 'access_token', 'token'].includes(name.toLowerCase())),
      fc.oneof(someText, fc.array(someText)),
    ),
    headers: fc.dictionary(fc.constantFrom('cookie', 'x-api-keys', 'proxy-authorization', 'key'), someText),
  });

  function found(
    carriers: readonly Carrier[],
    others: { query: Request['query']; headers: Request['headers'] },
  ) {
    const request: Request = { query: { ...others.query }, headers: { ...others.headers }, path: undefined };
    for (const { put } of carriers) put(request);
    return presentedKey(request);
  }

  describe('any request', () => {
    const maybe = (carrier: fc.Arbitrary<Carrier>) => fc.option(carrier, { nil: undefined, freq: 2 });
    const someCarriers = fc
      .tuple(
        fc.array(inQuery, { maxLength: 3 }),
        maybe(inPath),
        maybe(inHeader),
        maybe(fc.oneof(bearer, basic)),
      )
      .map((parts) => parts.flat().filter((carrier) => carrier !== undefined));

    it('presents the one key that was put in, none, or several, wherever each was put', () => {
      holds(
        fc.property(
          fc.oneof(
            someCarriers,
            fc.oneof(inQuery, inPath, inHeader, bearer, basic).map((one) => [one]),
          ),
          OTHERS,
          (carriers, others) => {
            const explicit = carriers.filter(({ weak }) => !weak);
            const keys = new Set((explicit.length > 0 ? explicit : carriers).map(({ key }) => key));
            const presented = found(carriers, others);
            expect(presented.kind).toBe(['none', 'one'][keys.size] ?? 'several');
            if (presented.kind !== 'one') return;
            expect(keys).toEqual(new Set([presented.key]));
            expect(carriers.map(({ form }) => form)).toContain(presented.form);
          },
        ),
        1000,
      );
    });

    it('with any text in its headers presents a key that was in it, or none', () => {
      const authorization = fc
        .tuple(
          fc.oneof(recased('Bearer'), recased('Basic'), someText),
          fc.constantFrom(' ', '  ', ''),
          someText,
        )
        .map((parts) => parts.join(''));
      holds(
        fc.property(authorization, (text) => {
          const carriers: KeyCarriers = { query: {}, headers: { authorization: text }, path: undefined };
          const presented = presentedKey(carriers);
          if (presented.kind === 'none') return;
          if (presented.kind !== 'one') throw new Error('one header is one key');
          const [scheme, sent] = text.split(/ +/) as [string, string];
          expect(presented.form).toBe('header');
          if (scheme.toLowerCase() === 'bearer') expect(presented.key).toBe(sent);
          else expect(Buffer.from(sent, 'base64').toString()).toContain(presented.key);
        }),
      );
    });
  });
});
