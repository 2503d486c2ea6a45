/** The chart against the code: what it sets exists, what it lets through is accepted, and no default drifts. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseKeyFile } from '../../src/auth-keys/key-file.js';
import { SETTINGS, type Setting, type SettingName } from '../../src/config/settings.js';

const CHART = 'helm/strava-heatmap-gateway';

/** Settings that are no property of `config`, and what brings them into a pod instead. */
const ELSEWHERE: Partial<Record<SettingName, string>> = {
  host: 'listenAddress',
  port: 'fixed: a Service has a port of its own',
  managementPort: 'fixed: probes and metrics are always on a port of their own',
  stravaCookiesFile: 'strava',
  stravaSession: 'a secret: strava brings it as a file',
  stravaSessionFile: 'strava',
  stravaEmail: 'strava.login',
  stravaPassword: 'strava.login',
  apiKeysFile: 'apiKeys',
  adminKey: 'a secret: adminKey brings it as a file',
  adminKeyFile: 'adminKey',
  redisUrl: 'redis',
  redisCaFile: 'redis.caExistingSecret',
  tileCacheDir: 'diskCache',
  tileCacheDirMaxBytes: 'diskCache.maxBytes',
  browserPath: 'there is no browser in the image',
  browserArgs: 'there is no browser in the image',
};

/** Where a chart offers less than the gateway takes. */
const NARROWER: Partial<Record<SettingName, readonly string[]>> = {
  sessionRenewal: ['off', 'form'], // There is no browser in the image.
};

/** Where the chart has a default of its own, undefined for none. */
const OTHER_DEFAULTS: Partial<Record<SettingName, unknown>> = {
  shutdownDelayMs: 5000, // Proxies need a moment to learn that a pod is leaving.
  authMode: undefined, // Open only where nobody outside comes in and there is nothing to lose.
};

/** Variables that are no settings. */
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
// Helm reads YAML 1.1, but dates as text.
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

/** Values of every kind, of which each setting takes some: whatever the chart takes, the gateway has to. */
const PROBES: readonly unknown[] = [
  [-1, 0, 0.5, 1, 49, 50, 59, 60, 9999, 60_000, 60_001, 86_400, 100_001, 300_000, 1e6, 1e7, 2 ** 46, 2 ** 47],
  [true, false, {}, [], [1], [''], [true]],
  ['', ' ', 'yes', '1', '256MB', '1GiB', '1.5 GB', '1.5.5GB', '12K', '12Ki', '12 kb', '-1MB', '1e9', 'MB'],
  [
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
    ['10.0.0.0/8', 'nobody'],
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

describe('variables of the chart', () => {
  const known = new Set([...Object.values<Setting>(SETTINGS).map(({ env }) => env), ...NOT_SETTINGS]);

  it('are all settings of the gateway', () => {
    const found = read('templates/deployment.yaml').matchAll(/- name: ([A-Z][A-Z0-9_]+)$/gm);
    const inContainer = [...found].map(([, name]) => name!);
    expect(inContainer).toEqual(
      expect.arrayContaining(['HOST', 'MANAGEMENT_PORT', 'API_KEYS_FILE', 'REDIS_URL']),
    );
    expect(inContainer.filter((name) => !known.has(name))).toEqual([]);
  });

  it('that it checks or refuses are settings, too', () => {
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

  it('name a setting of config where extraEnv must not set it', () => {
    const owners = read('templates/_checks.tpl').matchAll(/"([A-Z_]+)" "config\.(\w+)"/g);
    for (const [, env, name] of owners) expect([env, settingOf(name!)?.env]).toEqual([env, env]);
  });
});

describe('config in values.schema.json', () => {
  it('has every setting of the gateway, but those that the pod gets otherwise', () => {
    const expected = Object.keys(SETTINGS).filter((name) => !(name in ELSEWHERE));
    expect([...names].sort()).toEqual(expected.sort());
  });

  it('holds no secret', () => {
    expect(names.filter((name) => settingOf(name)?.secret)).toEqual([]);
  });

  it.each(names)('%s has the kind and the bounds of the setting', (name) => {
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

  it.each(names)('%s takes only what the gateway takes', (name) => {
    const takes = ajv.compile(settingSchemas[name]!);
    const taken = PROBES.filter((probe) => takes(probe));
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.filter((probe) => !accepts(name, probe))).toEqual([]);
  });

  it.each(names)('%s has the default of the gateway', (name) => {
    const { default: ours } = settingSchemas[name]!;
    if (name in OTHER_DEFAULTS) return expect(ours).toEqual(OTHER_DEFAULTS[name as SettingName]);
    const { schema: of, default: theirs } = settingOf(name);
    // Compared as the gateway understands them: "256MB" is a number of bytes.
    if (theirs === undefined || theirs === '') return expect(ours ?? []).toEqual([]);
    expect(JSON.stringify(of.parse(ours))).toBe(JSON.stringify(of.parse(theirs)));
  });
});

describe('defaults of the chart', () => {
  it('set nothing but what is a default of its own', () => {
    for (const [name, value] of Object.entries(values.config as object))
      expect([name, value]).toEqual([name, OTHER_DEFAULTS[name as SettingName]]);
  });

  it('that it reckons with are those of the gateway', () => {
    const [, block] = /define "gateway\.settingDefaults" -}}\n(.*?)\{\{-/s.exec(
      read('templates/_helpers.tpl'),
    )!;
    const defaults = parse(block!) as Record<string, unknown>;
    expect(Object.keys(defaults)).toContain('upstreamTimeoutMs');
    for (const [name, value] of Object.entries(defaults))
      expect([name, `${value as string}`]).toEqual([name, settingOf(name).default]);
  });

  it('are valid', () => {
    expect(isValid(values) ? [] : isValid.errors).toEqual([]);
  });

  it('name every value that there is', () => {
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

  it('are those of the image and the package', () => {
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

  it.each(files)('are valid in ci/%s', (file) => {
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
  ])('are refused when there is something unknown: %j', (wrong) => {
    expect(isValid(merge(values, wrong))).toBe(false);
  });

  it('are closed: no object takes an unknown property, but those that hold names of the user', () => {
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

  it('may hold API keys in every form of a key file, and in no other', () => {
    const takes = ajv.compile({
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
      [{ id: 'a', key: 'b', origins: ['https://a.example/'] }],
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
    expect(samples.map((keys) => takes(keys))).toEqual(samples.map(parsed));
    expect(samples.map(parsed)).toEqual([true, true, ...samples.slice(2).map(() => false)]);
  });
});

/** As Helm puts the user's values over the chart's: maps are merged, null takes a default away. */
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
