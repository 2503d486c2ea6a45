import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bench } from '../support/command.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open();
});

afterAll(() => bench.close());

describe('the command line', () => {
  it.each([
    [['--help'], 'keys revoke NAME'],
    [['login', '--help'], '--timeout SECONDS'],
    [['login', '--help'], 'STRAVA_EMAIL and STRAVA_PASSWORD'],
    [['cookies', '--help'], 'cookies check'],
    [['cookies', 'import', '-h'], 'Usage: strava-heatmap-gateway cookies import FILE [options]'],
    [['cookies', 'check', '--help'], '--save'],
    [['keys', '--help'], 'keys add NAME'],
    [['keys', 'add', '--help'], '--expires DATE'],
    [['keys', 'list', '--help'], 'Exit codes: 0 success'],
    [['keys', 'revoke', '--help'], 'last key cannot be deleted'],
  ])('has help at each level: %j', async (args, part) => {
    const { code, out, err } = await bench.run(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(part);
  });

  it.each([
    [['frobnicate'], 'unknown command "frobnicate"; the commands are serve, login, cookies, keys'],
    [['cookie'], 'did you mean "cookies"?'],
    [['cookies'], 'a command is missing after "cookies"; the commands are cookies import, cookies check'],
    [['cookies', 'imprt', 'x'], 'did you mean "cookies import"?'],
    [['keys', 'add'], 'NAME is missing'],
    [['keys', 'add', 'a', 'b', '--apikeys', 'k.json'], 'unexpected argument "b"'],
    [['keys', 'list', '--cookies', 'x'], 'unknown option "--cookies"'],
    [['keys', 'list', '--apikeys'], '--apikeys needs a value: --apikeys FILE'],
    [['keys', 'list'], 'set API_KEYS_FILE or add --apikeys FILE'],
    [['login', '--form', '--headless'], 'use one of them'],
    [['login', '--form', '--browser', '/x'], 'remove --browser'],
    [['login', '--form'], 'set STRAVA_EMAIL and STRAVA_PASSWORD'],
    [['login', '--timeout', '0'], 'whole number of seconds from 1 to 3600'],
  ])('refuses %j with a hint and exit code 2', async (args, part) => {
    const { code, out, err } = await bench.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(part);
  });
});

describe('options that npm takes for itself', () => {
  it.each([
    ['--cookies FILE', { npm_config_cookies: 'true' }, ['FILE'], 'npm start -- --cookies FILE'],
    ['--port 9000', { npm_config_port: 'true' }, ['9000'], 'npm start -- --port PORT'],
    ['--cookies=FILE', { npm_config_cookies: 'FILE' }, [], 'npm start -- --cookies FILE'],
    ['--public-url URL', { npm_config_public_url: 'true' }, ['URL'], 'npm start -- --public-url URL'],
  ] as [string, Record<string, string>, string[], string][])(
    'npm start %s is refused with the right form',
    async (_line, env, args, form) => {
      const { code, out, err } = await bench.run(args, { ...env, npm_lifecycle_event: 'start' });
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(`write "${form}"`);
    },
  );

  it('do not matter to a command that npm does not start', async () => {
    const { code } = await bench.run(['--version'], { npm_config_port: '9000', npm_lifecycle_event: 'test' });
    expect(code).toBe(0);
  });
});

describe('settings', () => {
  it('that a command does not need do not hold it up', async () => {
    const env = {
      HOST: '0.0.0.0',
      PORT: 'eighty',
      AUTH_MODE: 'keys',
      SESSION_RENEWAL: 'form',
      API_KEYS_FILE: bench.path('not-there-yet.json'),
    };
    const added = await bench.run(['keys', 'add', 'first'], env);
    expect([added.code, added.err]).toEqual([0, '']);
    const checked = await bench.run(['cookies', 'check'], env);
    expect([checked.code, checked.err]).toEqual([
      1,
      `${bench.cookiesFile} cannot be read: no such file or directory (ENOENT)\n`,
    ]);
  });

  it('come from the settings file, the environment and flags, in this order', async () => {
    const yaml = bench.path('gateway.yaml');
    await writeFile(yaml, 'host: 0.0.0.0\napiKeysFile: from-yaml.json\n');
    const fromYaml = await bench.run(['keys', 'add', 'a', '--config', yaml, '--json']);
    expect(JSON.parse(fromYaml.out)).toMatchObject({ file: 'from-yaml.json' });
    const fromEnv = await bench.run(['keys', 'add', 'b', '--json'], {
      GATEWAY_CONFIG: yaml,
      API_KEYS_FILE: 'from-env.json',
    });
    expect(JSON.parse(fromEnv.out)).toMatchObject({ file: 'from-env.json' });
    const fromFlag = await bench.run(['keys', 'add', 'c', '--json', '--apikeys', 'from-flag.json'], {
      API_KEYS_FILE: 'from-env.json',
    });
    expect(JSON.parse(fromFlag.out)).toMatchObject({ file: 'from-flag.json' });
  });

  it('that are wrong are listed with their place and exit code 2, for scripts as well', async () => {
    const { code, out, err } = await bench.run(['cookies', 'check', '--json'], { STRAVA_WEB_URL: 'ftp://x' });
    expect(code).toBe(2);
    expect(err).toContain('environment STRAVA_WEB_URL: must be an http or https URL');
    expect(JSON.parse(out)).toMatchObject({ status: 'usage', exitCode: 2 });
  });
});
