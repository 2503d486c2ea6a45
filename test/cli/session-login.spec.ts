/** The parts of a login that decide something, without a browser or a server. */
import { describe, expect, it } from '@jest/globals';
import { authenticityToken } from '../../src/strava-login/authenticity-token.js';
import { findBrowser } from '../../src/strava-login/browser-path.js';
import { CookieJar } from '../../src/strava-login/cookie-jar.js';
import { loginFailure } from '../../src/strava-login/classify-login.js';
import { ProbeSchedule } from '../../src/strava-login/probe-schedule.js';
import { pagesBeyondLogin } from '../../src/strava-login/web-pages.js';

const WEB = 'https://www.strava.com';

describe('the schedule of probes', () => {
  const LOGIN = { session: 'anonymous', beyondLogin: '' };
  /** Looks every 300 ms; gives the times at which the web host would be asked. */
  function asked(
    schedule: ProbeSchedule,
    look: (now: number) => { session: string; beyondLogin: string },
    until: number,
  ) {
    const times = [];
    for (let now = 0; now < until; now += 300) if (schedule.shouldProbe(look(now), now)) times.push(now);
    return times;
  }

  it('asks nothing while a person sits at the login page', () => {
    expect(asked(new ProbeSchedule(), () => LOGIN, 600_000)).toEqual([]);
  });

  it('asks at once when the session changes or the page is left', () => {
    const schedule = new ProbeSchedule();
    expect(asked(schedule, () => LOGIN, 900)).toEqual([]);
    expect(schedule.shouldProbe({ session: 'another', beyondLogin: '' }, 1000)).toBe(true);
    expect(schedule.shouldProbe({ session: 'another', beyondLogin: '' }, 9000)).toBe(false);
    expect(schedule.shouldProbe({ session: 'another', beyondLogin: '/dashboard' }, 9300)).toBe(true);
    expect(new ProbeSchedule().shouldProbe({ session: 'x', beyondLogin: '/dashboard' }, 0)).toBe(true);
  });

  it('keeps two seconds between probes, whatever changes', () => {
    const pages = asked(
      new ProbeSchedule(),
      (now) => ({ session: `${now}`, beyondLogin: `/${now}` }),
      60_000,
    );
    pages.slice(1).forEach((time, index) => expect(time - pages[index]!).toBeGreaterThanOrEqual(2000));
    expect(pages.length).toBeGreaterThan(20);
  });

  it('asks less and less often while nothing comes of it', () => {
    for (const look of [
      (now: number) => ({ session: `${now}`, beyondLogin: '' }),
      () => ({ session: 'x', beyondLogin: '/dashboard' }),
    ])
      expect(asked(new ProbeSchedule(), look, 300_000).length).toBeLessThanOrEqual(10);
  });

  it('repeats a probe at the login page only when it had no clear answer', () => {
    const schedule = new ProbeSchedule();
    schedule.shouldProbe(LOGIN, 0);
    const changed = { session: 'another', beyondLogin: '' };
    expect(schedule.shouldProbe(changed, 300)).toBe(true);
    schedule.retry();
    expect(schedule.shouldProbe(changed, 600)).toBe(false);
    expect(schedule.shouldProbe(changed, 2300)).toBe(true);
    expect(schedule.shouldProbe(changed, 60_000)).toBe(false);
  });
});

describe('pages beyond the login', () => {
  it.each([
    [['https://www.strava.com/login'], ''],
    [['https://www.strava.com/login/two-factor?x=1', 'https://www.strava.com/session'], ''],
    [['https://accounts.google.com/signin'], ''],
    [['about:blank', 'chrome://newtab/', 'no address'], ''],
    [['http://www.strava.com/dashboard'], ''],
    [['https://www.strava.com/login', 'https://www.strava.com/dashboard?x=1'], '/dashboard'],
    [['https://www.strava.com/loginish'], '/loginish'],
  ])('of %j are "%s"', (addresses, expected) => {
    expect(pagesBeyondLogin(addresses, WEB)).toBe(expected);
  });

  it('are found below a prefix of the web host', () => {
    const web = 'https://proxy.example/strava';
    expect(pagesBeyondLogin([`${web}/login`, 'https://proxy.example/other'], web)).toBe('');
    expect(pagesBeyondLogin([`${web}/dashboard`], web)).toBe('/dashboard');
  });
});

describe('the authenticity token', () => {
  it.each([
    ['<input type="hidden" name="authenticity_token" value="a+b/c==" />', 'a+b/c=='],
    ["<INPUT value='a&#43;b&#x2F;c&#x3d;&amp;' name='authenticity_token'>", 'a+b/c=&'],
    ['<input name=authenticity_token value=plain autocomplete=off>', 'plain'],
    ['<input name="other" value="x"><input name="authenticity_token" value="y">', 'y'],
    ['<input name="authenticity_token" value="">', undefined],
    ['<input data-name="authenticity_token" value="x">', undefined],
    ['<p>authenticity_token</p>', undefined],
  ])('of %s is %s', (html, token) => {
    expect(authenticityToken(html)).toBe(token);
  });
});

describe('the verdict on a posted form', () => {
  const url = `${WEB}/session`;
  it.each([
    [302, '/dashboard', '', undefined],
    [302, 'https://www.strava.com/onboarding?x', '', undefined],
    [303, '/login', '', 'wrong_credentials'],
    [302, '/login?error', '', 'wrong_credentials'],
    [302, '/two_factor', '', 'captcha'],
    [302, undefined, '', 'captcha'],
    [302, 'https://www.strava.com/help?next=/dashboard', '', 'captcha'],
    [200, undefined, '<div class="g-recaptcha">', 'captcha'],
    [200, undefined, '', 'captcha'],
    [403, undefined, '', 'captcha'],
    [429, undefined, '', 'upstream_error'],
    [500, undefined, 'captcha', 'upstream_error'],
  ])('%s to %s with "%s" is %s', (status, location, html, kind) => {
    expect(loginFailure({ status, location, url, html })?.kind).toBe(kind);
  });
});

describe('the cookie jar', () => {
  it('takes what is set, forgets what is deleted, and lets nothing break out of the header', () => {
    const jar = new CookieJar();
    jar.take(['a=1; Path=/', 'b=2', 'c=3; Secure']);
    jar.take(['b=; Max-Age=-1', 'c=4', 'no cookie', 'd=5\r\nX: y', 'e=6 7', 'f g=8', '=9']);
    jar.take('h = 10 ; HttpOnly');
    jar.take(undefined);
    expect(jar.header()).toBe('a=1; c=4; h=10');
    expect(jar.get('c')).toBe('4');
  });
});

describe('the search for a browser', () => {
  it('goes by PATH, and finds nothing where there is nothing', () => {
    expect(findBrowser({ PATH: '/nowhere' }, 'linux')).toBeUndefined();
    expect(findBrowser({}, 'linux')).toBeUndefined();
    expect(findBrowser({ PROGRAMFILES: 'C:\\nowhere' }, 'win32')).toBeUndefined();
  });
});
