/** Loads the settings. Flags override environment variables, which override the YAML file, which overrides the defaults. */
import { LineCounter, parseDocument, visit } from 'yaml';
import { fileProblem, readTextSync } from '../common/files/read-text.js';
import { nearest } from '../common/text/nearest.js';
import { isLoopbackHost } from '../common/net/loopback.js';
import { quoted } from '../common/text/quoted.js';
import { ConfigError } from './config-error.js';
import { listEntries } from './setting-types.js';
import { SETTINGS, type Config, type Setting, type SettingName } from './settings.js';

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of flags by name, without the leading dashes. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  /** Path of the YAML file; defaults to the environment variable `GATEWAY_CONFIG`. */
  readonly file?: string | undefined;
}

interface Candidate {
  readonly place: string;
  readonly value: unknown;
}

/** The effective settings. Throws a {@link ConfigError} that lists every problem with the source of the value. */
export function loadConfig({
  env,
  flags = {},
  file = env.GATEWAY_CONFIG || undefined,
}: ConfigSources): Config {
  const problems: string[] = [];
  const yaml = file === undefined ? {} : readYaml(file, problems);
  const isComplete = problems.length === 0 || Object.keys(yaml).length > 0;
  const invalid = new Set<string>();
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const { place, value } = candidate(name, setting, { env, flags, yaml, file });
    const result = setting.schema.safeParse(value);
    if (!result.success || isInQuotes(value)) invalid.add(setting.env);
    if (!setting.secret && isInQuotes(value))
      problems.push(
        `${place}: must not be in quotes${foundText(setting, value)}; remove the quotes, which docker --env-file keeps`,
      );
    else if (result.success) config[name] = result.data;
    else
      for (const { path, message } of result.error.issues)
        problems.push(`${place}: ${message}${foundText(setting, value, path[0])}`);
  }
  // A contradiction with a setting that is invalid, or in a file that cannot be read, may be none.
  if (isComplete) {
    const concerns = (problem: string) =>
      [...invalid].some((env) => new RegExp(`\\b${env}\\b`).test(problem));
    problems.push(...contradictions(withDefaults(config)).filter((problem) => !concerns(problem)));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config) as Config;
}

/** Programs that read env files differ in whether they keep the quotes around a value. */
function isInQuotes(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(?:"[^]*"|'[^]*'|`[^]*`|[“”„][^]*[“”]|[‘’‚][^]*[‘’]|[«»][^]*[«»])$/.test(value.trim())
  );
}

/** What was found: of a list, the entry at `index`. Nothing if the value may contain a secret. */
function foundText(setting: Setting, value: unknown, index?: PropertyKey): string {
  const text = Array.isArray(value) ? value.join(',') : value;
  if (!isSafeToPrint(setting, text) || (Array.isArray(value) && index === undefined)) return '';
  const entries = Array.isArray(value) ? value : listEntries(`${value as string}`);
  return `, found ${quoted(`${typeof index === 'number' ? entries[index] : (value as string)}`)}`;
}

/** Defaults in place of invalid settings. */
function withDefaults(config: Readonly<Record<string, unknown>>): Config {
  const defaults = Object.entries<Setting>(SETTINGS).map(([name, { schema, default: text }]) => [
    name,
    schema.safeParse(text).data,
  ]);
  return { ...Object.fromEntries(defaults), ...config } as Config;
}

/** A URL can contain credentials or, if copied from a client, an API key. */
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
  // Shells and compose files pass an unset variable as an empty one.
  const fromEnv = env[setting.env];
  if (fromEnv !== undefined && fromEnv !== '') return { place: `environment ${setting.env}`, value: fromEnv };
  if (yaml[name] !== undefined && yaml[name] !== null)
    return { place: `${file}: ${name}`, value: yaml[name] };
  return { place: `default of ${setting.env}`, value: setting.default };
}

