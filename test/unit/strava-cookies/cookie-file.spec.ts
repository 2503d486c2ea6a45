import { describe, expect, it } from '@jest/globals';
import { CookieFileError, parseCookies, serializeCookies } from '../../../src/strava-cookies/cookie-file.js';

const pairs = (text: string) => parseCookies(text).map(({ name, value }) => [name, value]);

const TWO = [
  ['_strava4_session', 'canary-session'],
  ['_strava_idcf', 'canary.token-_~'],
];

describe('a cookie file is read', () => {
  it.each([
    [
      "as the exporter's array",
      '[{"name":"_strava4_session","value":"canary-session"},{"name":"_strava_idcf","value":"canary.token-_~"}]',
    ],
    [
      'as the array of Cookie-Editor',
      JSON.stringify([
        {
          domain: '.strava.com',
          expirationDate: 1812345678.123,
          hostOnly: false,
          httpOnly: true,
          name: '_strava4_session',
          path: '/',
          sameSite: null,
          secure: true,
          storeId: null,
          value: 'canary-session',
        },
        { name: '_strava_idcf', value: 'canary.token-_~', id: 2 },
      ]),
    ],
    ['as a header line', '_strava4_session=canary-session; _strava_idcf=canary.token-_~'],
    ['as a header line without blanks', '_strava4_session=canary-session;_strava_idcf=canary.token-_~'],
    ['as a header with its name', 'Cookie: _strava4_session=canary-session; _strava_idcf=canary.token-_~;'],
    ['as a header in lower case', 'cookie:_strava4_session=canary-session; _strava_idcf=canary.token-_~'],
    [
      'as a header over several lines',
      '_strava4_session=canary-session;\r\n_strava_idcf=canary.token-_~;\r\n',
    ],
    ['as a header with quoted values', '_strava4_session="canary-session"; _strava_idcf="canary.token-_~"'],
    [
      'as cookies.txt',
      [
        '# Netscape HTTP Cookie File',
        '# https://curl.se/docs/http-cookies.html',
        '',
        '#HttpOnly_.strava.com\tTRUE\t/\tTRUE\t1812345678\t_strava4_session\tcanary-session',
        '.strava.com\tTRUE\t/\tTRUE\t0\t_strava_idcf\tcanary.token-_~',
        '',
      ].join('\n'),
    ],
    [
      'as cookies.txt without a heading',
      '.strava.com\tTRUE\t/\tTRUE\t0\t_strava4_session\tcanary-session\n.strava.com\tTRUE\t/\tTRUE\t0\t_strava_idcf\tcanary.token-_~',
    ],
  ])('%s', (_name, text) => {
    expect(pairs(text)).toEqual(TWO);
    expect(pairs(`\uFEFF${text}`)).toEqual(TWO);
    expect(pairs(`\n  ${text.replaceAll(/\r?\n/g, '\r\n')}\r\n\r\n`)).toEqual(TWO);
  });

  it('when it holds nothing but a session', () => {
    expect(pairs('[{"name":"_strava4_session","value":"x"}]')).toEqual([['_strava4_session', 'x']]);
    expect(pairs('_strava4_session=x')).toEqual([['_strava4_session', 'x']]);
    expect(pairs('a\tTRUE\t/\tTRUE\t0\t_strava4_session\tx')).toEqual([['_strava4_session', 'x']]);
    expect(pairs('[]')).toEqual([]);
  });

  it('with values that hold "=" and with empty ones', () => {
    expect(pairs('a=b==; c=; d=e=f')).toEqual([
      ['a', 'b=='],
      ['c', ''],
      ['d', 'e=f'],
    ]);
  });

  it('with a name that stands several times, every time and in order', () => {
    expect(pairs('a=1; b=2; a=3')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
  });

  it('with what a cookies.txt says of each cookie', () => {
    const [session, token] = parseCookies(
      '#HttpOnly_.strava.com\tTRUE\t/maps\tTRUE\t1812345678\t_strava4_session\tx\nwww.strava.com\tFALSE\t/\tFALSE\t0\tt\ty',
    );
    expect(session!.rest).toEqual({
      domain: '.strava.com',
      path: '/maps',
      secure: true,
      httpOnly: true,
      expirationDate: 1812345678,
    });
    expect(token!.rest).toEqual({ domain: 'www.strava.com', path: '/', secure: false, httpOnly: false });
  });

  it('with a cookies.txt that ends in an unrelated cookie without a value', () => {
    const text = '.s\tTRUE\t/\tTRUE\t0\t_strava4_session\tx\n.s\tTRUE\t/\tTRUE\t0\tempty\t\n';
    expect(pairs(text)).toEqual([
      ['_strava4_session', 'x'],
      ['empty', ''],
    ]);
  });
});

describe('a cookie file is refused', () => {
  it.each([
    ['that is empty', '', /the file is empty/],
    ['of blanks alone', ' \r\n\uFEFF\t', /empty|neither/],
    ['of a byte order mark alone', '\uFEFF', /the file is empty/],
    ['of broken JSON', '[{"name":"a","value":"canary-value"},', /looks like JSON, but is broken/],
    ['of a JSON object', '{"_strava4_session":"canary-value"}', /is JSON, but no array/],
    ['of a JSON string', '"canary-value"', /is JSON, but no array/],
    [
      'with a number as value',
      '[{"name":"a","value":1},{"name":"b","value":"canary-value"}]',
      /entry 0\.value/,
    ],
    ['with an entry without value', '[{"name":"a","value":"canary-value"},{"name":"b"}]', /entry 1\.value/],
    ['with an entry without name', '[{"value":"canary-value"}]', /entry 0\.name/],
    ['with an entry that is text', '["canary-value"]', /entry 0 /],
    ['that is a page', '<!doctype html><html><p>canary-value; a=b</p></html>', /neither JSON nor a list/],
    [
      'that is a page with deep indents',
      '<html>\n\t\t\t\t\t\t\t<p>canary-value</p>\n</html>',
      /neither|lacks columns/,
    ],
    ['that is a bare value', 'canary-value', /neither JSON nor a list/],
    ['with a name of blanks', 'a b=canary-value', /neither JSON nor a list/],
    [
      'with too few columns',
      'a\tTRUE\t/\tTRUE\t0\tx\tcanary-value\na\tTRUE\t/\tcanary-value',
      /cookie 2 of the cookies\.txt/,
    ],
    ['of binary', 'PK\u0003\u0004canary-value\0\0', /neither JSON nor a list/],
  ])('%s, in words that say what is accepted and hold no value', (_name, text, words) => {
    let error: unknown;
    try {
      parseCookies(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(CookieFileError);
    const { message, stack } = error as CookieFileError;
    expect(message).toMatch(words);
    expect(message).toContain('accepted are a JSON array');
    expect(`${message} ${stack}`).not.toContain('canary');
  });
});

describe('a cookie file is written back', () => {
  const entries = parseCookies(
    JSON.stringify([
      { name: 'first', value: '1', domain: '.strava.com', sameSite: null },
      { name: '_strava_idcf', value: 'old', path: '/', expirationDate: 1812345678.5, httpOnly: true },
      { name: 'last', value: '2', nested: { kept: [1] } },
    ]),
  );
  const written = (updates: [string, string][], from = entries) =>
    JSON.parse(serializeCookies(from, new Map(updates))) as Record<string, unknown>[];

  it('with new values in their old place, and every other attribute kept', () => {
    expect(written([['_strava_idcf', 'new']])).toEqual([
      { name: 'first', value: '1', domain: '.strava.com', sameSite: null },
      { name: '_strava_idcf', value: 'new', path: '/', httpOnly: true },
      { name: 'last', value: '2', nested: { kept: [1] } },
    ]);
  });

  it('without the expiry of a value that was replaced, and with that of one that was not', () => {
    expect(written([['_strava_idcf', 'new']])[1]).not.toHaveProperty('expirationDate');
    expect(written([['_strava_idcf', 'old']])[1]).toHaveProperty('expirationDate', 1812345678.5);
  });

  it('with new names at the end, in the order given', () => {
    const names = written([
      ['z', '1'],
      ['_strava_idcf', 'new'],
      ['a', '2'],
    ]).map(({ name }) => name);
    expect(names).toEqual(['first', '_strava_idcf', 'last', 'z', 'a']);
  });

  it('with one entry left of a name that stood several times, if that name is updated', () => {
    const duplicates = parseCookies('a=1; b=2; a=3; c=4; c=5; a=6');
    expect(written([['a', 'new']], duplicates)).toEqual([
      { name: 'a', value: 'new' },
      { name: 'b', value: '2' },
      { name: 'c', value: '4' },
      { name: 'c', value: '5' },
    ]);
  });

  it('as an array that is read again, whatever the format was', () => {
    const netscape = parseCookies('#HttpOnly_.s\tTRUE\t/\tTRUE\t1812345678\t_strava4_session\tx');
    const text = serializeCookies(netscape, new Map([['a', '1']]));
    expect(text.endsWith(']\n')).toBe(true);
    expect(parseCookies(text)).toEqual([...netscape, { name: 'a', value: '1', rest: {} }]);
  });

  it('as an empty array when there is nothing', () => {
    expect(parseCookies(serializeCookies([], new Map()))).toEqual([]);
  });
});
