/** The five forms in which a client sends an API key. Pure. */

export const KEY_FORMS = ['query', 'X-API-Key', 'Bearer', 'Basic', 'path'] as const;
export type KeyForm = (typeof KEY_FORMS)[number];

export interface KeyedTarget {
  readonly target: string;
  /** Headers to add; empty when the key is in the target. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** `target` with `key` in `form`. */
export function withKey(target: string, key: string, form: KeyForm): KeyedTarget {
  switch (form) {
    case 'query':
      return { target: `${target}${target.includes('?') ? '&' : '?'}key=${key}`, headers: [] };
    case 'path':
      return { target: `/k/${key}${target}`, headers: [] };
    case 'X-API-Key':
      return { target, headers: [['X-API-Key', key]] };
    case 'Bearer':
      return { target, headers: [['Authorization', `Bearer ${key}`]] };
    case 'Basic':
      return {
        target,
        headers: [['Authorization', `Basic ${Buffer.from(`user:${key}`).toString('base64')}`]],
      };
  }
}
