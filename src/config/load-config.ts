/** The one reader of settings: defaults, then the YAML file, then the environment, then flags. */
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, visit } from 'yaml';
import { isLoopbackAddress } from '../common/net/loopback.js';
import { quoted } from '../common/quoted.js';
import { ConfigError } from './config-error.js';
import { SETTINGS, type Config, type Setting, type SettingName } from './settings.js';

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of flags by the name of the flag, without dashes. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  /** Path of a YAML file; otherwise `GATEWAY_CONFIG` of the environment. */
  readonly file?: string | undefined;
}

interface Candidate {
  readonly place: string;
  readonly value: unknown;
}

/** The settings in force. Throws a {@link ConfigError} that lists every problem with its place. */
export function loadConfig({
  env,
  flags = {},
  file = env.GATEWAY_CONFIG || undefined,
}: ConfigSources): Config {
  const problems: string[] = [];
  const yaml = file === undefined ? {} : readYaml(file, problems);
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const { place, value } = candidate(name, setting, { env, flags, yaml, file });
    const result = setting.schema.safeParse(value);
    if (result.success) config[name] = result.data;
    else {
      const found = isSafeToPrint(setting, value) ? `, found ${quoted(`${value as string}`)}` : '';
      for (const issue of result.error.issues) problems.push(`${place}: ${issue.message}${found}`);
    }
  }
  if (problems.length === 0) problems.push(...contradictions(config as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config) as Config;
}

/** An address may carry credentials, and a pasted one a key. */
function isSafeToPrint(setting: Setting, value: unknown): boolean {
  return !setting.secret && typeof value !== 'object' && !/[@?#]/.test(`${value as string}`);
}

function candidate(
  name: string,
  setting: Setting,
  {
    env,
    flags,
    yaml,
    file,
  }: Required<Pick<ConfigSources, 'env' | 'flags'>> & {
    yaml: Record<string, unknown>;
    file: string | undefined;
  },
): Candidate {
  const fromFlag = setting.flag === undefined ? undefined : flags[setting.flag];
  if (fromFlag !== undefined) return { place: `flag --${setting.flag}`, value: fromFlag };
  // An empty variable is how a shell or a compose file says "not set".
  const fromEnv = env[setting.env];
  if (fromEnv !== undefined && fromEnv !== '') return { place: `environment ${setting.env}`, value: fromEnv };
  if (yaml[name] !== undefined && yaml[name] !== null)
    return { place: `${file}: ${name}`, value: yaml[name] };
  return { place: `default of ${setting.env}`, value: setting.default };
}

function readYaml(file: string, problems: string[]): Record<string, unknown> {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(
      `${file}: the configuration file cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
    return {};
  }
  const lines = new LineCounter();
  const document = parseDocument(source, {
    prettyErrors: true,
    lineCounter: lines,
    // Plain values only, whatever version or tags a file claims: no dates, sets or bytes, and no merging, which may throw.
    schema: 'core',
    resolveKnownTags: false,
    // Otherwise a key that is a mapping is printed as a warning, with all that is in it.
    stringKeys: true,
  });
  if (document.errors.length > 0) {
    // Only the place: the text around a YAML error may hold a secret.
    for (const error of document.errors)
      problems.push(`${file}: not valid YAML at line ${error.linePos?.[0].line ?? '?'} (${error.code})`);
    return {};
  }
  const references: number[] = [];
  visit(document, {
    Alias(_key, { range }) {
      references.push(lines.linePos(range![0]).line);
    },
  });
  if (references.length > 0) {
    problems.push(
      `${file}: not valid YAML at line ${references[0]} (a value that begins with "*" needs quotes)`,
    );
    return {};
  }
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`${file}: must be a mapping of settings, such as "port: 8080"`);
    return {};
  }
  for (const key of Object.keys(content))
    if (!Object.hasOwn(SETTINGS, key)) problems.push(`${file}: ${unknown(key)}`);
  return content as Record<string, unknown>;
}

function unknown(key: string): string {
  const name = /^[\w.-]*/.exec(key)![0];
  if (name === key) return `${quoted(key)} is not a setting${suggestion(key)}`;
  // What follows the name may be the value: `{stravaSession:abc}` is a key and nothing else.
  return `the key that begins with ${quoted(name)} is not a setting; a colon needs a blank behind it`;
}

function suggestion(key: string): string {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
  const near = Object.keys(SETTINGS).find((name) => bare(name) === bare(key));
  return near ? `; did you mean ${near}?` : '; config/default.yaml lists them all';
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.stravaSession && config.stravaSessionFile)
    problems.push('STRAVA_SESSION and STRAVA_SESSION_FILE are both set: keep one of them');
  if (
    config.managementPort !== undefined &&
    config.managementPort !== 0 &&
    config.managementPort === config.port
  )
    problems.push(
      `MANAGEMENT_PORT and PORT are both ${config.port}: choose two ports, or unset MANAGEMENT_PORT`,
    );
  if (config.authMode === 'keys' && config.apiKeysFile === undefined)
    problems.push('AUTH_MODE is keys, but API_KEYS_FILE is not set: name the file that holds the keys');
  if (config.authMode === 'open' && config.apiKeysFile !== undefined)
    problems.push(
      'AUTH_MODE is open, but API_KEYS_FILE is set: its keys would guard nothing; unset one of them',
    );
  if (config.authMode === 'auto' && config.apiKeysFile === undefined && !isLocal(config.host))
    problems.push(
      `HOST is ${quoted(config.host)}, which others can reach, but there are no API keys: set API_KEYS_FILE, ` +
        'listen on 127.0.0.1, or say AUTH_MODE=open if something in front of the gateway checks who asks',
    );
  if (config.sessionRenewal !== 'off' && !(config.stravaEmail && config.stravaPassword))
    problems.push(
      `SESSION_RENEWAL is ${config.sessionRenewal}, but STRAVA_EMAIL and STRAVA_PASSWORD are not both set`,
    );
  if (config.colors.length === 0 || config.sportGroups.length + config.sports.length === 0)
    problems.push('SPORT_GROUPS, SPORTS and COLORS leave no layer: name at least one sport and one colour');
  if (config.adminKey && config.adminKeyFile !== undefined)
    problems.push('ADMIN_KEY and ADMIN_KEY_FILE are both set: keep one of them');
  if (config.tileCacheDirMaxBytes !== undefined && config.tileCacheDir === undefined)
    problems.push('TILE_CACHE_DIR_MAX_BYTES is set, but TILE_CACHE_DIR is not');
  if (config.redisSentinels.length > 0 && !config.redisUrl)
    problems.push('REDIS_SENTINELS is set, but REDIS_URL is not: it says user, password and database');
  if (config.redisCaFile !== undefined && !/^rediss:/i.test(config.redisUrl?.reveal() ?? ''))
    problems.push('REDIS_CA_FILE is set, but REDIS_URL does not begin with rediss://');
  if (config.corsOrigins.includes('*') && config.corsOrigins.length > 1)
    problems.push('CORS_ORIGINS holds * and origins as well: keep * alone, or the origins');
  return problems;
}

/** The effective settings as they may be logged: secrets are redacted by their own type. */
export function describeConfig(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(SETTINGS) as SettingName[])
      .filter((name) => config[name] !== undefined)
      .map((name) => [name, config[name]]),
  );
}

/** Whether only this machine reaches a listener on `host`. */
function isLocal(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host);
}
