import type {} from 'fastify';

/** Route configuration of what belongs on the management port. */
export const MANAGEMENT = { management: true } as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    management?: true;
  }
}
