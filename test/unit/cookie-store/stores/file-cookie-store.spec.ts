import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../src/common/secret.js';
import { FileCookieStore } from '../../../../src/cookie-store/index.js';
import { behavesLikeACookieStore, signedCookies } from '../../../support/contracts/cookie-store-contract.js';
import { StoppedClock } from '../../../support/doubles/stopped-clock.js';
import { OTHER_RESOURCE, signedSet, TILES_URL } from '../../../support/signed-cookies.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const at = temporaryFolder();
const clock = new StoppedClock(Date.parse('2026-06-01T00:00:00Z'));
const open = (file = 'cookies.json') => new FileCookieStore(at(file), TILES_URL, clock);
const put = (content: unknown, file = 'cookies.json') =>
  writeFile(at(file), typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o644 });
const read = async (file = 'cookies.json') =>
  JSON.parse(await readFile(at(file), 'utf8')) as { name: string; value: string }[];
const mode = async (file: string) => (await stat(at(file))).mode & 0o777;

const SESSION = { name: '_strava4_session', value: 'session-1' };
const fresh = { session: new Secret('session-1'), signed: signedCookies('1') };

behavesLikeACookieStore({
  name: 'a cookie file',
  async holding(session) {
    await put([{ name: '_strava4_session', value: session }]);
    return open();
  },
  empty: async () => open(),
  keepsSigned: true,
  reopened: () => open(),
});

