/** `login` where no browser can be used: the message says what to install, and no request reaches Strava. */
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EMAIL, PASSWORD } from '../simulator/login.js';
import { Bench } from '../support/command.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.close());

const env = (more: Record<string, string> = {}) => ({
  STRAVA_EMAIL: EMAIL,
  STRAVA_PASSWORD: PASSWORD,
  ...more,
});

describe('login without a browser to drive', () => {
  it.each([
    [
      'that is not there',
      ['--headless', '--browser', '/nowhere/chrome'],
      {},
      'there is no program at /nowhere/chrome',
    ],
    ['on the PATH', ['--headless'], { PATH: '/nowhere' }, 'found no Chrome, Chromium or Edge: install one'],
    [
      'on the PATH, for a window',
      [],
      { PATH: '/nowhere', DISPLAY: ':0' },
      'found no Chrome, Chromium or Edge',
    ],
    ['that has a display', ['--browser', process.execPath], {}, 'there is no display for a window'],
    ['that starts', ['--headless', '--browser', '/bin/true'], {}, '/bin/true did not start'],
  ])('%s says the way out with exit code 6', async (_what, args, more, sentence) => {
    const { code, out, err } = await bench.run(['login', ...args], env(more));
    expect([code, out]).toEqual([6, '']);
    expect(err).toContain(sentence);
    expect(err).toContain('cookies import');
    expect(bench.simulator.counters.requests.web).toBe(0);
  });

  it('because playwright-core is not installed says how to install it', async () => {
    const hooks = bench.path('hooks.mjs');
    await writeFile(
      hooks,
      `export async function resolve(name, context, next) {
        if (name !== 'playwright-core') return next(name, context);
        throw Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
      }`,
    );
    const register = `import { register } from 'node:module'; register(${JSON.stringify(`file://${hooks}`)});`;
    const { code, out, err } = await bench.run(
      ['login', '--headless', '--browser', '/bin/true', '--json'],
      env({ NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(register)}"` }),
    );
    expect([code, JSON.parse(out)]).toEqual([
      6,
      expect.objectContaining({ status: 'no_browser', exitCode: 6 }),
    ]);
    expect(err).toContain('npm install playwright-core');
  });
});
