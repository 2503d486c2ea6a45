/** The Helm chart matches the code: its variables exist, the gateway accepts its values, and defaults are equal. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseKeyFile } from '../../src/auth-keys/key-file.js';
import { SETTINGS, type Setting, type SettingName } from '../../src/config/settings.js';

const CHART = 'helm/strava-heatmap-gateway';

/** Settings that are not in `config`, and the value that sets them in the pod. */
const ELSEWHERE: Partial<Record<SettingName, string>> = {
  host: 'listenAddress',
  port: 'fixed: the Service has its own port',
  managementHost: 'listenAddress: the kubelet and Prometheus connect to the address of the pod',
  managementPort: 'fixed: probes and metrics always use their own port',
  stravaCookiesFile: 'strava',
  stravaSession: 'a secret: strava mounts it as a file',
  stravaSessionFile: 'strava',
  stravaEmail: 'strava.login',
  stravaPassword: 'strava.login',
  apiKeysFile: 'apiKeys',
  adminKey: 'a secret: adminKey mounts it as a file',
  adminKeyFile: 'adminKey',
  redisUrl: 'redis',
  redisCaFile: 'redis.caExistingSecret',
  tileCacheDir: 'diskCache',
  tileCacheDirMaxBytes: 'diskCache.maxBytes',
  browserPath: 'the image contains no browser',
  browserArgs: 'the image contains no browser',
};

/** Settings of which the chart accepts fewer values than the gateway. */
const NARROWER: Partial<Record<SettingName, readonly string[]>> = {
  sessionRenewal: ['off', 'form'], // The image contains no browser.
};

/** Settings for which the chart has its own default; undefined for no default. */
const OTHER_DEFAULTS: Partial<Record<SettingName, unknown>> = {
  shutdownDelayMs: 5000, // Proxies take a few seconds to stop sending requests to a terminating pod.
  authMode: undefined, // Set to open only without exposure and credentials.
};

/** Variables that are not settings. */
const NOT_SETTINGS = ['GATEWAY_CONFIG'];

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly $ref?: string;
}

const read = (file: string) => readFileSync(`${CHART}/${file}`, 'utf8');
// Helm reads YAML 1.1, but dates as strings.
const readYaml = (file: string) =>
  (parse(read(file), {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !tag.tag.endsWith(':timestamp')),
  }) ?? {}) as Record<string, unknown>;
const schema = JSON.parse(read('values.schema.json')) as Schema & AnySchemaObject;
const values = readYaml('values.yaml');
const settingSchemas = schema.properties!.config!.properties!;
const ajv = new Ajv({ strict: false, allErrors: true });
const isValid = ajv.compile(schema);

const settingOf = (name: string): Setting => SETTINGS[name as SettingName];
const accepts = (name: string, value: unknown) => settingOf(name).schema.safeParse(value).success;
const names = Object.keys(settingSchemas);

/** Values of all types. Of these, each setting accepts some; what the chart accepts, the gateway must accept. */
const PROBES: readonly unknown[] = [
  [-1, 0, 0.5, 1, 49, 50, 59, 60, 9999, 60_000, 60_001, 86_400, 100_001, 300_000, 1e6, 1e7, 2 ** 46, 2 ** 47],
  [true, false, {}, [], [1], [''], [true]],
  ['', ' ', 'yes', '1', '256MB', '1GiB', '1.5 GB', '1.5.5GB', '12K', '12Ki', '12 kb', '-1MB', '1e9', 'MB'],
  [
    'https://tiles.example.org/{z}/{x}/{y}.png',
    'https://a.example',
    'https://a.example/b/',
    'https://a.example/?b',
    'https://u:p@a.example',
    'ftp://a.example',
  ],
  [
    'https://',
    'https:///a',
    'http://127.0.0.1:8080',
    'https://a b.example',
    'https://tiles-{a-c}.example',
    '//a',
  ],
  [['*'], ['https://a.example'], ['https://a.example/'], ['https://a.example', 'b'], ['null']],
  [
    ['10.0.0.0/8', 'loopback'],
    ['fd00::/8'],
    ['10.0.0.0/8', 'unknown'],
    ['::1'],
    ['example.com'],
    ['10.0.0.1'],
  ],
  [['sport_Ride'], ['sport_Ride2'], ['Ride'], ['top'], ['cycle', 'foot'], ['all'], ['hot'], ['hot', 'pink']],
  Object.values<Setting>(SETTINGS).flatMap(({ schema: of }) => {
    const { enum: words = [] } = z.toJSONSchema(of, { io: 'output', unrepresentable: 'any' });
    return words;
  }),
].flat();

