/**
 * All settings with YAML key, environment variable, flag, type, default and help text. `docs/settings.md` and
 * `config/default.yaml` are generated from this list. The YAML key is the name of the variable in camelCase.
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
  /** As written in YAML or the environment; absent if the setting is unset by default. */
  readonly default?: string;
  readonly help: string;
  /** Whether the value is a secret, which neither errors nor the log of effective settings may show. */
  readonly secret?: boolean;
}

const setting = <T extends z.ZodType>(definition: Setting<T>): Setting<T> => definition;

export const SETTINGS = {
  host: setting({
    env: 'HOST',
    flag: 'host',
    schema: kind.host('PORT'),
    default: '127.0.0.1',
    help: 'Address of the public listener. Any address except loopback requires API keys (or AUTH_MODE=open).',
  }),
  port: setting({
    env: 'PORT',
    flag: 'port',
    schema: kind.port(),
    default: '8080',
    help: 'Port of the public listener; 0 selects a free port.',
  }),
  managementPort: setting({
    env: 'MANAGEMENT_PORT',
    schema: kind.port().optional(),
    help: 'Port of a separate listener for /livez, /readyz and /metrics. Unset: they are on the public port.',
  }),
  managementHost: setting({
    env: 'MANAGEMENT_HOST',
    schema: kind.host('MANAGEMENT_PORT').optional(),
    help: 'Address of the listener of MANAGEMENT_PORT, which needs no API key. Unset: HOST.',
  }),
  publicUrl: setting({
    env: 'PUBLIC_URL',
    flag: 'public-url',
    schema: kind.httpUrl().optional(),
    help: 'Base URL of all links in documents; may include a path prefix. Unset: derived from each request.',
  }),
  trustProxy: setting({
    env: 'TRUST_PROXY',
    schema: kind.trustedProxies(),
    default: 'false',
    help: 'Proxies whose Forwarded and X-Forwarded-* headers (host, scheme, prefix, client address) are trusted: a comma-separated list of addresses, networks, loopback, linklocal and uniquelocal. true trusts the peer of every connection.',
  }),
  stravaCookiesFile: setting({
    env: 'STRAVA_COOKIES_FILE',
    flag: 'cookies',
    schema: kind.path(),
    default: '~/.config/strava-heatmap-gateway/strava-cookies.json',
    help: 'Cookie file. The gateway reads it, watches it for changes and writes refreshed cookies to it.',
  }),
  stravaSession: setting({
    env: 'STRAVA_SESSION',
    schema: kind.session().optional(),
    secret: true,
    help: 'Value of the _strava4_session cookie.',
  }),
  stravaSessionFile: setting({
    env: 'STRAVA_SESSION_FILE',
    schema: kind.path().optional(),
    help: 'File with the value of the _strava4_session cookie, e.g. a mounted secret.',
  }),
  stravaTilesUrl: setting({
    env: 'STRAVA_TILES_URL',
    flag: 'target',
    schema: kind.httpUrl(),
    default: 'https://content-a.strava.com',
    help: 'URL of the tile host: tiles that require signed cookies, and anonymous tiles of low zoom levels.',
  }),
  stravaWebUrl: setting({
    env: 'STRAVA_WEB_URL',
    schema: kind.httpUrl(),
    default: 'https://www.strava.com',
    help: 'URL of the web host that issues the signed cookies.',
  }),
  stravaAnonymousTilesUrl: setting({
    env: 'STRAVA_ANONYMOUS_TILES_URL',
    schema: kind.shardedHttpUrl(),
    default: 'https://heatmap-external-{a-c}.strava.com',
    help: 'URL of the old host of anonymous tiles, used while the anonymous tiles of STRAVA_TILES_URL do not answer; {a-c} stands for three hosts, a to c.',
  }),
  stravaTilesVersion: setting({
    env: 'STRAVA_TILES_VERSION',
    schema: kind.integer(0, 9999),
    default: '20',
    help: 'Value of the query parameter v in upstream tile URLs (cache busting).',
  }),
  cookieRefreshBefore: setting({
    env: 'COOKIE_REFRESH_BEFORE',
    schema: kind.integer(60, 86400),
    default: '14400',
    help: 'Refresh the signed cookies this many seconds before they expire.',
  }),
  apiKeysFile: setting({
    env: 'API_KEYS_FILE',
    flag: 'apikeys',
    schema: kind.path().optional(),
    help: 'JSON file with API keys; reloaded when it changes.',
  }),
  authMode: setting({
    env: 'AUTH_MODE',
    schema: kind.oneOf(['auto', 'keys', 'open']),
    default: 'auto',
    help: 'auto: require API keys if API_KEYS_FILE is set, otherwise listen on loopback only. keys: require API keys and API_KEYS_FILE. open: never require API keys.',
  }),
  adminKey: setting({
    env: 'ADMIN_KEY',
    schema: kind.adminKey().optional(),
    secret: true,
    help: 'Key for PUT /admin/cookies and GET /admin/status, at least 16 characters. Unset: /admin is off.',
  }),
  adminKeyFile: setting({
    env: 'ADMIN_KEY_FILE',
    schema: kind.path().optional(),
    help: 'File with the admin key, e.g. a mounted secret.',
  }),
  corsOrigins: setting({
    env: 'CORS_ORIGINS',
    flag: 'allow-origins',
    schema: kind.list(kind.webOrigin()),
    default: '',
    help: 'Comma-separated web origins that may read tiles and documents in a browser, or * for any origin. https://*.gpx.studio stands for every subdomain of gpx.studio.',
  }),
  rateLimitPerAddress: setting({
    env: 'RATE_LIMIT_PER_ADDRESS',
    schema: kind.integer(0, 10_000_000).optional(),
    help: 'Max requests per minute from one client address; further requests get 429. 0: no limit. Unset: 6000, and no limit for clients on the same machine.',
  }),
  rateLimitPerKey: setting({
    env: 'RATE_LIMIT_PER_KEY',
    schema: kind.integer(0, 10_000_000).optional(),
    help: 'Max requests per minute with one API key, for keys without rateLimit in the key file. 0: no limit. Unset: 6000, and no limit for clients on the same machine.',
  }),
  maxConnections: setting({
    env: 'MAX_CONNECTIONS',
    schema: kind.integer(1, 1_000_000),
    default: '16384',
    help: 'Max open connections on each listener; further connections are closed immediately.',
  }),
  maxConnectionsPerAddress: setting({
    env: 'MAX_CONNECTIONS_PER_ADDRESS',
    schema: kind.integer(1, 1_000_000),
    default: '512',
    help: 'Max open connections of one client address on each listener, for IPv6 of a /64; further connections are closed immediately. Clients on the same machine and proxies of TRUST_PROXY are not limited.',
  }),
  maxEventLoopDelayMs: setting({
    env: 'MAX_EVENT_LOOP_DELAY_MS',
    schema: kind.integer(0, 60_000),
    default: '1000',
    help: 'Overload protection: while the mean event loop delay over one second exceeds this many milliseconds, requests get 503 with Retry-After. 0 turns it off.',
  }),
  tileCacheMaxBytes: setting({
    env: 'TILE_CACHE_MAX_BYTES',
    schema: kind.bytes(),
    default: '256MB',
    help: 'Max size of the memory cache; 0 turns it off.',
  }),
  tileCacheTtl: setting({
    env: 'TILE_CACHE_TTL',
    schema: kind.integer(1, 2_592_000),
    default: '86400',
    help: 'Seconds for which a cached tile is fresh; at most 3600 for a tile without heat.',
  }),
  tileCacheStaleTtl: setting({
    env: 'TILE_CACHE_STALE_TTL',
    schema: kind.integer(0, 31_536_000),
    default: '604800',
    help: 'Seconds after TILE_CACHE_TTL for which a stale tile is served if the upstream fails.',
  }),
  tileCacheDir: setting({
    env: 'TILE_CACHE_DIR',
    schema: kind.path().optional(),
    help: 'Directory of the disk cache, used after the memory cache; do not share it between processes. Unset: no disk cache.',
  }),
  tileCacheDirMaxBytes: setting({
    env: 'TILE_CACHE_DIR_MAX_BYTES',
    schema: kind.bytes().optional(),
    help: 'Max size of the disk cache. Unset: 1GB.',
  }),
  upstreamMaxConcurrency: setting({
    env: 'UPSTREAM_MAX_CONCURRENCY',
    schema: kind.integer(1, 256),
    default: '16',
    help: 'Max concurrent tile requests to the upstream.',
  }),
  upstreamMaxQueue: setting({
    env: 'UPSTREAM_MAX_QUEUE',
    schema: kind.integer(0, 100_000),
    default: '1000',
    help: 'Max tile requests in the upstream queue, in which API keys take turns; further requests get 503 with Retry-After.',
  }),
  upstreamTimeoutMs: setting({
    env: 'UPSTREAM_TIMEOUT_MS',
    schema: kind.integer(50, 120_000),
    default: '15000',
    help: 'Timeout of one tile from the upstream in milliseconds, including the time in the queue, a cookie refresh (at most half of the timeout) and a retry.',
  }),
  emptyTile: setting({
    env: 'EMPTY_TILE',
    schema: kind.oneOf(['transparent', 'not-found', 'no-content']),
    default: 'transparent',
    help: 'Response for a tile without heat: a transparent tile, 404 (not-found) or 204 (no-content). WMTS always sends the transparent tile.',
  }),
  basemapUrl: setting({
    env: 'BASEMAP_URL',
    schema: kind.tileTemplate().optional(),
    help: 'XYZ template of a base map under the heat of the page at /, such as https://tiles.example.org/{z}/{x}/{y}.png. Unset: the outline of the land.',
  }),
  sessionExpiredTile: setting({
    env: 'SESSION_EXPIRED_TILE',
    schema: kind.flag(),
    default: 'false',
    help: 'Tile that is unavailable because Strava rejected the session: it is 503, with a readable picture for the images of web pages. true sends this picture with status 200 to pages that fetch tiles, such as those with MapLibre, and to QGIS, which draw no error.',
  }),
  anonymousMode: setting({
    env: 'ANONYMOUS_MODE',
    schema: kind.oneOf(['proxy', 'redirect']),
    default: 'proxy',
    help: 'Low zoom levels without valid cookies: proxy them, or redirect the client (302) to the host of anonymous tiles, which saves traffic through the gateway.',
  }),
  sessionRenewal: setting({
    env: 'SESSION_RENEWAL',
    schema: kind.oneOf(['off', 'form', 'browser']),
    default: 'off',
    help: 'When Strava rejects the session, log in again with STRAVA_EMAIL and STRAVA_PASSWORD: one attempt, then a pause of hours. Strava often refuses such logins.',
  }),
  stravaEmail: setting({
    env: 'STRAVA_EMAIL',
    schema: kind.secret().optional(),
    secret: true,
    help: 'E-mail address of the Strava account, for SESSION_RENEWAL and the login command.',
  }),
  stravaPassword: setting({
    env: 'STRAVA_PASSWORD',
    schema: kind.secret().optional(),
    secret: true,
    help: 'Password of the Strava account, for SESSION_RENEWAL and the login command.',
  }),
  browserPath: setting({
    env: 'BROWSER_PATH',
    schema: kind.path().optional(),
    help: 'Path of Chrome, Chromium or Edge for logins with a browser. Unset: the first one on the PATH.',
  }),
  browserArgs: setting({
    env: 'BROWSER_ARGS',
    schema: kind.list(z.string('must be a string').regex(/^--/, 'must be flags that start with --')),
    default: '',
    help: 'Comma-separated additional flags for this browser.',
  }),
  sportGroups: setting({
    env: 'SPORT_GROUPS',
    schema: kind.list(kind.oneOf(SPORT_GROUPS)),
    default: DEFAULT_SPORT_GROUPS.join(','),
    help: `Comma-separated sport groups to offer: ${SPORT_GROUPS.slice(0, -1).join(', ')}.`,
  }),
  sports: setting({
    env: 'SPORTS',
    schema: kind.list(z.string('must be a string').regex(SPORT_ID, 'must be a sport id such as sport_Run')),
    default: '',
    help: 'Comma-separated ids of additional sports; each id matches sport_[A-Za-z]+.',
  }),
  colors: setting({
    env: 'COLORS',
    schema: kind.list(kind.oneOf(COLOR_IDS as [string, ...string[]])),
    default: DEFAULT_COLOR_IDS.join(','),
    help: `Comma-separated colours to offer: ${COLOR_IDS.join(', ')}.`,
  }),
  redisUrl: setting({
    env: 'REDIS_URL',
    schema: kind.redisUrl().optional(),
    secret: true,
    help: 'URL of the Redis or Valkey server through which replicas share cookies, refreshes, tiles and rate limits; rediss:// for TLS.',
  }),
  redisCaFile: setting({
    env: 'REDIS_CA_FILE',
    schema: kind.path().optional(),
    help: 'PEM file of the certificate authority of the Redis server, if the system does not trust it already.',
  }),
  redisSentinels: setting({
    env: 'REDIS_SENTINELS',
    schema: kind.list(z.string('must be a string').regex(/^[^/@?#\s]+$/, 'must be host:port')),
    default: '',
    help: 'Comma-separated Redis Sentinels as host:port, queried without TLS and without a password. User, password, database and TLS of the Redis server then come from REDIS_URL.',
  }),
  redisSentinelMaster: setting({
    env: 'REDIS_SENTINEL_MASTER',
    schema: kind.text(),
    default: 'mymaster',
    help: 'Name of the master that the Sentinels monitor.',
  }),
  shutdownDelayMs: setting({
    env: 'SHUTDOWN_DELAY_MS',
    schema: kind.integer(0, 300_000),
    default: '2000',
    help: 'Milliseconds after SIGTERM during which /readyz fails while requests are still served.',
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    schema: kind.oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    help: 'Minimum log level. Requests are logged at info, requests that fail with 5xx at warn, probes at debug.',
  }),
  accessLog: setting({
    env: 'ACCESS_LOG',
    schema: kind.oneOf(['all', 'misses', 'errors', 'off']).optional(),
    help: 'Requests to log: all, misses (all except cache hits), errors (4xx and 5xx) or off. Unset: misses in the format pretty, otherwise all.',
  }),
  accessLogClient: setting({
    env: 'ACCESS_LOG_CLIENT',
    schema: kind.flag(),
    default: 'false',
    help: 'true: each line of the access log contains the IP address of the client.',
  }),
  logFormat: setting({
    env: 'LOG_FORMAT',
    schema: kind.oneOf(['json', 'pretty']).optional(),
    help: 'json, or pretty for reading in a terminal. Unset: pretty on a terminal, otherwise json.',
  }),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The effective settings, validated. */
export type Config = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> };
