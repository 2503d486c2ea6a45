/**
 * Every setting, once: its YAML key, environment variable, flag, kind, default and meaning. The documentation's table
 * and `config/default.yaml` are written from this list. The YAML key is the variable's name in camelCase.
 */
import { z } from 'zod';
import {
  COLOR_IDS,
  DEFAULT_COLOR_IDS,
  DEFAULT_SPORT_GROUPS,
  SPORT_GROUPS,
  SPORT_ID,
} from '../catalog/index.js';
import * as kind from './setting-types.js';

export interface Setting<T extends z.ZodType = z.ZodType> {
  readonly env: string;
  readonly flag?: string;
  readonly schema: T;
  /** As it would be written in YAML or the environment; absent when the setting is unset by default. */
  readonly default?: string;
  readonly help: string;
  /** The value is a secret: neither an error nor the log of effective settings may show it. */
  readonly secret?: boolean;
}

const setting = <T extends z.ZodType>(definition: Setting<T>): Setting<T> => definition;

export const SETTINGS = {
  host: setting({
    env: 'HOST',
    flag: 'host',
    schema: kind.text(),
    default: '127.0.0.1',
    help: 'Address of the public listener. Any address but loopback needs API keys (or AUTH_MODE=open).',
  }),
  port: setting({
    env: 'PORT',
    flag: 'port',
    schema: kind.port(),
    default: '8080',
    help: 'Port of the public listener; 0 takes a free one.',
  }),
  managementPort: setting({
    env: 'MANAGEMENT_PORT',
    schema: kind.port().optional(),
    help: 'Own listener for /livez, /readyz and /metrics, on the same HOST. Unset: they are on the public port.',
  }),
  publicUrl: setting({
    env: 'PUBLIC_URL',
    flag: 'public-url',
    schema: kind.httpUrl().optional(),
    help: 'Base of every address in documents; may hold a path prefix. Unset: taken from each request.',
  }),
  trustProxy: setting({
    env: 'TRUST_PROXY',
    schema: kind.trustedProxies(),
    default: 'false',
    help: 'Proxies whose Forwarded and X-Forwarded-* headers count (host, scheme, prefix, client address): addresses and networks with commas between them, loopback, linklocal or uniquelocal; true believes whoever connects.',
  }),
  stravaCookiesFile: setting({
    env: 'STRAVA_COOKIES_FILE',
    flag: 'cookies',
    schema: kind.path(),
    default: '~/.config/strava-heatmap-gateway/strava-cookies.json',
    help: 'Cookie file: read, watched for changes, and written back with refreshed cookies.',
  }),
  stravaSession: setting({
    env: 'STRAVA_SESSION',
    schema: kind.cookieValue().optional(),
    secret: true,
    help: 'The bare value of the _strava4_session cookie.',
  }),
  stravaSessionFile: setting({
    env: 'STRAVA_SESSION_FILE',
    schema: kind.path().optional(),
    help: 'File that holds the bare value of the _strava4_session cookie, e.g. a mounted secret.',
  }),
  stravaTilesUrl: setting({
    env: 'STRAVA_TILES_URL',
    flag: 'target',
    schema: kind.httpUrl(),
    default: 'https://content-a.strava.com',
    help: 'Tile host that wants signed cookies.',
  }),
  stravaWebUrl: setting({
    env: 'STRAVA_WEB_URL',
    schema: kind.httpUrl(),
    default: 'https://www.strava.com',
    help: 'Web host that issues the signed cookies.',
  }),
  stravaAnonymousTilesUrl: setting({
    env: 'STRAVA_ANONYMOUS_TILES_URL',
    schema: kind.shardedHttpUrl(),
    default: 'https://heatmap-external-{a-c}.strava.com',
    help: 'Tile host of the low zooms that need no cookies; {a-c} stands for each letter of the range in turn.',
  }),
  stravaTilesVersion: setting({
    env: 'STRAVA_TILES_VERSION',
    schema: kind.integer(0, 9999),
    default: '19',
    help: "The v parameter of the tile host's addresses (a cache-buster).",
  }),
  cookieRefreshBefore: setting({
    env: 'COOKIE_REFRESH_BEFORE',
    schema: kind.integer(60, 86400),
    default: '14400',
    help: 'Seconds before expiry at which the signed cookies are refreshed.',
  }),
  apiKeysFile: setting({
    env: 'API_KEYS_FILE',
    flag: 'apikeys',
    schema: kind.path().optional(),
    help: 'JSON file of API keys; reloaded when it changes.',
  }),
  authMode: setting({
    env: 'AUTH_MODE',
    schema: kind.oneOf(['auto', 'keys', 'open']),
    default: 'auto',
    help: 'auto: keys when a file is set, else open on loopback only; keys: a file is needed; open: no keys anywhere.',
  }),
  adminKey: setting({
    env: 'ADMIN_KEY',
    schema: kind.adminKey().optional(),
    secret: true,
    help: 'Key of PUT /admin/cookies and GET /admin/status, at least 16 characters. Unset: /admin is off.',
  }),
  adminKeyFile: setting({
    env: 'ADMIN_KEY_FILE',
    schema: kind.path().optional(),
    help: 'File that holds the admin key, e.g. a mounted secret.',
  }),
  corsOrigins: setting({
    env: 'CORS_ORIGINS',
    flag: 'allow-origins',
    schema: kind.list(
      z
        .string('must be text')
        .regex(/^(\*|https?:\/\/[^/?#\s@]+)$/, 'must be * or an origin such as https://gpx.studio'),
    ),
    default: '',
    help: 'Web origins that may read tiles and documents, with commas between them, or *.',
  }),
  rateLimitPerAddress: setting({
    env: 'RATE_LIMIT_PER_ADDRESS',
    schema: kind.integer(0, 10_000_000).optional(),
    help: 'Requests a minute of one client address; beyond that the answer is 429. 0 is no limit. Unset: 6000, and none for clients on this machine.',
  }),
  rateLimitPerKey: setting({
    env: 'RATE_LIMIT_PER_KEY',
    schema: kind.integer(0, 10_000_000).optional(),
    help: 'The same for each API key that has no rateLimit of its own in the key file.',
  }),
  maxConnections: setting({
    env: 'MAX_CONNECTIONS',
    schema: kind.integer(1, 1_000_000),
    default: '16384',
    help: 'Connections open at once on the public listener; further ones are closed at once.',
  }),
  maxEventLoopDelayMs: setting({
    env: 'MAX_EVENT_LOOP_DELAY_MS',
    schema: kind.integer(0, 60_000),
    default: '1000',
    help: 'When the process lags by more than this on average over a second, requests get 503 with Retry-After until it has caught up; 0 turns that off.',
  }),
  tileCacheMaxBytes: setting({
    env: 'TILE_CACHE_MAX_BYTES',
    schema: kind.bytes(),
    default: '256MB',
    help: 'Bound of the memory cache; 0 turns it off.',
  }),
  tileCacheTtl: setting({
    env: 'TILE_CACHE_TTL',
    schema: kind.integer(1, 2_592_000),
    default: '86400',
    help: 'Seconds for which a tile is fresh; a tile without heat at most an hour of them.',
  }),
  tileCacheStaleTtl: setting({
    env: 'TILE_CACHE_STALE_TTL',
    schema: kind.integer(0, 31_536_000),
    default: '604800',
    help: 'Seconds after that for which a stale tile is still served while the upstream fails.',
  }),
  tileCacheDir: setting({
    env: 'TILE_CACHE_DIR',
    schema: kind.path().optional(),
    help: 'Folder of a disk cache behind the memory cache, of this process alone. Unset: none.',
  }),
  tileCacheDirMaxBytes: setting({
    env: 'TILE_CACHE_DIR_MAX_BYTES',
    schema: kind.bytes().optional(),
    help: 'Bound of the disk cache. Unset: 1GB.',
  }),
  upstreamMaxConcurrency: setting({
    env: 'UPSTREAM_MAX_CONCURRENCY',
    schema: kind.integer(1, 256),
    default: '16',
    help: 'Tile requests under way upstream at once.',
  }),
  upstreamMaxQueue: setting({
    env: 'UPSTREAM_MAX_QUEUE',
    schema: kind.integer(0, 100_000),
    default: '1000',
    help: 'Tile requests that may wait for their turn; beyond that the answer is 503 with Retry-After.',
  }),
  upstreamTimeoutMs: setting({
    env: 'UPSTREAM_TIMEOUT_MS',
    schema: kind.integer(50, 120_000),
    default: '15000',
    help: 'Total deadline of one tile from upstream in milliseconds: waiting, refresh (at most half of it) and second try included.',
  }),
  emptyTile: setting({
    env: 'EMPTY_TILE',
    schema: kind.oneOf(['transparent', 'not-found', 'no-content']),
    default: 'transparent',
    help: 'Answer where there is no heat: a transparent tile, 404, or 204.',
  }),
  sessionExpiredTile: setting({
    env: 'SESSION_EXPIRED_TILE',
    schema: kind.flag(),
    default: 'false',
    help: 'Where a tile is missing because the session was rejected: a readable tile that says so (200, never cached) instead of 503.',
  }),
  anonymousMode: setting({
    env: 'ANONYMOUS_MODE',
    schema: kind.oneOf(['proxy', 'redirect']),
    default: 'proxy',
    help: 'Low zooms while there are no valid cookies: proxy them, or redirect (302) to the anonymous host, so that no bytes pass here.',
  }),
  sessionRenewal: setting({
    env: 'SESSION_RENEWAL',
    schema: kind.oneOf(['off', 'form', 'browser']),
    default: 'off',
    help: 'When the session is rejected, log in again with STRAVA_EMAIL and STRAVA_PASSWORD: one attempt, then hours of pause. Strava often refuses it.',
  }),
  stravaEmail: setting({
    env: 'STRAVA_EMAIL',
    schema: kind.secret().optional(),
    secret: true,
    help: 'E-mail address of the account, for SESSION_RENEWAL and for login on the command line.',
  }),
  stravaPassword: setting({
    env: 'STRAVA_PASSWORD',
    schema: kind.secret().optional(),
    secret: true,
    help: 'Password of the account, for the same.',
  }),
  browserPath: setting({
    env: 'BROWSER_PATH',
    schema: kind.path().optional(),
    help: 'Chrome, Chromium or Edge for logins by browser. Unset: the first one on the PATH.',
  }),
  browserArgs: setting({
    env: 'BROWSER_ARGS',
    schema: kind.list(z.string('must be text').regex(/^--/, 'must be flags that begin with --')),
    default: '',
    help: 'Further flags for that browser, with commas between them.',
  }),
  sportGroups: setting({
    env: 'SPORT_GROUPS',
    schema: kind.list(kind.oneOf(SPORT_GROUPS)),
    default: DEFAULT_SPORT_GROUPS.join(','),
    help: `Groups of sports that are offered, of ${SPORT_GROUPS.slice(0, -1).join(', ')}.`,
  }),
  sports: setting({
    env: 'SPORTS',
    schema: kind.list(z.string('must be text').regex(SPORT_ID, 'must be of the form sport_Letters')),
    default: '',
    help: 'Further sports by id, of the form sport_[A-Za-z]+.',
  }),
  colors: setting({
    env: 'COLORS',
    schema: kind.list(kind.oneOf(COLOR_IDS as [string, ...string[]])),
    default: DEFAULT_COLOR_IDS.join(','),
    help: `Colours that are offered, of ${COLOR_IDS.join(', ')}.`,
  }),
  redisUrl: setting({
    env: 'REDIS_URL',
    schema: kind.redisUrl().optional(),
    secret: true,
    help: 'Redis or Valkey by which replicas share cookies, refreshes, tiles and rate limits; rediss:// for TLS.',
  }),
  redisCaFile: setting({
    env: 'REDIS_CA_FILE',
    schema: kind.path().optional(),
    help: 'PEM file of the certificate authority of that server, when the system does not know it.',
  }),
  redisSentinels: setting({
    env: 'REDIS_SENTINELS',
    schema: kind.list(z.string('must be text').regex(/^[^/@?#\s]+$/, 'must be host:port')),
    default: '',
    help: 'Sentinels as host:port with commas between them, asked without TLS and password; user, password, database and TLS of the server are taken from REDIS_URL then.',
  }),
  redisSentinelMaster: setting({
    env: 'REDIS_SENTINEL_MASTER',
    schema: kind.text(),
    default: 'mymaster',
    help: 'Name of the master that the Sentinels watch.',
  }),
  shutdownDelayMs: setting({
    env: 'SHUTDOWN_DELAY_MS',
    schema: kind.integer(0, 300_000),
    default: '2000',
    help: 'After SIGTERM: time during which /readyz fails while requests are still served, in milliseconds.',
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    schema: kind.oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    help: 'Least severe level that is logged. Requests are logged at info, those that fail here or upstream (5xx) at warn, probes at debug.',
  }),
  accessLog: setting({
    env: 'ACCESS_LOG',
    schema: kind.oneOf(['all', 'misses', 'errors', 'off']),
    default: 'all',
    help: 'Requests that get a line in the log: all; misses, which leaves out tiles that were held; errors (4xx and 5xx); off.',
  }),
  logFormat: setting({
    env: 'LOG_FORMAT',
    schema: kind.oneOf(['json', 'pretty']).optional(),
    help: 'json, or pretty for people. Unset: pretty on a terminal, else json.',
  }),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The settings in force, checked. */
export type Config = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> };
