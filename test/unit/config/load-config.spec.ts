import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  describeConfig,
  loadConfig,
  SETTINGS,
  TrustedProxies,
  type Config,
} from '../../../src/config/index.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const at = temporaryFolder();

/** The settings of a YAML text, an environment and flags. */
function load(yaml?: string, env: Record<string, string> = {}, flags: Record<string, string> = {}): Config {
  if (yaml !== undefined) writeFileSync(at('gateway.yaml'), yaml);
  return loadConfig({ env, flags, file: yaml === undefined ? undefined : at('gateway.yaml') });
}

/** What a person is told; the path of the file is left out. */
function problems(yaml?: string, env: Record<string, string> = {}, flags: Record<string, string> = {}) {
  try {
    load(yaml, env, flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).toBe(error.problems.join('\n'));
    return error.problems.map((problem) => problem.replace(at('gateway.yaml'), 'FILE'));
  }
  return [];
}

describe('settings', () => {
  it('are all there by default, and cannot be changed', () => {
    const config = load();
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      stravaTilesUrl: 'https://content-a.strava.com',
      stravaAnonymousTilesUrl: [
        'https://heatmap-external-a.strava.com',
        'https://heatmap-external-b.strava.com',
        'https://heatmap-external-c.strava.com',
      ],
      stravaWebUrl: 'https://www.strava.com',
      authMode: 'auto',
      corsOrigins: [],
      tileCacheMaxBytes: 256_000_000,
      tileCacheTtl: 86_400,
      upstreamMaxConcurrency: 16,
      upstreamTimeoutMs: 15_000,
      emptyTile: 'transparent',
      trustProxy: new TrustedProxies(false),
      logLevel: 'info',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('have a variable each, which is the YAML key in capitals', () => {
    for (const [name, { env }] of Object.entries(SETTINGS))
      expect(env).toBe(name.replaceAll(/[A-Z]/g, '_$&').toUpperCase());
  });

  it('are taken from the file that the environment names', () => {
    writeFileSync(at('named.yaml'), 'port: 7');
    expect(loadConfig({ env: { GATEWAY_CONFIG: at('named.yaml') } }).port).toBe(7);
    expect(loadConfig({ env: { GATEWAY_CONFIG: '' } }).port).toBe(8080);
  });

  it('that are empty in the environment or null in the file are not set', () => {
    const config = load('port:\npublicUrl: ~\nstravaSession: null\nemptyTile: not-found', {
      EMPTY_TILE: '',
      STRAVA_SESSION: '',
      MANAGEMENT_PORT: '',
    });
    expect([config.port, config.publicUrl, config.stravaSession]).toEqual([8080, undefined, undefined]);
    expect([config.emptyTile, config.managementPort]).toEqual(['not-found', undefined]);
  });

  it.each(['', '# nothing but a remark\n', '---\n', 'null'])('are the defaults with a file of %j', (yaml) => {
    expect(load(yaml)).toEqual(load());
  });
});

describe('settings in trouble', () => {
  it('are told with the flag, the variable or the key where each was found', () => {
    const found = problems(
      'port: eighty\ncolors: [hot, pink]\nsports: sport_1',
      { UPSTREAM_TIMEOUT_MS: '1', TRUST_PROXY: 'maybe' },
      { host: '' },
    );
    expect(found).toEqual([
      'flag --host: must not be empty, found ""',
      'FILE: port: must be a whole number from 0 to 65535, found "eighty"',
      'environment TRUST_PROXY: must be true, false, or addresses and networks such as 10.0.0.0/8, loopback or uniquelocal, found "maybe"',
      'environment UPSTREAM_TIMEOUT_MS: must be a whole number from 50 to 120000, found "1"',
      expect.stringMatching(/^FILE: sports: must be of the form sport_Letters/),
      expect.stringMatching(/^FILE: colors: must be one of hot, blue/),
    ]);
  });

  it('do not take a bad value of one place for the good one of another', () => {
    expect(problems('port: 8080', { PORT: 'x' })).toEqual([
      'environment PORT: must be a whole number from 0 to 65535, found "x"',
    ]);
  });

  it.each([
    ['prot', 'config/default.yaml lists them all'],
    ['PUBLIC_URL', 'did you mean publicUrl?'],
    ['public-url', 'did you mean publicUrl?'],
    ['authmode', 'did you mean authMode?'],
    ['strava_cookies_file', 'did you mean stravaCookiesFile?'],
  ])('name an unknown key, %s, and the one that was meant', (key, advice) => {
    expect(problems(`${key}: canary`)).toEqual([`FILE: "${key}" is not a setting; ${advice}`]);
  });

  it('name a key as unknown also when every object of JavaScript has it', () => {
    const found = ['constructor', 'toString', 'hasOwnProperty'].map((key) => problems(`${key}: 1`).length);
    expect(found).toEqual([1, 1, 1]);
  });

  it('name a file that is no mapping', () => {
    for (const yaml of ['- port: 1', 'port', '8080'])
      expect(problems(yaml)).toEqual(['FILE: must be a mapping of settings, such as "port: 8080"']);
  });

  it.each([
    ['a tab as indent', 'stravaSession: x\nport:\n\t- canary', 3],
    ['a key twice', 'port: 1\nstravaSession: x\nstravaSession: canary', 3],
    ['an open quote', 'stravaSession: "canary\nport: 1', 2],
    ['an open list', 'port: 1\nstravaSession: [canary\n', 3],
    ['a reserved letter', 'port: 1\nstravaSession: @canary', 2],
    ['a percent sign', 'stravaSession: %canary', 1],
    ['two documents', 'port: 1\n---\nstravaSession: canary', 2],
    ['a value beside a value', 'stravaSession: "x" canary', 1],
  ])('tell the line of YAML with %s, and nothing of what stands there', (_name, yaml, line) => {
    const found = problems(yaml);
    expect(found[0]).toMatch(new RegExp(`^FILE: not valid YAML at line ${line} \\([A-Z_]+\\)$`));
    expect(found.join()).not.toContain('canary');
  });

  it('tell the line of YAML with a reference to nothing, which a password with "*" looks like', () => {
    const found = problems('port: 1\nstravaSession: *canary');
    expect(found[0]).toMatch(/^FILE: not valid YAML at line 2/);
    expect(found.join()).not.toContain('canary');
  });

  it.each([
    ['a list', 'stravaSession: [canary]', {}],
    ['a mapping', 'stravaSession: {canary: canary}', {}],
    ['a number', 'stravaSession: 31415926535', {}],
    ['true', 'redisUrl: true', {}],
    ['too short', undefined, { ADMIN_KEY: 'canary' }],
  ])('never show a secret that is %s', (_name, yaml, env) => {
    const found = problems(yaml, env as Record<string, string>);
    expect(found).toHaveLength(1);
    expect(found.join()).not.toMatch(/canary|31415926535|found/);
  });

  it('never show the credentials for which an address is refused', () => {
    const envs: Record<string, string>[] = [
      { PUBLIC_URL: 'https://user:canary@map.example' },
      { PUBLIC_URL: 'https://map.example?key=canary' },
      { STRAVA_WEB_URL: 'https://canary@www.example' },
      { CORS_ORIGINS: 'https://user:canary@map.example' },
    ];
    expect(envs.flatMap((env) => problems(undefined, env)).join()).not.toContain('canary');
  });
});

describe('settings that contradict each other', () => {
  it.each([
    [
      'two sessions',
      { STRAVA_SESSION: 'canary', STRAVA_SESSION_FILE: '/s' },
      /^STRAVA_SESSION and .*keep one/,
    ],
    ['two admin keys', { ADMIN_KEY: 'canary'.repeat(4), ADMIN_KEY_FILE: '/a' }, /^ADMIN_KEY and .*keep one/],
    ['one port for two', { PORT: '8080', MANAGEMENT_PORT: '8080' }, /MANAGEMENT_PORT and PORT are both 8080/],
    ['keys that guard nothing', { AUTH_MODE: 'open', API_KEYS_FILE: '/k' }, /its keys would guard nothing/],
    ['a bound of no disk cache', { TILE_CACHE_DIR_MAX_BYTES: '1GB' }, /TILE_CACHE_DIR is not/],
    ['every origin and one', { CORS_ORIGINS: '*,https://gpx.studio' }, /keep \* alone/],
  ] as [string, Record<string, string>, RegExp][])('are refused: %s', (_name, env, sentence) => {
    const found = problems(undefined, env);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
    expect(found[0]).not.toContain('canary');
  });

  it.each([
    ['loopback without keys', { HOST: '127.0.0.1' }],
    ['everybody with keys', { HOST: '0.0.0.0', API_KEYS_FILE: '/k' }],
    ['everybody with keys, said', { HOST: '0.0.0.0', API_KEYS_FILE: '/k', AUTH_MODE: 'keys' }],
    ['everybody, said to be open', { HOST: '0.0.0.0', AUTH_MODE: 'open' }],
    ['two free ports', { PORT: '0', MANAGEMENT_PORT: '0' }],
    ['every origin', { CORS_ORIGINS: '*' }],
    ['two origins', { CORS_ORIGINS: 'https://gpx.studio, http://localhost:3000' }],
  ] as [string, Record<string, string>][])('are told from those that do not: %s', (_name, env) => {
    expect(problems(undefined, env)).toEqual([]);
  });

  it('are looked for only among values that are good by themselves', () => {
    expect(problems(undefined, { HOST: '0.0.0.0', PORT: 'x' })).toHaveLength(1);
  });

  it('are also a choice of sports or colours that leaves no layer', () => {
    expect(problems(undefined, { COLORS: ',' })).toHaveLength(1);
  });
});

it('the effective settings can be logged: what is unset is left out, and secrets are redacted', () => {
  const described = describeConfig(
    load(undefined, { STRAVA_SESSION: 'canary', ADMIN_KEY: 'canary'.repeat(4) }),
  );
  expect(described).toMatchObject({ port: 8080, emptyTile: 'transparent' });
  expect(described).not.toHaveProperty('publicUrl');
  const text = JSON.stringify(described) + inspect(described);
  expect(text).toContain('"stravaSession":"[redacted]"');
  expect(text).not.toContain('canary');
});