describe('chart environment variables', () => {
  const known = new Set([...Object.values<Setting>(SETTINGS).map(({ env }) => env), ...NOT_SETTINGS]);

  it('are settings of the gateway', () => {
    const found = read('templates/deployment.yaml').matchAll(/- name: ([A-Z][A-Z0-9_]+)$/gm);
    const inContainer = [...found].map(([, name]) => name!);
    expect(inContainer).toEqual(
      expect.arrayContaining(['HOST', 'MANAGEMENT_PORT', 'API_KEYS_FILE', 'REDIS_URL']),
    );
    expect(inContainer.filter((name) => !known.has(name))).toEqual([]);
  });

  it('in checks and helpers are settings of the gateway', () => {
    const checked = [
      ...`${read('templates/_checks.tpl')}${read('templates/_helpers.tpl')}`.matchAll(
        /"([A-Z]+(?:_[A-Z]+)*)"/g,
      ),
    ]
      .map(([, name]) => name!)
      .filter((name) => name.length > 2);
    expect(checked.length).toBeGreaterThan(15);
    expect(checked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('that extraEnv must not set belong to the config setting that replaces them', () => {
    const owners = read('templates/_checks.tpl').matchAll(/"([A-Z_]+)" "config\.(\w+)"/g);
    for (const [, env, name] of owners) expect([env, settingOf(name!)?.env]).toEqual([env, env]);
  });
});

describe('config schema of the chart', () => {
  it('contains every setting except those that other values set', () => {
    const expected = Object.keys(SETTINGS).filter((name) => !(name in ELSEWHERE));
    expect([...names].sort()).toEqual(expected.sort());
  });

  it('contains no secret', () => {
    expect(names.filter((name) => settingOf(name)?.secret)).toEqual([]);
  });

  it.each(names)('%s has the type and the bounds of the setting', (name) => {
    const ours = settingSchemas[name]!;
    const {
      type,
      minimum,
      maximum,
      enum: words,
      items,
    } = z.toJSONSchema(settingOf(name).schema, {
      io: 'output',
      unrepresentable: 'any',
    }) as Schema;
    if (type === 'integer' || type === 'boolean') expect([ours.type].flat()).toContain(type);
    expect([ours.minimum, ours.maximum]).toEqual([minimum, maximum]);
    expect(ours.enum).toEqual(NARROWER[name as SettingName] ?? words);
    if (type === 'array' && name !== 'stravaAnonymousTilesUrl') expect(ours.items?.enum).toEqual(items?.enum);
  });

  it.each(names)('%s accepts only values that the gateway accepts', (name) => {
    const matches = ajv.compile(settingSchemas[name]!);
    const accepted = PROBES.filter((probe) => matches(probe));
    expect(accepted.length).toBeGreaterThan(0);
    expect(accepted.filter((probe) => !accepts(name, probe))).toEqual([]);
  });

  it.each(names)('%s has the default of the gateway', (name) => {
    const { default: ours } = settingSchemas[name]!;
    if (name in OTHER_DEFAULTS) return expect(ours).toEqual(OTHER_DEFAULTS[name as SettingName]);
    const { schema: of, default: theirs } = settingOf(name);
    // Compares parsed values: "256MB" is a number of bytes.
    if (theirs === undefined || theirs === '') return expect(ours ?? []).toEqual([]);
    expect(JSON.stringify(of.parse(ours))).toBe(JSON.stringify(of.parse(theirs)));
  });
});

describe('default values of the chart', () => {
  it('set only settings for which the chart has its own default', () => {
    for (const [name, value] of Object.entries(values.config as object))
      expect([name, value]).toEqual([name, OTHER_DEFAULTS[name as SettingName]]);
  });

  it('in the helpers equal those of the gateway', () => {
    const [, block] = /define "gateway\.settingDefaults" -}}\n(.*?)\{\{-/s.exec(
      read('templates/_helpers.tpl'),
    )!;
    const defaults = parse(block!) as Record<string, unknown>;
    expect(Object.keys(defaults)).toContain('upstreamTimeoutMs');
    for (const [name, value] of Object.entries(defaults))
      expect([name, `${value as string}`]).toEqual([name, settingOf(name).default]);
  });

  it('match the schema', () => {
    expect(isValid(values) ? [] : isValid.errors).toEqual([]);
  });

  it('contain every value of the schema', () => {
    const missing: string[] = [];
    const visit = (of: Schema, found: unknown, path: string) => {
      for (const [name, property] of Object.entries(of.properties ?? {})) {
        const place = `${path}${name}`;
        if (place === 'global' || place.startsWith('config.')) continue;
        if (!Object.hasOwn(found as object, name)) missing.push(place);
        else visit(property, (found as Record<string, unknown>)[name], `${place}.`);
      }
    };
    visit(schema, values, '');
    expect(missing).toEqual([]);
  });

  it('match the version of the package and the ports and user of the image', () => {
    const dockerfile = readFileSync('Dockerfile', 'utf8');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { version: chart, appVersion } = readYaml('Chart.yaml');
    expect([chart, appVersion]).toEqual([version, version]);
    const ports = [...read('templates/deployment.yaml').matchAll(/containerPort: (\d+)/g)].map(
      ([, port]) => port,
    );
    expect(dockerfile).toContain(`EXPOSE ${ports.join(' ')}\n`);
    const { runAsUser, runAsGroup } = values.podSecurityContext as Record<string, number>;
    expect(dockerfile).toContain(`USER ${runAsUser}:${runAsGroup}\n`);
  });
});

describe('values of the chart', () => {
  const files = readdirSync(`${CHART}/ci`).filter((file) => file.endsWith('-values.yaml'));

  it.each(files)('match the schema in ci/%s', (file) => {
    const merged = merge(values, readYaml(`ci/${file}`));
    expect(isValid(merged) ? [] : isValid.errors).toEqual([]);
  });

  it.each([
    [{ replicas: 2 }],
    [{ config: { tileCacheSize: '1GB' } }],
    [{ config: { managementPort: 9091 } }],
    [{ image: { name: 'x' } }],
    [{ strava: { existingSecret: {} } }],
    [{ affinity: { nodeAffinty: {} } }],
    [{ extraVolumes: [{ name: 'ca', configmap: {} }] }],
    [{ autoscaling: { requestsPerSecond: { targets: 5 } } }],
  ])('are rejected with an unknown field: %j', (wrong) => {
    expect(isValid(merge(values, wrong))).toBe(false);
  });

  it('are closed: no object with fixed properties accepts an unknown one', () => {
    const open: string[] = [];
    const visit = (of: Schema, path: string) => {
      if (of.properties && of.additionalProperties !== false) open.push(path);
      for (const [name, property] of Object.entries(of.properties ?? {})) visit(property, `${path}.${name}`);
      if (of.items) visit(of.items, `${path}[]`);
    };
    visit(schema, '');
    for (const [name, definition] of Object.entries(schema.definitions as Record<string, Schema>))
      visit(definition, name);
    expect(open).toEqual([]);
  });

  it('accept API keys in the forms of a key file only', () => {
    const matches = ajv.compile({
      ...schema.properties!.apiKeys!.properties!.keys,
      definitions: schema.definitions as object,
    });
    const { apiKeys } = readYaml('ci/inline-secrets-values.yaml') as { apiKeys: { keys: object[] } };
    const samples = [
      apiKeys.keys,
      [
        {
          id: 'a',
          key: 'b',
          sports: ['ride'],
          colors: ['hot'],
          layers: ['*'],
          rateLimit: { max: 1, seconds: 5 },
        },
      ],
      [{ id: 'a', key: 'b', sha256: 'c'.repeat(64) }],
      [{ id: 'a', key: 'b', maxZoom: 17 }],
      [{ id: 'a', key: 'b', rateLimit: { seconds: 5 } }],
      [{ id: 'a', key: 'b', origins: ['https://a.example/path'] }],
      [{ id: 'a', key: 'b', owner: 'c' }],
      [{ id: 'a b', key: 'b' }],
      ['not a key'],
    ];
    const parsed = (keys: unknown) => {
      try {
        return parseKeyFile(JSON.stringify({ keys })).length > 0;
      } catch {
        return false;
      }
    };
    expect(samples.map((keys) => matches(keys))).toEqual(samples.map(parsed));
    expect(samples.map(parsed)).toEqual([true, true, ...samples.slice(2).map(() => false)]);
  });
});

/** Merges values as Helm does: maps are merged, null removes a default. */
function merge(under: unknown, over: unknown): unknown {
  if (!isMap(under) || !isMap(over)) return over;
  const merged = { ...under };
  for (const [name, value] of Object.entries(over))
    if (value === null) delete merged[name];
    else merged[name] = merge(under[name], value);
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
