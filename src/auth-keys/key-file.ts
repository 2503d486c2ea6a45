/** Parses the two forms of the key file. Pure. Keys are returned as digests only, and no message contains a key. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { normalOrigin, ORIGIN_FORM, WebOrigins } from '../common/net/web-origins.js';
import { readJson } from '../common/json/relaxed-json.js';
import { UNLIMITED, type Scope } from '../access/index.js';
import type { Limit } from '../limits/index.js';

export interface ApiKey {
  /** Safe to log: the `id`, or the position in the file (`keys.0`). */
  readonly id: string;
  /** SHA-256 of the key, lower-case hex. */
  readonly digest: string;
  /** Milliseconds since the epoch; undefined for a key that never expires. */
  readonly expiresAt: number | undefined;
  readonly scope: Scope;
  /** Web origins whose pages may use the key; undefined allows every client. */
  readonly origins: WebOrigins | undefined;
  readonly rateLimit: Limit | undefined;
}

export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** Keys appear in paths and queries, so only characters that no client escapes are allowed. */
export const KEY_FORM = /^[A-Za-z0-9_-]{1,128}$/;

const KEY = z
  .string('must be text')
  .regex(KEY_FORM, 'must have 1 to 128 characters of A-Z, a-z, 0-9, "_" and "-"');

const ORIGIN = z
  .string(`must be ${ORIGIN_FORM}`)
  .transform(normalOrigin)
  .pipe(z.string(`must be ${ORIGIN_FORM}`));

const ENTRY_FIELDS = {
  id: z
    .string()
    .regex(/^[\w.@-]{1,64}$/, 'must have 1 to 64 characters: A-Z, a-z, 0-9, "_", ".", "@" and "-"'),
  key: KEY.optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must have 64 hexadecimal digits')
    .optional(),
  expires: z
    .string()
    .refine(
      (value) => /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) && !Number.isNaN(Date.parse(value)),
      'must be a date or time such as 2027-01-31 or 2027-01-31T12:00:00Z',
    )
    .optional(),
  layers: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z0-9_-]+\*?$|^\*$/,
          'must be a layer such as all-hot, or a prefix with * such as all-*',
        ),
    )
    .min(1, 'must name a layer')
    .optional(),
  sports: z
    .array(z.string().regex(/^[A-Za-z_]+$/, 'must be a sport such as all or sport_Run'))
    .min(1, 'must name a sport')
    .optional(),
  colors: z
    .array(z.string().regex(/^[a-z]+$/, 'must be a colour such as hot'))
    .min(1, 'must name a colour')
    .optional(),
  maxZoom: z
    .int('must be a zoom level from 0 to 16')
    .min(0, 'must be a zoom level from 0 to 16')
    .max(16, 'must be a zoom level from 0 to 16')
    .optional(),
  origins: z.array(ORIGIN).min(1, 'must name an origin').optional(),
  rateLimit: z
    .strictObject({
      max: z.int('must be a number of requests').min(1, 'must be a number of requests, 1 or more'),
      seconds: z
        .int('must be 1 to 86400')
        .min(1, 'must be 1 to 86400')
        .max(86400, 'must be 1 to 86400')
        .default(60),
    })
    .optional(),
};

const ENTRY = z
  .strictObject(ENTRY_FIELDS)
  .refine(
    (entry) => (entry.key === undefined) !== (entry.sha256 === undefined),
    'needs either "key" or "sha256"',
  );

const FILE = z.strictObject({
  keys: z.array(z.union([KEY, ENTRY]), 'must be a list').min(1, 'must contain a key'),
});

export const ACCEPTED =
  'accepted: {"keys": ["plain", ...]} or {"keys": [{"id": "...", "key": "..." or "sha256": "..."}, ...]}';

/** Throws a {@link KeyFileError} that lists every fault with its path. */
export function parseKeyFile(text: string): ApiKey[] {
  const file = FILE.safeParse(jsonOf(text));
  if (!file.success) throw new KeyFileError(`${faults(file.error)}; ${ACCEPTED}`);
  const keys = file.data.keys.map((entry, index) => toApiKey(entry, index));
  for (const field of ['id', 'digest'] as const) {
    const seen = new Set<string>();
    keys.forEach((key, index) => {
      if (seen.has(key[field]))
        throw new KeyFileError(
          `keys.${index} repeats the ${field === 'id' ? 'id' : 'key'} of an earlier entry`,
        );
      seen.add(key[field]);
    });
  }
  return keys;
}

/** What is wrong with one entry, as the field, empty for the entry itself, and what is accepted there. */
export function entryProblems(
  entry: unknown,
): readonly { readonly field: string; readonly accepted: string }[] {
  const result = FILE.safeParse({ keys: [entry] });
  if (result.success) return [];
  return faultsOf(result.error.issues).map(({ path: [, , field = ''], accepted }) => ({
    field: String(field),
    accepted,
  }));
}

/** The value of a key file before it is validated. Throws a {@link KeyFileError}. */
export function jsonOf(text: string): unknown {
  if (text.trim() === '') throw new KeyFileError(`it is empty; ${ACCEPTED}`);
  try {
    return readJson(text);
  } catch (error) {
    throw new KeyFileError(`it is not valid JSON: ${(error as Error).message}; ${ACCEPTED}`);
  }
}

export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function toApiKey(entry: z.output<typeof FILE>['keys'][number], index: number): ApiKey {
  if (typeof entry === 'string')
    return {
      id: `keys.${index}`,
      digest: digestOf(entry),
      expiresAt: undefined,
      scope: UNLIMITED,
      origins: undefined,
      rateLimit: undefined,
    };
  const { layers, sports, colors, maxZoom, origins, rateLimit } = entry;
  return {
    id: entry.id,
    digest: entry.sha256?.toLowerCase() ?? digestOf(entry.key!),
    expiresAt: entry.expires === undefined ? undefined : Date.parse(entry.expires),
    scope: { layers, sports, colors, maxZoom },
    origins: origins && new WebOrigins(origins),
    rateLimit,
  };
}

/** Each path with what is accepted there; zod's messages contain no value of the file. */
function faults(error: z.ZodError): string {
  return faultsOf(error.issues)
    .map(({ path, accepted }) => `${path.join('.') || 'the file'}: ${accepted}`)
    .join('; ');
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly accepted: string;
}

function faultsOf(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[] = []): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    // Report the form of an entry that matches its type; by default the last one, the object.
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const best = issue.errors.find((e) => e.every((i) => i.code !== 'invalid_type' || i.path.length > 0));
      return faultsOf(best ?? issue.errors.at(-1)!, path);
    }
    if (issue.code !== 'unrecognized_keys') return { path, accepted: issue.message };
    // The name of an unknown field is not printed: it may be a misplaced key.
    const fields = path.length === 0 ? 'keys' : Object.keys(ENTRY_FIELDS).join(', ');
    return { path, accepted: `has an unknown field; accepted: ${fields}` };
  });
}
