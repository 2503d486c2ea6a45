/** What a request may do, as the key check found it; read by the edges, which know nothing of keys otherwise. */
import type {} from 'fastify';

/** What a key opens: what every part of it allows. A part that is undefined allows everything. */
export interface Scope {
  /** Identifiers of layers, `*` at the end standing for anything. */
  readonly layers: readonly string[] | undefined;
  readonly sports: readonly string[] | undefined;
  readonly colors: readonly string[] | undefined;
  /** Deepest level, whatever the size of the tiles. */
  readonly maxZoom: number | undefined;
}

export const UNLIMITED: Scope = {
  layers: undefined,
  sports: undefined,
  colors: undefined,
  maxZoom: undefined,
};

export interface Access {
  /** Name of the key, fit for logs. */
  readonly keyId: string;
  /**
   * The key and how it came, when a document must repeat it so that a client keeps it; absent for headers, which a
   * client sends by itself.
   */
  readonly repeat: { readonly form: 'query' | 'path'; readonly key: string } | undefined;
  readonly scope: Scope;
}

interface LayerNames {
  readonly identifier: string;
  readonly sport: { readonly id: string };
  readonly color: { readonly id: string };
}

/** The layers that `access` opens. No access at all is a request in open mode. */
export function openedLayers<L extends LayerNames>(
  access: Access | null,
  layers: readonly L[],
): readonly L[] {
  if (!access) return layers;
  return layers.filter(({ identifier, sport, color }) => opens(access.scope, identifier, sport.id, color.id));
}

/** Throws {@link AccessDenied} when `access` does not open the layer. */
export function requireLayer(access: Access | null, { identifier, sport, color }: LayerNames): void {
  if (access && !opens(access.scope, identifier, sport.id, color.id)) throw new AccessDenied('layer');
}

/** Throws {@link AccessDenied} when `access` does not open the tile. */
export function requireTile(
  access: Access | null,
  tile: { readonly layer: string; readonly sport: string; readonly color: string; readonly z: number },
): void {
  if (!access) return;
  const { scope } = access;
  if (!opens(scope, tile.layer, tile.sport, tile.color)) throw new AccessDenied('layer');
  if (scope.maxZoom !== undefined && tile.z > scope.maxZoom) throw new AccessDenied('zoom');
}

function opens({ layers, sports, colors }: Scope, layer: string, sport: string, color: string): boolean {
  return (
    (!sports || sports.includes(sport)) &&
    (!colors || colors.includes(color)) &&
    (!layers ||
      layers.some((pattern) =>
        pattern.endsWith('*') ? layer.startsWith(pattern.slice(0, -1)) : layer === pattern,
      ))
  );
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the key check; null in open mode and on public routes. */
    access: Access | null;
  }
}

/** A request that the key check or a limit turns away. */
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
      | 'zoom'
      | 'origin'
      | 'rate_limited'
      | 'admin'
      | 'admin_off',
    readonly retryAfterSeconds?: number,
  ) {
    super(reason);
  }
}
