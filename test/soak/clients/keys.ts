/** The API keys of the soak, and the five forms in which a client sends one. */
import { createHash, randomBytes } from 'node:crypto';

export interface Key {
  /** For reports and for the list of secrets. */
  readonly name: string;
  readonly value: string;
}

export const KEY_FORMS = ['query', 'X-API-Key', 'Bearer', 'Basic', 'path'] as const;
export type KeyForm = (typeof KEY_FORMS)[number];

export interface Target {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function newKey(name: string): Key {
  return { name, value: randomBytes(18).toString('base64url') };
}

/** `target` with the key added in `form`. */
export function withKey({ path, headers }: Target, { value }: Key, form: KeyForm): Target {
  switch (form) {
    case 'query':
      return { path: `${path}${path.includes('?') ? '&' : '?'}key=${value}`, headers };
    case 'path':
      return { path: `/k/${value}${path}`, headers };
    case 'X-API-Key':
      return { path, headers: { ...headers, 'x-api-key': value } };
    case 'Bearer':
      return { path, headers: { ...headers, authorization: `Bearer ${value}` } };
    case 'Basic': {
      const credentials = Buffer.from(`anybody:${value}`).toString('base64');
      return { path, headers: { ...headers, authorization: `Basic ${credentials}` } };
    }
  }
}

/** A key file with the keys in every form that an entry may have. */
export function keyFile(keys: readonly Key[]): string {
  const entries = keys.map(({ name, value }, index) => {
    const id = name.replaceAll(' ', '-');
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
