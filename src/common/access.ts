/** What a request may do, as the key check found it; read by the edges, which know nothing of keys otherwise. */
import type {} from 'fastify';
export interface Access {
  /** Name of the key, fit for logs. */
  readonly keyId: string;
  /**
   * The key and how it came, when a document must repeat it so that a client keeps it; absent for headers, which a
   * client sends by itself.
   */
  readonly repeat: { readonly form: 'query' | 'path'; readonly key: string } | undefined;
  /** Identifiers of the layers that the key opens, `*` at the end standing for anything; undefined is all. */
  readonly layers: readonly string[] | undefined;
}

/** Whether `access` opens a layer. No access at all is a request in open mode. */
export function opensLayer(access: Access | undefined, identifier: string): boolean {
  if (!access?.layers) return true;
  return access.layers.some((pattern) =>
    pattern.endsWith('*') ? identifier.startsWith(pattern.slice(0, -1)) : identifier === pattern,
  );
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the key check; null in open mode and on public routes. */
    access: Access | null;
  }
}

/** A request that the key check turns away. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';

  constructor(
    readonly reason:
      | 'missing'
      | 'unknown'
      | 'expired'
      | 'ambiguous'
      | 'malformed'
      | 'layer'
      | 'rate_limited'
      | 'admin'
      | 'admin_off',
    readonly retryAfterSeconds?: number,
  ) {
    super(reason);
  }
}
