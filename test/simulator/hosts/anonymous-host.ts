// The two sources of tiles that need no cookies.
import { tileKey, type TileAddress } from '../../heat-painting/tile-address.js';
import { countUp } from '../server/counters.js';
import { textResponse, type HostRequest, type Host } from '../server/host.js';
import type { State } from '../state.js';
import type { HostName } from '../switches.js';
import { readTileAddress } from './tile-path.js';
import { CANARY_HEADERS, intactTile, wrongSizeTile, notFound, tileResponse } from './tile-response.js';

interface Source {
  readonly name: HostName;
  readonly prefix: string;
  /** Size of a tile whose query has no `px`. */
  readonly defaultSize: 256 | 512;
  /** Highest zoom by pixel size. */
  readonly maxZoom: Record<TileAddress['size'], number>;
}

/** On the tile host: `GET /anon/globalheat/{sport}/{color}/{z}/{x}/{y}[@2x].png[?px=256]`. */
export function anonymousHost(state: State): Host {
  const maxZoom = { 256: 12, 512: 11, 1024: 10 };
  return hostOf(state, { name: 'anonymous', prefix: ANONYMOUS_PREFIX, defaultSize: 512, maxZoom });
}

/** On a host of its own: `GET /tiles/{sport}/{color}/{z}/{x}/{y}.png[?px=512]`. There are no tiles of 1024 px. */
export function oldAnonymousHost(state: State): Host {
  const maxZoom = { 256: 12, 512: 11, 1024: -1 };
  return hostOf(state, { name: 'oldAnonymous', prefix: '/tiles', defaultSize: 256, maxZoom });
}

export const ANONYMOUS_PREFIX = '/anon/globalheat';

/** Requests need no cookies. 403 above the highest zoom. */
function hostOf(state: State, { name, prefix, defaultSize, maxZoom }: Source): Host {
  const addressOf = (request: HostRequest) => readTileAddress(request, prefix, defaultSize);
  return {
    name,
    onRequest(request) {
      const address = addressOf(request);
      if (address !== undefined) countUp(state.counters.anonymousTiles, tileKey(address));
    },
    respond(request) {
      const address = addressOf(request);
      if (address === undefined) return notFound();
      if (address.z > maxZoom[address.size]) return textResponse(403, 'Forbidden\n', CANARY_HEADERS);
      return tileResponse(request, address, state.now(), state.switches.emptyEverywhere);
    },
    intact: (request) => intactTile(addressOf(request)),
    wrongSize: (request) => wrongSizeTile(addressOf(request)),
  };
}
