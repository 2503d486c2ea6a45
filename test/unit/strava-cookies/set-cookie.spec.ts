import { describe, expect, it } from '@jest/globals';
import { setCookies } from '../../../src/strava-cookies/set-cookie.js';
import { signedSet } from '../../support/signed-cookies.js';

const set = signedSet('1', Date.parse('2026-06-02T00:00:00Z'));
const lines = (cookies: Record<string, string>) =>
  Object.entries(cookies).map(([name, value]) => `${name}=${value}; Domain=.strava.com; Path=/; Secure`);

describe('the cookies of a reply', () => {
  it('are read from after the deletions that come first', () => {
    const deletions = Object.keys(set).map(
      (name) => `${name}=; Max-Age=-1; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
    );
    expect(Object.fromEntries(setCookies([...deletions, ...lines(set)]))).toEqual(set);
  });

  it('are the last ones that are not empty, whatever their order', () => {
    const found = setCookies(['_strava_idcf=a', '_strava_idcf=b; Max-Age=86400', '_strava_idcf=; Max-Age=0']);
    expect(found.get('_strava_idcf')).toBe('b');
  });

  it('come as one line or as many, or not at all', () => {
    expect(setCookies('_strava_idcf=a; Path=/').get('_strava_idcf')).toBe('a');
    expect(setCookies(undefined).size).toBe(0);
    expect(setCookies([]).size).toBe(0);
  });

  it('are not torn by a comma, and lose every attribute', () => {
    const found = setCookies('_strava_idcf=a,b==; Expires=Wed, 21 Oct 2026 07:28:00 GMT; _strava4_session=x');
    expect([...found]).toEqual([['_strava_idcf', 'a,b==']]);
  });

  it('are only those that the gateway knows, in their exact names', () => {
    expect(
      setCookies(['tracking=x', '_STRAVA_IDCF=x', '__proto__=x', '=x', 'CloudFront-Policy2=x']).size,
    ).toBe(0);
    expect(setCookies('  _strava4_session = x ; Path=/').get('_strava4_session')).toBe('x');
  });

  it('hold nothing that would break out of a header', () => {
    expect(setCookies(['_strava_idcf=a b', '_strava4_session=a\tb', '_strava_idcf=a\r\nX: y']).size).toBe(0);
  });

  it('are not read from a line without "="', () => {
    expect(setCookies('_strava4_sessionX; Path=/').size).toBe(0);
  });
});
