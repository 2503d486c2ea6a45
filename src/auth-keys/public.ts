import type {} from 'fastify';

/** Route configuration of what anybody may read without a key; every route that does not say so needs one. */
export const PUBLIC = { public: true } as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    public?: true;
  }
}
