/** Environment variables that look like a setting and are none. Pure. */
import { nearest } from '../common/text/nearest.js';
import { SETTINGS, type Setting } from './settings.js';

const NAMES: readonly string[] = [
  'GATEWAY_CONFIG',
  ...Object.values<Setting>(SETTINGS).map(({ env }) => env),
];
/** Words that other programs and common guesses use. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  STRAVA_COOKIES: 'STRAVA_COOKIES_FILE',
  STRAVA_COOKIE: 'STRAVA_COOKIES_FILE',
  COOKIES_FILE: 'STRAVA_COOKIES_FILE',
  COOKIE_FILE: 'STRAVA_COOKIES_FILE',
  STRAVA_SESSION_COOKIE: 'STRAVA_SESSION',
  STRAVA_USERNAME: 'STRAVA_EMAIL',
  STRAVA_USER: 'STRAVA_EMAIL',
  API_KEYS: 'API_KEYS_FILE',
  API_KEY_FILE: 'API_KEYS_FILE',
  ALLOW_ORIGINS: 'CORS_ORIGINS',
  TILE_CACHE: 'TILE_CACHE_DIR',
  CACHE_DIR: 'TILE_CACHE_DIR',
};
/** Kubernetes sets these variables for every service of the namespace. */
const OF_KUBERNETES = /_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_\w+)$/;

export interface UnknownVariable {
  readonly variable: string;
  /** The setting that was probably meant. */
  readonly near: string | undefined;
}

/** Every unknown `STRAVA_*`, and the near misses of other settings; short names are too common to be a miss. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): UnknownVariable[] {
  return Object.keys(env)
    .filter((name) => /^[A-Z][A-Z\d_]*$/.test(name) && !NAMES.includes(name) && !OF_KUBERNETES.test(name))
    .map((variable) => ({ variable, near: meant(variable) }))
    .filter(({ variable, near }) => near !== undefined || variable.startsWith('STRAVA_'));
}

function meant(variable: string): string | undefined {
  if (Object.hasOwn(OTHER_NAMES, variable)) return OTHER_NAMES[variable];
  const known = NAMES.filter((name) => name.includes('_'));
  return (
    nearest(variable, known) ??
    (variable.includes('_') ? known.find((name) => name.startsWith(`${variable}_`)) : undefined)
  );
}
