/** Types of settings. Each accepts the text of an environment variable or flag, and the native value of YAML. */
import { isIP, isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { normalOrigin, ORIGIN_FORM } from '../common/net/web-origins.js';
import { Secret } from '../common/secret.js';
import { CookieFileError, readSessions } from '../strava-cookies/index.js';
import { TrustedProxies } from './trusted-proxies.js';

export const text = () => z.string('must be a string').trim().min(1, 'must not be empty');

export const integer = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value),
    z
      .int(`must be a whole number from ${min} to ${max}`)
      .min(min, `must be a whole number from ${min} to ${max}`)
      .max(max, `must be a whole number from ${min} to ${max}`),
  );

export const port = () => integer(0, 65535);

export const flag = () =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    const word = value.trim().toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(word)) return true;
    if (['false', '0', 'no', 'off'].includes(word)) return false;
    return value;
  }, z.boolean('must be true or false'));

/** IP address or name of a listener; without the brackets that an IPv6 address has in a URL. */
export const host = (portSetting: 'PORT' | 'MANAGEMENT_PORT') =>
  text()
    .transform((value) =>
      value.replace(/^\[(.*)\]$/, (whole, inside: string) => (isIPv6(inside) ? inside : whole)),
    )
    .refine(
      (value) => isIP(value) !== 0 || HOST_NAME.test(value),
      `must be an IP address such as 127.0.0.1 or :: (all addresses: 0.0.0.0 or ::), or a host name, without scheme and port; set the port as ${portSetting}`,
    )
    .transform((value) => value.toLowerCase());

/** Its last label has a letter: a lookup would take 127.1 for 127.0.0.1. */
const HOST_NAME =
  /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?=[0-9_-]*[a-z])[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;

/** A web origin in the form of the header `Origin`, or `*` for any. */
export const webOrigin = () =>
  z
    .string('must be a string')
    .transform((value) => (value === '*' ? value : normalOrigin(value)))
    .pipe(z.string(`must be * or ${ORIGIN_FORM}`));

/** true, false, or the addresses of the trusted proxies. */
export const trustedProxies = () =>
  z
    .preprocess(
      (value) => flag().or(list(z.string())).safeParse(value).data,
      z.custom<boolean | string[]>(
        (value) =>
          typeof value === 'boolean' ||
          (Array.isArray(value) && value.every((entry: string) => TrustedProxies.isEntry(entry))),
        'must be true, false, or a list of addresses and networks such as 10.0.0.0/8, loopback or uniquelocal',
      ),
    )
    .transform((value) => new TrustedProxies(value));

/** URL of Redis or Valkey, optionally with user, password and a database number as its path. */
export const redisUrl = () =>
  text()
    .refine(
      (value) => URL.canParse(value) && /^rediss?:\/\/[^/?#]+(\/\d*)?$/i.test(value) && isDecodable(value),
      'must be a URL such as redis://host:6379/0 or rediss://user:password@host:6380; percent-encode special characters of the password, e.g. / as %2F and % as %25',
    )
    .transform((value) => new Secret(value));

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const UNITS: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** A size in bytes, e.g. `256MB`, `1GiB` or `500000`. */
export const bytes = () =>
  z.preprocess(
    (value) => {
      if (typeof value !== 'string') return value;
      const parts = /^(\d{1,12}(?:\.\d{1,3})?)\s*([A-Za-z]{0,3})$/.exec(value.trim());
      const unit = parts && UNITS[parts[2]!.toUpperCase()];
      return unit ? Math.round(Number(parts[1]) * unit) : value;
    },
    z
      .int('must be a size such as 256MB or 1GiB, or a number of bytes')
      .min(0, 'must not be negative')
      .max(2 ** 46, 'must be at most 64 TiB'),
  );

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

export function listEntries(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

/** A YAML list, or comma-separated text. */
export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? listEntries(value) : value),
    z.array(item, 'must be a list'),
  );

/** A path; a leading `~` is the home directory. */
export const path = () =>
  text().transform((value, context) => {
    if (!/^~(?=\/|$)/.test(value)) return value;
    try {
      return join(homedir(), value.slice(1));
    } catch {
      // Some containers run as a user ID without a passwd entry and without HOME.
      context.addIssue({
        code: 'custom',
        message: 'starts with ~, but the user has no home directory; use an absolute path',
      });
      return z.NEVER;
    }
  });

/** An http or https URL without query, fragment or credentials. Trailing slashes are removed. */
export const httpUrl = () =>
  text()
    .refine((value) => {
      const parsed = URL.canParse(value) ? new URL(value) : undefined;
      return (
        parsed !== undefined &&
        /^https?:\/\/[^/\\]/i.test(value) &&
        !/[?#@\s\p{Cc}]/u.test(value) &&
        parsed.hostname !== ''
      );
    }, 'must be an http or https URL without query, fragment or credentials')
    .transform((value) => value.replace(/\/+$/, ''));

/** An XYZ template with `{z}`, `{x}` and `{y}`. */
export const tileTemplate = () =>
  text().refine(
    (value) =>
      /^https?:\/\/[^/\\@\s{}]+\//i.test(value) &&
      URL.canParse(value) &&
      ['{z}', '{x}', '{y}'].every((name) => value.includes(name)),
    'must be an http or https URL with {z}, {x} and {y}',
  );

/** Like {@link httpUrl}, but a range such as `{a-c}` expands to one URL per letter. The value is the list of URLs. */
export const shardedHttpUrl = () =>
  text()
    .transform((value) => {
      const range = /\{([a-z])-([a-z])\}/.exec(value);
      if (!range) return [value];
      const first = range[1]!.charCodeAt(0);
      const count = range[2]!.charCodeAt(0) - first + 1;
      return Array.from({ length: count }, (_, i) => value.replace(range[0], String.fromCharCode(first + i)));
    })
    .pipe(z.array(httpUrl()).min(1, 'must have an ascending range such as {a-c}'));

/** Long enough to resist guessing, and valid in a header. */
export const ADMIN_KEY_FORM = /^[\x21-\x7e]{16,256}$/;

export const adminKey = () =>
  text()
    .regex(ADMIN_KEY_FORM, 'must have 16 to 256 printable ASCII characters without whitespace')
    .transform((value) => new Secret(value));

/** The value of a cookie as in the `Cookie` header. */
/** The session: a bare value, or in one of the forms in which it is copied. */
export const session = () =>
  text().transform((value, context) => {
    try {
      return readSessions(value, Date.now())[0]!;
    } catch (error) {
      if (!(error instanceof CookieFileError)) throw error;
      context.addIssue(
        'must be the value of the cookie _strava4_session; its name, quotes and other cookies around it are accepted',
      );
      return z.NEVER;
    }
  });

export const secret = () => text().transform((value) => new Secret(value));
