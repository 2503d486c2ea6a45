import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authenticityToken } from '../../src/strava-login/authenticity-token.js';
import { EMAIL, PASSWORD } from '../simulator/login.js';
import { describeWith } from '../support/programs/describe-with.js';
import { startCookieFront } from '../support/cookie-front.js';
import { Bench, seen } from '../support/command.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.close());

const cookiesNow = () => ({
  _strava4_session: bench.simulator.sessionValue,
  ...bench.simulator.issueCookies(),
});

const FORMATS: [string, (cookies: Record<string, string>) => string][] = [
  [
    "the exporter's array",
    (cookies) => JSON.stringify(Object.entries(cookies).map(([name, value]) => ({ name, value }))),
  ],
  [
    "Cookie-Editor's array",
    (cookies) =>
      JSON.stringify(
        Object.entries(cookies).map(([name, value]) => ({
          domain: '.strava.com',
          expirationDate: 1893456000.5,
          httpOnly: true,
          name,
          path: '/',
          secure: true,
          value,
        })),
      ),
  ],
  [
    'a header line',
    (cookies) =>
      `Cookie: ${Object.entries(cookies)
        .map((pair) => pair.join('='))
        .join('; ')}`,
  ],
  [
    'a Netscape cookies.txt',
    (cookies) =>
      ['# Netscape HTTP Cookie File', ...Object.entries(cookies).map(netscapeLine)].join('\n').concat('\n'),
  ],
];

function netscapeLine([name, value]: [string, string]): string {
  return `#HttpOnly_.strava.com\tTRUE\t/\tTRUE\t1893456000\t${name}\t${value}`;
}

describe('cookies import', () => {
  it.each(FORMATS)('takes %s, keeps the other entries and opens deep tiles', async (_name, written) => {
    const cookies = cookiesNow();
    await writeFile(bench.path('source'), written({ other: 'a-foreign-value', ...cookies }));
    await writeFile(bench.cookiesFile, JSON.stringify([{ name: 'unrelated', value: 'stays' }]), {
      mode: 0o644,
    });
    const ended = await bench.run(['cookies', 'import', 'source']);
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(ended.out).toContain(
      'Found in source: the session (_strava4_session); 1 set of signed cookies; 1 other cookie.',
    );
    expect(Object.fromEntries((await bench.cookies()).map(({ name, value }) => [name, value]))).toEqual({
      unrelated: 'stays',
      ...cookies,
    });
    expect((await stat(bench.cookiesFile)).mode & 0o777).toBe(0o600);
    expect(seen(ended, ['a-foreign-value', ...Object.values(cookies)])).toEqual([]);
    expect(await bench.tileWithTheFile()).toBe(200);
  });

  it('takes the bare value of a session', async () => {
    const { sessionValue } = bench.simulator;
    for (const value of [sessionValue, `${sessionValue}==`]) {
      await writeFile(bench.path('secret'), `${value}\n`);
      const ended = await bench.run(['cookies', 'import', 'secret', '--json']);
      expect(ended.code).toBe(0);
      expect(JSON.parse(ended.out)).toMatchObject({ found: { signedSets: 0, others: 0 }, expires: null });
      expect(seen(ended, [sessionValue])).toEqual([]);
      expect(await bench.cookies()).toEqual([{ name: '_strava4_session', value }]);
    }
  });

  it('renews the entries of a file that has them already, where they stand', async () => {
    const before = [
      { name: '_strava4_session', value: 'an-old-session', domain: '.strava.com' },
      { name: 'unrelated', value: 'stays' },
    ];
    await writeFile(bench.cookiesFile, JSON.stringify(before));
    await writeFile(
      bench.path('source'),
      JSON.stringify([{ name: '_strava4_session', value: 'a-new-session' }]),
    );
    expect((await bench.run(['cookies', 'import', 'source'])).code).toBe(0);
    expect(await bench.cookies()).toEqual([
      { name: '_strava4_session', value: 'a-new-session', domain: '.strava.com' },
      { name: 'unrelated', value: 'stays' },
    ]);
  });

  it.each([
    [
      'nothing of use',
      '[{"name":"a-name","value":"a-foreign-value"}]',
      /contains neither a session nor a complete set of signed cookies \(no session; no signed cookies; 1 other cookie\)/,
    ],
    [
      'an incomplete set',
      'CloudFront-Policy=a-foreign-value; other=1',
      /incomplete set of signed cookies \(only CloudFront-Policy\)/,
    ],
    ['broken JSON', '[{"name":"a-foreign-value"', /source: the file looks like JSON, but is broken/],
    ['a page of text', 'see a-foreign-value for details', /neither JSON nor a list of cookies/],
    ['nothing', '', /the file is empty/],
  ])('refuses %s and writes nothing', async (_name, content, sentence) => {
    await writeFile(bench.path('source'), content);
    const ended = await bench.run(['cookies', 'import', 'source']);
    expect([ended.code, ended.out]).toEqual([1, '']);
    expect(ended.err).toMatch(sentence);
    expect(seen(ended, ['a-foreign-value'])).toEqual([]);
    await expect(readFile(bench.cookiesFile)).rejects.toThrow('ENOENT');
  });
});

describeWith(['curl', '--version'], "cookies import of curl's cookie jar", () => {
  it('takes what curl wrote while it logged in', async () => {
    const front = await startCookieFront(bench.simulator.webUrl);
    try {
      const jar = bench.path('jar.txt');
      const curl = (...args: string[]) => output('curl', ['-s', '-b', jar, '-c', jar, ...args]);
      const form = {
        authenticity_token: authenticityToken(await curl(`${front.url}/login`))!,
        email: EMAIL,
        password: PASSWORD,
      };
      const fields = Object.entries(form).flatMap((pair) => ['--data-urlencode', pair.join('=')]);
      await curl(...fields, `${front.url}/session`);
      await curl(`${front.url}/maps`);
      const written = await readFile(jar, 'utf8');
      expect(written).toContain('#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t');
      expect(written).toContain('CloudFront-Signature');
      const ended = await bench.run(['cookies', 'import', jar]);
      expect([ended.code, ended.err]).toEqual([0, '']);
      expect(ended.out).toContain('the session (_strava4_session); 1 set of signed cookies; 0 other cookies');
      expect(await bench.tileWithTheFile()).toBe(200);
    } finally {
      await front.close();
    }
  });
});

function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