function readYaml(file: string, problems: string[]): Record<string, unknown> {
  let source: string;
  try {
    source = readTextSync(file);
  } catch (error) {
    problems.push(`${file}: the configuration file cannot be read: ${fileProblem(error)}`);
    return {};
  }
  const lines = new LineCounter();
  const document = parseDocument(source, {
    prettyErrors: true,
    lineCounter: lines,
    // Plain values only, whatever YAML version or tags the file declares: no dates, sets, bytes, or merge keys, which can throw.
    schema: 'core',
    resolveKnownTags: false,
    // Otherwise the parser prints a warning with the content of a key that is a mapping, which may be a secret.
    stringKeys: true,
  });
  if (document.errors.length > 0) {
    // Only the line: the text around a YAML error may be a secret.
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
    problems.push(`${file}: not valid YAML at line ${references[0]} (quote a value that starts with "*")`);
    return {};
  }
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`${file}: the configuration file must be a YAML mapping, e.g. "port: 8080"`);
    return {};
  }
  for (const key of Object.keys(content))
    if (!Object.hasOwn(SETTINGS, key)) problems.push(`${file}: ${unknown(key)}`);
  return content as Record<string, unknown>;
}

function unknown(key: string): string {
  const name = /^[\w.-]*/.exec(key)![0];
  if (name === key) return `unknown setting ${quoted(key)}${suggestion(key)}`;
  // The text after the name may be the value: YAML reads `{stravaSession:abc}` as a single key.
  return `unknown setting that starts with ${quoted(name)}; add a space after the colon`;
}

function suggestion(key: string): string {
  const names = Object.keys(SETTINGS);
  const near = nearest(key, names) ?? nearest(`strava${key}`, names);
  return near ? `; did you mean ${near}?` : '; see config/default.yaml for the list of settings';
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.stravaSession && config.stravaSessionFile)
    problems.push('STRAVA_SESSION and STRAVA_SESSION_FILE are both set; unset one of them');
  if (
    config.managementPort !== undefined &&
    config.managementPort !== 0 &&
    config.managementPort === config.port
  )
    problems.push(
      `MANAGEMENT_PORT and PORT are both ${config.port}; use different ports, or unset MANAGEMENT_PORT`,
    );
  if (config.managementHost !== undefined && config.managementPort === undefined)
    problems.push('MANAGEMENT_HOST is set, but MANAGEMENT_PORT is not; set both or neither');
  if (config.authMode === 'keys' && config.apiKeysFile === undefined)
    problems.push('AUTH_MODE is keys, but API_KEYS_FILE is not set; set it to the path of the key file');
  if (config.authMode === 'open' && config.apiKeysFile !== undefined)
    problems.push(
      'AUTH_MODE is open, but API_KEYS_FILE is set; the keys would not be checked, so unset one of them',
    );
  if (config.authMode === 'auto' && config.apiKeysFile === undefined && !isLoopbackHost(config.host))
    problems.push(
      `HOST is ${quoted(config.host)}, which is not a loopback address, but there are no API keys; set ` +
        'API_KEYS_FILE, set HOST=127.0.0.1, or set AUTH_MODE=open if a proxy authenticates requests',
    );
  if (config.sessionRenewal !== 'off' && !(config.stravaEmail && config.stravaPassword))
    problems.push(
      `SESSION_RENEWAL is ${config.sessionRenewal}, but STRAVA_EMAIL or STRAVA_PASSWORD is not set; set both`,
    );
  if (config.colors.length === 0 || config.sportGroups.length + config.sports.length === 0)
    problems.push('SPORT_GROUPS, SPORTS and COLORS select no layer; add at least one sport and one colour');
  if (config.adminKey && config.adminKeyFile !== undefined)
    problems.push('ADMIN_KEY and ADMIN_KEY_FILE are both set; unset one of them');
  if (config.tileCacheDirMaxBytes !== undefined && config.tileCacheDir === undefined)
    problems.push('TILE_CACHE_DIR_MAX_BYTES is set, but TILE_CACHE_DIR is not; set both or neither');
  if (config.redisSentinels.length > 0 && !config.redisUrl)
    problems.push('REDIS_SENTINELS is set, but REDIS_URL is not; set it to the user, password and database');
  if (config.redisCaFile !== undefined && !/^rediss:/i.test(config.redisUrl?.reveal() ?? ''))
    problems.push('REDIS_CA_FILE is set, but REDIS_URL does not start with rediss://; use rediss:// for TLS');
  if (config.corsOrigins.includes('*') && config.corsOrigins.length > 1)
    problems.push('CORS_ORIGINS has * and other origins; keep either * or the origins');
  return problems;
}

/** The effective settings for the log; secrets redact themselves. */
export function describeConfig(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(SETTINGS) as SettingName[])
      .filter((name) => config[name] !== undefined)
      .map((name) => [name, config[name]]),
  );
}
