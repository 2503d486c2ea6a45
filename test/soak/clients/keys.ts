/** The API keys of the soak. */
import { createHash, randomBytes } from 'node:crypto';
import { withKey, type KeyForm } from '../../support/http/api-key.js';

export interface Key {
  /** Shown in reports in place of the value. */
  readonly name: string;
  readonly value: string;
  readonly rateLimit?: RateLimit;
}

export interface RateLimit {
  readonly max: number;
  readonly seconds: number;
}

export type LimitedKey = Key & { readonly rateLimit: RateLimit };

export interface KeyedPath {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function newKey(name: string): Key {
  return { name, value: randomBytes(18).toString('base64url') };
}

export function newLimitedKey(name: string, rateLimit: RateLimit): LimitedKey {
  return { ...newKey(name), rateLimit };
}

/** `path` and `headers` with the key in `form`. */
export function keyed(
  path: string,
  { value }: Key,
  form: KeyForm,
  headers: KeyedPath['headers'] = {},
): KeyedPath {
  const { target, headers: added } = withKey(path, value, form);
  return { path: target, headers: { ...headers, ...Object.fromEntries(added) } };
}

/** A key file with the keys in every form that an entry can have. */
export function keyFile(keys: readonly Key[]): string {
  const entries = keys.map(({ name, value, rateLimit }, index) => {
    const id = name.replaceAll(' ', '-');
    if (rateLimit) return { id, key: value, rateLimit };
    switch (index % 3) {
      case 0:
        return value;
      case 1:
        return { id, key: value };
      default:
        return { id, sha256: createHash('sha256').update(value).digest('hex') };
    }
  });
  return JSON.stringify({ keys: entries });
}