describe('a cookie file', () => {
  it('gets the signed cookies added, and keeps everything else in its place', async () => {
    const export_ = [
      { name: 'unrelated', value: 'x', sameSite: 'lax' },
      { ...SESSION, domain: '.strava.com', expirationDate: 1812345678 },
      { name: 'last', value: '' },
    ];
    await put(export_);
    const store = open();
    await store.load();
    await store.save(fresh);
    const written = await read();
    expect(written.slice(0, 3)).toEqual(export_);
    expect(Object.fromEntries(written.slice(3).map(({ name, value }) => [name, value]))).toEqual(
      signedSet('1', fresh.signed.expiresAt),
    );
  });

  it('keeps entries that came in between its reading and its writing', async () => {
    await put([SESSION]);
    const store = open();
    await store.load();
    await put([{ name: 'new', value: 'entry' }, SESSION]);
    await store.save(fresh);
    expect((await read())[0]).toEqual({ name: 'new', value: 'entry' });
  });

  it('is not overwritten when another process has written a session meanwhile', async () => {
    await put([SESSION]);
    const store = open();
    await store.load();
    const pushed = [{ name: '_strava4_session', value: 'from-the-browser' }];
    await put(pushed);
    await store.save(fresh);
    expect(await read()).toEqual(pushed);
    // Once it has been read, it is the session in force, and cookies that came by it are written.
    await store.load();
    await store.save({ session: new Secret('from-the-browser'), signed: signedCookies('2') });
    expect(await read()).toHaveLength(5);
  });

  it('is overwritten when the session was exchanged by the upstream, as often as that happens', async () => {
    await put([SESSION]);
    const store = open();
    await store.load();
    for (const value of ['session-2', 'session-3']) {
      await store.save({ ...fresh, session: new Secret(value) });
      expect((await read())[0]).toEqual({ name: '_strava4_session', value });
    }
  });

  it('that was never read is not overwritten if it holds a session of its own', async () => {
    await put([{ name: '_strava4_session', value: 'of-the-file' }]);
    await open().save(fresh);
    expect(await read()).toEqual([{ name: '_strava4_session', value: 'of-the-file' }]);
  });

  it.each(['[{"name": "_strava4_session", "value": "half', '<html>no cookies</html>', ''])(
    'that is broken (%j) is reported and not overwritten',
    async (content) => {
      await put([SESSION]);
      const store = open();
      await store.load();
      await put(content);
      await expect(store.load()).rejects.toThrow(/accepted formats: /);
      await expect(store.save(fresh)).rejects.toThrow(/accepted formats: /);
      expect(await readFile(at('cookies.json'), 'utf8')).toBe(content);
    },
  );

  it('is readable by its owner alone once it was written, and nothing lies beside it', async () => {
    await put([SESSION]);
    const store = open();
    await store.load();
    await store.save(fresh);
    expect(await mode('cookies.json')).toBe(0o600);
    expect(await readdir(dirname(at('cookies.json')))).toEqual(['cookies.json']);
  });

  it('that is a symlink stays one, and its target is written', async () => {
    await mkdir(at('volume'));
    await put([SESSION], 'volume/real.json');
    await symlink('volume/real.json', at('cookies.json'));
    const store = open();
    await store.load();
    await store.save(fresh);
    expect((await lstat(at('cookies.json'))).isSymbolicLink()).toBe(true);
    expect(await read('volume/real.json')).toHaveLength(5);
  });

  it('that is missing is made, with folders that are open to their owner alone', async () => {
    const store = open('a/b/cookies.json');
    expect(await store.load()).toEqual({ session: undefined, signed: undefined });
    await store.save(fresh);
    expect((await open('a/b/cookies.json').load()).session?.reveal()).toBe('session-1');
    expect([await mode('a'), await mode('a/b'), await mode('a/b/cookies.json')]).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  it('in another format is written back as an array with all that it said', async () => {
    await put('#HttpOnly_.strava.com\tTRUE\t/\tTRUE\t1812345678\t_strava4_session\tsession-1\n');
    const store = open();
    await store.load();
    await store.save(fresh);
    expect((await read())[0]).toEqual({
      ...SESSION,
      domain: '.strava.com',
      path: '/',
      secure: true,
      httpOnly: true,
      expirationDate: 1812345678,
    });
  });

  it('with cookies for another host only gives the session alone', async () => {
    const foreign = signedSet('1', clock.now() + 86_400_000, OTHER_RESOURCE);
    await put([SESSION, ...Object.entries(foreign).map(([name, value]) => ({ name, value }))]);
    const { session, signed } = await open().load();
    expect([session?.reveal(), signed]).toEqual(['session-1', undefined]);
  });

  it('of another program, which contains more than cookies, is read and not overwritten', async () => {
    const state = JSON.stringify({
      cookies: [{ ...SESSION, domain: '.strava.com', path: '/', expires: -1 }],
      origins: [{ origin: 'https://www.strava.com', localStorage: [{ name: 'theme', value: 'dark' }] }],
    });
    await put(state);
    const store = open();
    expect((await store.load()).session?.reveal()).toBe('session-1');
    await expect(store.save(fresh)).rejects.toThrow(/of another program, .* cookies import/);
    expect(await readFile(at('cookies.json'), 'utf8')).toBe(state);
  });

  it.each([
    ['a bare session', 'session-1-session-1'],
    [
      'a request copied as cURL',
      "curl 'https://www.strava.com/maps' -b 'sp=1; _strava4_session=session-1-session-1'",
    ],
  ])('with %s becomes an array', async (_name, content) => {
    await put(content);
    const store = open();
    const { session } = await store.load();
    await store.save({ session, signed: signedCookies('1') });
    expect((await read()).map(({ value }) => value)).toContain('session-1-session-1');
    expect(await read()).toHaveLength(5);
  });

  it('keeps further sessions', async () => {
    await put([SESSION, { name: '_strava4_session', value: 'session-2' }]);
    const store = open();
    await store.save({ ...(await store.load()), signed: signedCookies('1') });
    expect((await open().load()).otherSessions?.map((each) => each.reveal())).toEqual(['session-2']);
  });

  it('with cookies of which none is usable says so', async () => {
    await put([{ ...SESSION, domain: '.example.org' }]);
    expect(await open().load()).toMatchObject({
      session: undefined,
      unusable: expect.stringMatching(/neither a session/),
    });
  });

  it('in UTF-16 is read', async () => {
    await writeFile(at('cookies.json'), Buffer.from(`\uFEFF${JSON.stringify([SESSION])}`, 'utf16le'));
    expect((await open().load()).session?.reveal()).toBe('session-1');
  });

  it('that is a folder is an error, and not an empty file', async () => {
    await mkdir(at('cookies.json'));
    await expect(open().load()).rejects.toThrow('it is a directory');
  });
});
