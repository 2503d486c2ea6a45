/** The layers and zoom levels that an API key grants. Pure. */
import { AccessDenied } from './access-denied.js';

/** Every restriction applies; an undefined one allows everything. */
export interface Scope {
  /** Layer identifiers; a `*` at the end matches any suffix. */
  readonly layers: readonly string[] | undefined;
  readonly sports: readonly string[] | undefined;
  readonly colors: readonly string[] | undefined;
  /** Highest zoom level, for every tile size. */
  readonly maxZoom: number | undefined;
}

export const UNLIMITED: Scope = {
  layers: undefined,
  sports: undefined,
  colors: undefined,
  maxZoom: undefined,
};

/** The access of a request whose API key was accepted. */
export interface Access {
  /** The key's `id`, safe to log. */
  readonly keyId: string;
  /**
   * The key that the URLs of a document repeat, in the form in which the request carried it. Undefined for keys in a
   * header: the client sends them with every request.
   */
  readonly repeat:
    | { readonly form: 'query'; readonly parameter: string; readonly key: string }
    | { readonly form: 'path'; readonly key: string }
    | undefined;
  readonly scope: Scope;
}

interface LayerNames {
  readonly identifier: string;
  readonly sport: { readonly id: string };
  readonly color: { readonly id: string };
}

/** The layers that `access` grants; all of them for null (open mode). */
export function grantedLayers<L extends LayerNames>(
  access: Access | null,
  layers: readonly L[],
): readonly L[] {
  if (!access) return layers;
  return layers.filter(({ identifier, sport, color }) =>
    grants(access.scope, identifier, sport.id, color.id),
  );
}

/** Throws {@link AccessDenied} when `access` does not grant the layer. */
export function requireLayer(access: Access | null, { identifier, sport, color }: LayerNames): void {
  if (access && !grants(access.scope, identifier, sport.id, color.id)) throw new AccessDenied('layer');
}

/** Throws {@link AccessDenied} when `access` is limited: metrics describe the requests of all keys. */
export function requireMetrics(access: Access | null): void {
  if (access && Object.values(access.scope).some((limit) => limit !== undefined))
    throw new AccessDenied('metrics');
}

/** Throws {@link AccessDenied} when `access` does not grant the tile. */
export function requireTile(
  access: Access | null,
  tile: { readonly layer: string; readonly sport: string; readonly color: string; readonly z: number },
): void {
  if (!access) return;
  const { scope } = access;
  if (!grants(scope, tile.layer, tile.sport, tile.color)) throw new AccessDenied('layer');
  if (scope.maxZoom !== undefined && tile.z > scope.maxZoom)
    throw new AccessDenied('zoom', { maxZoom: scope.maxZoom });
}

function grants({ layers, sports, colors }: Scope, layer: string, sport: string, color: string): boolean {
  return (
    (!sports || sports.includes(sport)) &&
    (!colors || colors.includes(color)) &&
    (!layers ||
      layers.some((pattern) =>
        pattern.endsWith('*') ? layer.startsWith(pattern.slice(0, -1)) : layer === pattern,
      ))
  );
}
