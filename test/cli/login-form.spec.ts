import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EMAIL, PASSWORD } from '../simulator/login.js';
import { Bench, seen } from '../support/command.js';

const CREDENTIALS = { STRAVA_EMAIL: EMAIL, STRAVA_PASSWORD: PASSWORD };

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.close());

const login = (env: Record<string, string> = CREDENTIALS, ...args: string[]) =>
  bench.run(['login', '--form', ...args], env);

const posts = () => bench.simulator.requests.filter(({ method }) => method === 'POST').length;

describe('login --form', () => {
  it('writes a cookie file that opens deep tiles, with its other entries kept', async () => {
    await writeFile(bench.cookiesFile, JSON.stringify([{ name: 'unrelated', value: 'stays', domain: 'x' }]));
    const ended = await login();
    expect([ended.code, ended.err]).toEqual([0, '']);
    const cookies = await bench.cookies();
    expect(cookies[0]).toEqual({ name: 'unrelated', value: 'stays', domain: 'x' });
    expect(cookies).toContainEqual({ name: '_strava4_session', value: bench.simulator.sessionValue });
    expect(cookies.length).toBe(7);
    expect((await stat(bench.cookiesFile)).mode & 0o777).toBe(0o600);
    expect(bench.simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
    expect(seen(ended, [EMAIL, PASSWORD, ...cookies.slice(1).map(({ value }) => value)])).toEqual([]);
    expect(await bench.tileWithTheFile()).toBe(200);
  });

  it('makes a new file 0600 in a new folder, and tells scripts where', async () => {
    const file = bench.path('new/folder/cookies.json');
    const ended = await login(CREDENTIALS, '--json', '--cookies', file);
    expect(JSON.parse(ended.out)).toEqual({ status: 'ok', file, expires: expect.any(String), exitCode: 0 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(bench.path('new/folder'))).mode & 0o777).toBe(0o700);
  });

  it('says that the password is wrong after one try, with exit code 3', async () => {
    const ended = await login({ ...CREDENTIALS, STRAVA_PASSWORD: 'not-the-password' }, '--json');
    expect(ended.code).toBe(3);
    expect(ended.err).toMatch(/^Wrong credentials: .*made one attempt\.\n$/);
    expect(JSON.parse(ended.out)).toMatchObject({ status: 'wrong_credentials', exitCode: 3 });
    expect(bench.simulator.counters.logins).toEqual({ total: 1, succeeded: 0 });
    expect(seen(ended, [EMAIL, 'not-the-password'])).toEqual([]);
    await expect(readFile(bench.cookiesFile)).rejects.toThrow('ENOENT');
  });

  it('says that a captcha is asked for after one try, with exit code 4 and the way out', async () => {
    bench.simulator.switches.captcha = true;
    const ended = await login();
    expect([ended.code, ended.out]).toEqual([4, '']);
    expect(ended.err).toMatch(/^Refused: Strava asks for a captcha\. .*login" with a window.*extension\.\n$/);
    expect(bench.simulator.counters.logins).toEqual({ total: 1, succeeded: 0 });
    expect(seen(ended, [EMAIL, PASSWORD])).toEqual([]);
  });

  it.each([
    ['answers 503', { kind: 'status', status: 503 } as const, 5],
    ['answers 429', { kind: 'status', status: 429, retryAfterSeconds: 60 } as const, 5],
    ['cuts the connection', { kind: 'reset' } as const, 5],
    ['stalls', { kind: 'stall' } as const, 5],
    ['has a login page without a form', { kind: 'empty-body' } as const, 4],
  ])('posts nothing when Strava %s', async (_what, fault, exit) => {
    bench.simulator.switches.web = fault;
    const { code, err } = await login(CREDENTIALS, '--timeout', '1');
    expect([code, posts()]).toEqual([exit, 0]);
    expect(err).not.toBe('');
  });

  it('keeps the session of an account whose set-up is not finished, and says what to do, with exit code 3', async () => {
    bench.simulator.switches.onboarding = true;
    const ended = await login(CREDENTIALS, '--json');
    expect(ended.code).toBe(3);
    expect(ended.err).toMatch(/^Logged in, but .*finish the set-up of the account\. Finish it in a browser/);
    expect(JSON.parse(ended.out)).toMatchObject({ status: 'onboarding', file: bench.cookiesFile });
    const session = { name: '_strava4_session', value: bench.simulator.sessionValue };
    expect(await bench.cookies()).toEqual([session]);
  });

  it('keeps the session when only the refresh after it fails', async () => {
    await writeFile(bench.cookiesFile, '[]');
    const ended = bench.start(['login', '--form', '--json'], CREDENTIALS).ended;
    // After the form and the post, the third request is the refresh.
    const watch = setInterval(() => {
      if (bench.simulator.counters.logins.succeeded === 1)
        bench.simulator.switches.web = { kind: 'status', status: 500 };
    }, 0);
    const { code, out } = await ended;
    clearInterval(watch);
    expect([code, JSON.parse(out)]).toEqual([5, expect.objectContaining({ status: 'upstream_error' })]);
    expect(await bench.cookies()).toEqual([
      { name: '_strava4_session', value: bench.simulator.sessionValue },
    ]);
    bench.simulator.switches.web = { kind: 'none' };
    expect(await bench.tileWithTheFile()).toBe(200);
  });

  it('sends no request when the cookie file is not writable', async () => {
    await writeFile(bench.cookiesFile, '{"broken');
    const { code, err } = await login();
    expect([code, posts()]).toEqual([1, 0]);
    expect(err).toContain('strava-cookies.json cannot be written: the file looks like JSON, but is broken');
    expect(await readFile(bench.cookiesFile, 'utf8')).toBe('{"broken');
  });
});
