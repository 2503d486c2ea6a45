import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, jest } from '@jest/globals';
import { stringify } from 'yaml';
import {
  ConfigError,
  describeConfig,
  loadConfig,
  SETTINGS,
  type Config,
  type ConfigSources,
  type Setting,
  type SettingName,
} from '../../src/config/index.js';
import { temporaryFolder } from '../unit/support/temporary-folder.js';
import { edited, LEAK, nearly, numberText, oddText, secretText } from './arbitraries.js';
import { holds, outcome } from './holds.js';

const at = temporaryFolder();
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

/** What means something in YAML. */
const SIGNS = '#:-?*&!|>%@`"\'{}[],\\ \n\t~=<';

const secretName = fc.constantFrom('stravaSession', 'adminKey', 'redisUrl', 'stravaPassword');

/** A secret as it is, and ones that are refused: with a blank, too short, with letters that fit no header. */
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
const native = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));
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
    // The folder's name is a random one.
    expect(inspect(config).replaceAll(at(''), '')).not.toMatch(LEAK);
    return;
  }
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.keys(config).toSorted()).toEqual(Object.keys(SETTINGS).toSorted());
  expect(inspect(config, { showHidden: true }) + JSON.stringify(describeConfig(config))).not.toMatch(LEAK);
}

describe('settings, or problems in plain words and without a secret, come out of', () => {
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

  it('a YAML file with a letter too many, too few or other', () => {
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

  it('a YAML file in which a secret lacks its quotes', () => {
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

  it('a YAML file in which the blank behind a colon was forgotten', () => {
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
    // The parser has warnings of its own, which go past the log.
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    holds(fc.property(text, (wrong) => expectConfigOrSilence(load({ yaml: wrong }))));
    expect(inspect(warned.mock.calls)).not.toMatch(LEAK);
    warned.mockRestore();
  });

  it('a YAML file that claims another version or another kind of values', () => {
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

  it('are a mapping, or nothing at all', () => {
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

  it('are the same from a file and from the environment, and those of the environment go first', () => {
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
