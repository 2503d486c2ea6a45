/** Kinds of setting values. Each reads the text of an environment variable or flag and the native value of YAML. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Secret } from '../common/secret.js';
import { TrustedProxies } from './trusted-proxies.js';

export const text = () => z.string('must be text').trim().min(1, 'must not be empty');

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

/** true, false, or the addresses of the proxies that are believed. */
export const trustedProxies = () =>
  z
    .preprocess(
      (value) => flag().or(list(z.string())).safeParse(value).data,
      z.custom<boolean | string[]>(
        (value) =>
          typeof value === 'boolean' ||
          (Array.isArray(value) && value.every((entry: string) => TrustedProxies.isEntry(entry))),
        'must be true, false, or addresses and networks such as 10.0.0.0/8, loopback or uniquelocal',
      ),
    )
    .transform((value) => new TrustedProxies(value));

/** Where Redis or Valkey is; may hold a password, and in the place of a path the number of a database. */
export const redisUrl = () =>
  text()
    .refine(
      (value) => URL.canParse(value) && /^rediss?:\/\/[^/?#]+(\/\d*)?$/i.test(value) && isDecodable(value),
      'must be an address such as redis://host:6379/0 or rediss://user:password@host:6380, with signs such as / and % of a password as %2F and %25',
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

/** `256MB`, `1GiB`, `500000`: a size in bytes. */
export const bytes = () =>
  z.preprocess(
    (value) => {
      if (typeof value !== 'string') return value;
      const parts = /^(\d{1,12}(?:\.\d{1,3})?)\s*([A-Za-z]{0,3})$/.exec(value.trim());
      const unit = parts && UNITS[parts[2]!.toUpperCase()];
      return unit ? Math.round(Number(parts[1]) * unit) : value;
    },
    z
      .int('must be a size such as 256MB, 1GiB or a number of bytes')
      .min(0, 'must not be negative')
      .max(2 ** 46, 'is larger than any cache'),
  );

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

/** A list in YAML, or words with commas between them. */
export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((word) => word.trim())
            .filter(Boolean)
        : value,
    z.array(item, 'must be a list'),
  );

/** A path; `~` at its beginning is the home folder. */
export const path = () =>
  text().transform((value, context) => {
    if (!/^~(?=\/|$)/.test(value)) return value;
    try {
      return join(homedir(), value.slice(1));
    } catch {
      // Some containers run as a user that nobody knows, without HOME.
      context.addIssue({
        code: 'custom',
        message: 'begins with ~, and this user has no home folder: write the whole path',
      });
      return z.NEVER;
    }
  });

/** An http or https address without query, fragment or credentials; a trailing slash is dropped. */
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
    }, 'must be an http or https address without query or credentials')
    .transform((value) => value.replace(/\/+$/, ''));

/** As {@link httpUrl}; `{a-c}` in it stands for each letter of that range in turn. Becomes the list of addresses. */
export const shardedHttpUrl = () =>
  text()
    .transform((value) => {
      const range = /\{([a-z])-([a-z])\}/.exec(value);
      if (!range) return [value];
      const first = range[1]!.charCodeAt(0);
      const count = range[2]!.charCodeAt(0) - first + 1;
      return Array.from({ length: count }, (_, i) => value.replace(range[0], String.fromCharCode(first + i)));
    })
    .pipe(z.array(httpUrl()).min(1, 'must have a range such as {a-c}, first letter first'));

/** Strong enough not to be guessed, and fit for a header. */
export const ADMIN_KEY_FORM = /^[\x21-\x7e]{16,256}$/;

export const adminKey = () =>
  text()
    .regex(ADMIN_KEY_FORM, 'must have 16 to 256 characters without blanks')
    .transform((value) => new Secret(value));

/** A cookie's value as it stands in a header. */
export const cookieValue = () =>
  text()
    .regex(
      /^[\x21-\x3a\x3c-\x7e]+$/,
      'must be the bare value of the cookie, without name, blanks and semicolons',
    )
    .transform((value) => new Secret(value));

export const secret = () => text().transform((value) => new Secret(value));
