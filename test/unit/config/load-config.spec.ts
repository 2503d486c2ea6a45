import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it, jest } from '@jest/globals';
import {
  type Config,
  ConfigError,
  type ConfigSources,
  describeConfig,
  loadConfig,
  unknownVariables,
  type Setting,
  type SettingName,
  SETTINGS,
  TrustedProxies,
} from '../../../src/config/index.js';
import {
  edited,
  LEAK,
  nearly,
  numberText,
  oddText,
  secretText,
} from '../../support/properties/arbitraries.js';
import { holds, outcome } from '../../support/properties/holds.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

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
  it('are complete by default, and frozen', () => {
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

  it('each have a variable, which is the YAML key in upper case', () => {
    for (const [name, { env }] of Object.entries(SETTINGS))
      expect(env).toBe(name.replaceAll(/[A-Z]/g, '_$&').toUpperCase());
  });

  it('are read from the file in GATEWAY_CONFIG', () => {
    writeFileSync(at('named.yaml'), 'port: 7');
    expect(loadConfig({ env: { GATEWAY_CONFIG: at('named.yaml') } }).port).toBe(7);
    expect(loadConfig({ env: { GATEWAY_CONFIG: '' } }).port).toBe(8080);
  });

  it('that are empty in the environment or null in the file are unset', () => {
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

describe('invalid settings', () => {
  it('are reported with the flag, the variable or the key of each value', () => {
    const found = problems(
      'port: eighty\ncolors: [hot, pink]\nsports: sport_1',
      { UPSTREAM_TIMEOUT_MS: '1', TRUST_PROXY: 'maybe' },
      { host: '' },
    );
    expect(found).toEqual([
      'flag --host: must not be empty, found ""',
      'FILE: port: must be a whole number from 0 to 65535, found "eighty"',
      'environment TRUST_PROXY: must be true, false, or a list of addresses and networks such as 10.0.0.0/8, loopback or uniquelocal, found "maybe"',
      'environment UPSTREAM_TIMEOUT_MS: must be a whole number from 50 to 120000, found "1"',
      expect.stringMatching(/^FILE: sports: must be a sport id such as sport_Run/),
      expect.stringMatching(/^FILE: colors: must be one of hot, blue/),
    ]);
  });

  it.each([
    ['PORT', '"3600"', 'environment PORT: must not be in quotes, found ""3600""'],
    ['LOG_LEVEL', "'info'", `environment LOG_LEVEL: must not be in quotes, found "'info'"`],
    [
      'STRAVA_COOKIES_FILE',
      '“/c.json”',
      'environment STRAVA_COOKIES_FILE: must not be in quotes, found "“/c.json”"',
    ],
    [
      'TILE_CACHE_MAX_BYTES',
      '`1GB`',
      'environment TILE_CACHE_MAX_BYTES: must not be in quotes, found "`1GB`"',
    ],
    ['COLORS', '„hot,blue“', 'environment COLORS: must not be in quotes, found "„hot,blue“"'],
    ['HOST', ' "::" ', 'environment HOST: must not be in quotes, found " "::" "'],
    ['PUBLIC_URL', '"https://user:canary@map.example"', 'environment PUBLIC_URL: must not be in quotes'],
  ])('name the quotes around a value of %s, %s', (name, value, sentence) => {
    expect(problems(undefined, { [name]: value })).toEqual([
      `${sentence}; remove the quotes, which docker --env-file keeps`,
    ]);
  });

  it.each([
    [
      'a quote at one end only',
      { PORT: '3600"' },
      'environment PORT: must be a whole number from 0 to 65535, found "3600""',
    ],
    ['one quote', { PORT: '"' }, 'environment PORT: must be a whole number from 0 to 65535, found """'],
  ])('show the quotes of %s', (_name, env, sentence) => {
    expect(problems(undefined, env)).toEqual([sentence]);
  });

  it('accept a password that is in quotes, and quotes of YAML', () => {
    expect(load(undefined, { STRAVA_PASSWORD: '"secret"' }).stravaPassword?.reveal()).toBe('"secret"');
    expect(load('host: "::1"\nlogLevel: \'debug\'')).toMatchObject({ host: '::1', logLevel: 'debug' });
  });

  it('name an origin that no browser sends, and keep the form of those that are sure', () => {
    const found = problems(undefined, { CORS_ORIGINS: 'https://gpx.studio, gpx.studio' });
    expect(found).toEqual([
      'environment CORS_ORIGINS: must be * or an origin such as https://gpx.studio or https://*.gpx.studio: scheme, host and port, without a path, found "gpx.studio"',
    ]);
    expect(load('corsOrigins: ["https://GPX.studio/", "https://*.bücher.example:443"]').corsOrigins).toEqual([
      'https://gpx.studio',
      'https://*.xn--bcher-kva.example',
    ]);
    expect(load(undefined, { CORS_ORIGINS: ' * ' }).corsOrigins).toEqual(['*']);
  });

  it('are not replaced by the valid value of another source', () => {
    expect(problems('port: 8080', { PORT: 'x' })).toEqual([
      'environment PORT: must be a whole number from 0 to 65535, found "x"',
    ]);
  });

  it.each([
    ['prot', 'did you mean port?'],
    ['tileCachDir', 'did you mean tileCacheDir?'],
    ['canary-of-nothing', 'see config/default.yaml for the list of settings'],
    ['PUBLIC_URL', 'did you mean publicUrl?'],
    ['Email', 'did you mean stravaEmail?'],
    ['public-url', 'did you mean publicUrl?'],
    ['authmode', 'did you mean authMode?'],
    ['strava_cookies_file', 'did you mean stravaCookiesFile?'],
  ])('name an unknown key, %s, and a similar one', (key, advice) => {
    expect(problems(`${key}: canary`)).toEqual([`FILE: unknown setting "${key}"; ${advice}`]);
  });

  it('name an unknown key that is a property of every JavaScript object', () => {
    const found = ['constructor', 'toString', 'hasOwnProperty'].map((key) => problems(`${key}: 1`).length);
    expect(found).toEqual([1, 1, 1]);
  });

  it('name a file that is not a mapping', () => {
    for (const yaml of ['- port: 1', 'port', '8080'])
      expect(problems(yaml)).toEqual([
        'FILE: the configuration file must be a YAML mapping, e.g. "port: 8080"',
      ]);
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
  ])('name the line of YAML with %s, and nothing of its content', (_name, yaml, line) => {
    const found = problems(yaml);
    expect(found[0]).toMatch(new RegExp(`^FILE: not valid YAML at line ${line} \\([A-Z_]+\\)$`));
    expect(found.join()).not.toContain('canary');
  });

  it('name the line of YAML with an undefined alias, which an unquoted "*" becomes', () => {
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

  it('never show the credentials in a refused URL', () => {
    const envs: Record<string, string>[] = [
      { PUBLIC_URL: 'https://user:canary@map.example' },
      { PUBLIC_URL: 'https://map.example?key=canary' },
      { STRAVA_WEB_URL: 'https://canary@www.example' },
      { CORS_ORIGINS: 'https://user:canary@map.example' },
    ];
    expect(envs.flatMap((env) => problems(undefined, env)).join()).not.toContain('canary');
  });
});

describe('an invalid entry of a list', () => {
  it.each([
    [{ COLORS: 'hot,green' }, ['"green"']],
    [{ COLORS: 'hot, green ,blue,pink' }, ['"green"', '"pink"']],
    [{ SPORT_GROUPS: 'top,swimming' }, ['"swimming"']],
    [{ SPORTS: 'sport_Run,Run' }, ['"Run"']],
    [{ REDIS_URL: 'redis://r', REDIS_SENTINELS: 's:26379,a b' }, ['"a b"']],
  ])('is named, with what is accepted: %j', (env, entries) => {
    const found = problems(undefined, env);
    expect(found.map((problem) => /found (.*)$/.exec(problem)![1])).toEqual(entries);
    for (const problem of found) expect(problem).toMatch(/^environment \w+: must be /);
  });

  it('is named in YAML as well', () => {
    expect(problems('colors: [hot, green]\n')).toEqual([
      expect.stringMatching(/colors: must be one of hot, .*, found "green"$/),
    ]);
  });

  it('is not shown if any entry may contain a secret', () => {
    expect(problems(undefined, { CORS_ORIGINS: 'https://user:can,ary@map.example' }).join()).not.toMatch(
      /can|ary/,
    );
  });
});

describe('environment variables that are no setting', () => {
  it.each([
    ['STRAVA_COOKIE_FILE', 'STRAVA_COOKIES_FILE'],
    ['STRAVA_COOKIES', 'STRAVA_COOKIES_FILE'],
    ['STRAVA_SESION', 'STRAVA_SESSION'],
    ['STRAVA_TILE_URL', 'STRAVA_TILES_URL'],
    ['STRAVA_HEATMAP', undefined],
    ['API_KEY_FILE', 'API_KEYS_FILE'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['TILE_CACHE_MAXBYTES', 'TILE_CACHE_MAX_BYTES'],
    ['TRUSTPROXY', 'TRUST_PROXY'],
    ['GATEWAY_CONFIGS', 'GATEWAY_CONFIG'],
  ])('%s is a miss of %s', (variable, near) => {
    expect(unknownVariables({ [variable]: 'x' })).toEqual([{ variable, near }]);
  });

  it.each([
    'PATH',
    'HOME',
    'HOSTNAME',
    'LANG',
    'PWD',
    'COLORTERM',
    'SHLVL',
    'npm_config_cookies',
    'NODE_ENV',
    'REDIS_PORT',
    'STRAVA_HEATMAP_GATEWAY_SERVICE_HOST',
    'STRAVA_HEATMAP_GATEWAY_PORT_8080_TCP_ADDR',
    'STRAVA_COOKIES_FILE',
    'PORT',
  ])('%s is none', (variable) => {
    expect(unknownVariables({ [variable]: 'x' })).toEqual([]);
  });
});

it.each(['http://10.0.0.1', '10.0.0.1:9090', 'a b', '127.1', '[::1'])(
  'MANAGEMENT_HOST is refused in the words of HOST: %s',
  (value) => {
    const [found] = problems(undefined, { MANAGEMENT_PORT: '9090', MANAGEMENT_HOST: value });
    const [words] = problems(undefined, { HOST: value });
    expect(found).toBe(words!.replace(' HOST', ' MANAGEMENT_HOST').replace('as PORT', 'as MANAGEMENT_PORT'));
  },
);

describe('settings that contradict each other', () => {
  it.each([
    [
      'two sessions',
      { STRAVA_SESSION: 'canary', STRAVA_SESSION_FILE: '/s' },
      /^STRAVA_SESSION and .*unset one/,
    ],
    ['two admin keys', { ADMIN_KEY: 'canary'.repeat(4), ADMIN_KEY_FILE: '/a' }, /^ADMIN_KEY and .*unset one/],
    [
      'the same port twice',
      { PORT: '8080', MANAGEMENT_PORT: '8080' },
      /MANAGEMENT_PORT and PORT are both 8080/,
    ],
    [
      'a management address without a port',
      { MANAGEMENT_HOST: '127.0.0.1' },
      /^MANAGEMENT_HOST is set, but MANAGEMENT_PORT is not/,
    ],
    [
      'keys that are not checked',
      { AUTH_MODE: 'open', API_KEYS_FILE: '/k' },
      /the keys would not be checked/,
    ],
    ['a size without a disk cache', { TILE_CACHE_DIR_MAX_BYTES: '1GB' }, /TILE_CACHE_DIR is not/],
    ['every origin and one', { CORS_ORIGINS: '*,https://gpx.studio' }, /keep either \*/],
  ] as [string, Record<string, string>, RegExp][])('are refused: %s', (_name, env, sentence) => {
    const found = problems(undefined, env);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
    expect(found[0]).not.toContain('canary');
  });

  it.each([
    ['loopback without keys', { HOST: '127.0.0.1' }],
    ['any address with keys', { HOST: '0.0.0.0', API_KEYS_FILE: '/k' }],
    ['any address with AUTH_MODE=keys', { HOST: '0.0.0.0', API_KEYS_FILE: '/k', AUTH_MODE: 'keys' }],
    ['any address with AUTH_MODE=open', { HOST: '0.0.0.0', AUTH_MODE: 'open' }],
    ['two free ports', { PORT: '0', MANAGEMENT_PORT: '0' }],
    ['a management address without keys', { MANAGEMENT_PORT: '9090', MANAGEMENT_HOST: '0.0.0.0' }],
    ['every origin', { CORS_ORIGINS: '*' }],
    ['two origins', { CORS_ORIGINS: 'https://gpx.studio, http://localhost:3000' }],
  ] as [string, Record<string, string>][])('differ from valid combinations: %s', (_name, env) => {
    expect(problems(undefined, env)).toEqual([]);
  });

  it('are reported in one list with invalid and unknown settings', () => {
    expect(problems('prot: 1\n', { HOST: '0.0.0.0', UPSTREAM_TIMEOUT_MS: 'x', ADMIN_KEY: 'short' })).toEqual([
      expect.stringContaining('unknown setting "prot"; did you mean port?'),
      expect.stringContaining('ADMIN_KEY: must have 16'),
      expect.stringContaining('UPSTREAM_TIMEOUT_MS: must be a whole number'),
      expect.stringContaining('HOST is "0.0.0.0"'),
    ]);
  });

  it('are not reported of an invalid setting, or without the file that may end them', () => {
    expect(problems(undefined, { PORT: 'x', MANAGEMENT_PORT: '8080' })).toHaveLength(1);
    expect(problems(undefined, { HOST: '0.0.0.0', AUTH_MODE: 'ajar' })).toHaveLength(1);
    expect(problems('apiKeysFile: "k', { HOST: '0.0.0.0' })).toHaveLength(1);
  });

  it('include a selection of sports or colours without a layer', () => {
    expect(problems(undefined, { COLORS: ',' })).toHaveLength(1);
  });
});

it('the logged effective settings omit unset ones and redact secrets', () => {
  const described = describeConfig(
    load(undefined, { STRAVA_SESSION: 'canary', ADMIN_KEY: 'canary'.repeat(4) }),
  );
  expect(described).toMatchObject({ port: 8080, emptyTile: 'transparent' });
  expect(described).not.toHaveProperty('publicUrl');
  const text = JSON.stringify(described) + inspect(described);
  expect(text).toContain('"stravaSession":"[redacted]"');
  expect(text).not.toContain('canary');
});

describe('properties', () => {
  const settings = Object.entries<Setting>(SETTINGS) as [SettingName, Setting][];

  /** The settings of an environment, flags and the text of a YAML file. */
  function load(
    sources: Omit<ConfigSources, 'file' | 'env'> & { env?: ConfigSources['env']; yaml?: string | undefined },
  ): Config | ConfigError {
    const { yaml, env = {}, flags = {} } = sources;
    if (yaml !== undefined) writeFileSync(at('gateway.yaml'), yaml);
    return outcome(ConfigError, () =>
      loadConfig({ env, flags, file: yaml === undefined ? undefined : at('gateway.yaml') }),
    );
  }

  /** Special characters of YAML. */
  const SIGNS = '#:-?*&!|>%@`"\'{}[],\\ \n\t~=<';

  const secretName = fc.constantFrom('stravaSession', 'adminKey', 'redisUrl', 'stravaPassword');

  /** Valid secrets, and refused ones: with whitespace, too short, or with characters not allowed in a header. */
  const secretValue = fc.oneof(
    secretText(3, 60),
    fc.tuple(secretText(), oddText(3), secretText()).map((parts) => parts.join('')),
  );
  const plainValue = fc.oneof(
    oddText(),
    numberText,
    nearly(
      'true',
      'off',
      'open',
      'keys',
      'hot',
      'hot,blue',
      'sport_Chess',
      '*',
      'https://map.example',
      '0.0.0.0',
      '256MB',
      'json',
    ),
  );
  const valueOf = (setting: Setting) => (setting.secret ? secretValue : plainValue);
  const native = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).filter((value) => !LEAK.test(JSON.stringify(value))),
    fc.constant(undefined),
  );
  const some = <T>(entries: readonly (readonly [string, fc.Arbitrary<T>])[]) =>
    fc
      .shuffledSubarray([...entries], { maxLength: Math.min(8, entries.length) })
      .chain((chosen) => fc.record(Object.fromEntries(chosen))) as fc.Arbitrary<Record<string, T>>;

  const env = some(settings.map(([, setting]) => [setting.env, valueOf(setting)]));
  const flags = some(
    settings.flatMap(([, setting]) => (setting.flag ? [[setting.flag, valueOf(setting)] as const] : [])),
  );
  /** Values as YAML has them; a secret may be in a list or a mapping by mistake. */
  const mapping = some<unknown>([
    ...settings.map(([name, setting]): [string, fc.Arbitrary<unknown>] => [
      name,
      setting.secret
        ? fc.oneof(
            secretValue,
            fc.array(secretValue),
            fc.dictionary(fc.constantFrom('a', 'value'), secretValue),
          )
        : fc.oneof(plainValue, native, fc.array(plainValue)),
    ]),
    ['stravaSesion', secretValue],
    ['STRAVA_SESSION', secretValue],
  ]);
  const style = fc.record({
    collectionStyle: fc.constantFrom<'any' | 'block' | 'flow'>('any', 'block', 'flow'),
    defaultStringType: fc.constantFrom<'PLAIN' | 'QUOTE_DOUBLE' | 'BLOCK_LITERAL'>(
      'PLAIN',
      'QUOTE_DOUBLE',
      'BLOCK_LITERAL',
    ),
  });
  const yaml = fc.tuple(mapping, style).map(([content, options]) => stringify(content, options));

  function expectConfigOrSilence(config: Config | ConfigError): void {
    if (config instanceof ConfigError) {
      expect(config.problems.length).toBeGreaterThan(0);
      for (const problem of config.problems) expect(problem).toMatch(/^\S.*$/);
      // The folder has a random name.
      expect(inspect(config).replaceAll(at(''), '')).not.toMatch(LEAK);
      return;
    }
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.keys(config).toSorted()).toEqual(Object.keys(SETTINGS).toSorted());
    expect(inspect(config, { showHidden: true }) + JSON.stringify(describeConfig(config))).not.toMatch(LEAK);
  }

  describe('valid settings, or problems of one line without a secret, result from', () => {
    it('any environment and any flags', () => {
      holds(
        fc.property(env, flags, (variables, given) =>
          expectConfigOrSilence(load({ env: variables, flags: given })),
        ),
        200,
      );
    });

    it('any values in a YAML file', () => {
      holds(
        fc.property(yaml, env, (text, variables) =>
          expectConfigOrSilence(load({ yaml: text, env: variables })),
        ),
        150,
      );
    });

    it('a YAML file with a character added, removed or replaced', () => {
      const block = mapping.map((content) => stringify(content, { collectionStyle: 'block', lineWidth: 0 }));
      const typo = fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat(1),
        put: fc.oneof(fc.constant(''), fc.constantFrom(...SIGNS.split(''))),
      });
      const text = fc.tuple(block, typo).map(([good, { at: place, remove, put }]) => {
        const start = Math.floor(place * good.length);
        return good.slice(0, start) + put + good.slice(start + remove);
      });
      holds(
        fc.property(text, (broken) => expectConfigOrSilence(load({ yaml: broken }))),
        400,
      );
    });

    it('a YAML file with an unquoted secret', () => {
      const line = fc
        .tuple(
          secretName,
          fc.constantFrom(...SIGNS.replace('\n', '').split('')),
          secretText(),
          fc.constantFrom('', ' ', ': ', '"', ' #'),
          secretText(),
        )
        .map(([name, sign, ...secret]) => `${name}: ${sign}${secret.join('')}`);
      holds(
        fc.property(line, (wrong) =>
          expectConfigOrSilence(load({ yaml: `port: 8080\n${wrong}\nhost: localhost` })),
        ),
      );
    });

    it('settings that contradict each other', () => {
      const secrets = { STRAVA_SESSION: secretText(), ADMIN_KEY: secretText(16), STRAVA_EMAIL: secretText() };
      const CONTRADICTIONS = [
        { STRAVA_SESSION_FILE: '/s' },
        { ADMIN_KEY_FILE: '/a' },
        { PORT: '8080', MANAGEMENT_PORT: '8080' },
        { AUTH_MODE: 'keys' },
        { HOST: '0.0.0.0' },
        { SESSION_RENEWAL: 'form' },
        { COLORS: ',' },
        { CORS_ORIGINS: '*,https://map.example' },
      ];
      const contradictions = fc.oneof(
        fc.subarray(CONTRADICTIONS),
        fc.constantFrom(...CONTRADICTIONS).map((one) => [one]),
      );
      holds(
        fc.property(fc.record(secrets), contradictions, (hidden, chosen) => {
          const config = load({ env: Object.assign({}, hidden, ...chosen) as Record<string, string> });
          expectConfigOrSilence(config);
          expect(config instanceof ConfigError).toBe(chosen.length > 0);
        }),
        100,
      );
    });

    it('a YAML file without the space after a colon', () => {
      const line = fc
        .tuple(secretName, fc.constantFrom(':', '=', ' = ', ' :'), secretText(8, 20))
        .map((parts) => parts.join(''));
      const lines = fc
        .shuffledSubarray(['port: 8080', 'host: localhost', 'colors: [hot]'])
        .chain((good) => line.map((bad) => [...good, bad]));
      const text = lines.chain((all) =>
        fc.constantFrom(
          all.join('\n'),
          `${all.join('\n')}:`,
          `{${all.join(', ')}}`,
          `? ${all.at(-1)}`,
          `? {${all.at(-1)}}\n: 1`,
        ),
      );
      // The YAML parser emits warnings that bypass the log.
      const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      holds(fc.property(text, (wrong) => expectConfigOrSilence(load({ yaml: wrong }))));
      expect(inspect(warned.mock.calls)).not.toMatch(LEAK);
      warned.mockRestore();
    });

    it('a YAML file that declares another version or tags', () => {
      const line = fc
        .tuple(
          fc.constantFrom('port', '<<', 'stravaSession', '? [a]\n', '2001-01-01', '!!binary aGk='),
          fc.constantFrom(': ', ':\n  - ', ' : '),
          fc.constantFrom('', '!!set ', '!!binary ', '!!timestamp ', '!!omap ', '!!int ', '!x '),
          fc.constantFrom('1', '{a: 1}', '[x]', '2001-01-01', '!!str', '|\n  a', '~'),
        )
        .map((parts) => parts.join(''));
      const text = fc
        .tuple(
          fc.constantFrom('', '%YAML 1.1\n---\n', '%YAML 2.0\n---\n', '--- ', '%TAG ! tag:x,2000:\n---\n'),
          fc.array(line, { maxLength: 2 }).map((lines) => lines.join('\n')),
        )
        .map((parts) => parts.join(''));
      holds(
        fc.property(text, (claiming) => expectConfigOrSilence(load({ yaml: claiming }))),
        500,
      );
    });

    it('any text in a YAML file', () => {
      const text = fc.oneof(
        oddText(60),
        fc.json(),
        edited(yaml.map((good) => good.replaceAll(/[QXZ]{3,}/g, 'x'))),
      );
      holds(
        fc.property(text, (any) => expectConfigOrSilence(load({ yaml: any }))),
        200,
      );
    });
  });

  describe('settings', () => {
    /** Settings that may have any of these values, whatever the others are. */
    const good = fc.record(
      {
        port: fc.integer({ min: 0, max: 65_535 }),
        cookieRefreshBefore: fc.integer({ min: 60, max: 86_400 }),
        upstreamTimeoutMs: fc.integer({ min: 50, max: 120_000 }),
        emptyTile: fc.constantFrom('transparent', 'not-found', 'no-content'),
        sessionExpiredTile: fc.boolean(),
        publicUrl: fc.domain().map((name) => `https://${name}/heat`),
        sports: fc.array(fc.stringMatching(/^sport_[A-Za-z]{1,9}$/), { minLength: 1, maxLength: 3 }),
        colors: fc.subarray(['hot', 'blue', 'gray'], { minLength: 1 }),
        logLevel: fc.constantFrom('info', 'debug'),
      },
      { requiredKeys: [] },
    );

    it('are a mapping, or an empty file', () => {
      const content = fc.oneof(
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom(null, 8080, '', 'port', true, ['port']),
      );
      holds(
        fc.property(content, (value) => {
          const isMapping = typeof value === 'object' && !Array.isArray(value);
          fc.pre(!(isMapping && value !== null && Object.keys(value).length > 0));
          const config = load({ yaml: stringify(value) });
          expect(config instanceof ConfigError).toBe(!isMapping);
        }),
        100,
      );
    });

    it('are the same from a file and from the environment, and the environment overrides the file', () => {
      const asVariables = (values: object) =>
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [SETTINGS[name as SettingName].env, String(value)]),
        );
      holds(
        fc.property(good, good, (one, other) => {
          const fromFile = load({ yaml: stringify(one) });
          if (fromFile instanceof ConfigError) throw fromFile;
          expect(fromFile).toMatchObject(one);
          expect(load({ env: asVariables(one) })).toEqual(fromFile);
          expect(load({ yaml: stringify(other), env: asVariables(one) })).toMatchObject({ ...other, ...one });
        }),
        100,
      );
    });
  });
});
