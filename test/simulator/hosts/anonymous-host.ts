import { tileKey, type TileAddress } from '../../heat-painting/tile-address.js';
import { countUp } from '../server/counters.js';
import type { HostRequest, Host } from '../server/host.js';
import type { State } from '../state.js';
import { readTileAddress } from './tile-path.js';
import { intactTile, wrongSizeTile, notFound, tileResponse, xmlRefusal } from './tile-response.js';

/** Highest zoom by pixel size; there are no tiles of 1024 px. */
const MAX_ZOOM = { 256: 12, 512: 11, 1024: -1 };

/** `GET /tiles/{sport}/{color}/{z}/{x}/{y}.png[?px=256]`, without cookies; 403 above the highest zoom. */
export function anonymousHost(state: State): Host {
  const addressOf = (request: HostRequest): TileAddress | undefined => readTileAddress(request, '/tiles');
  return {
    name: 'anonymous',
    onRequest(request) {
      const address = addressOf(request);
      if (address !== undefined) countUp(state.counters.anonymousTiles, tileKey(address));
    },
    respond(request) {
      const address = addressOf(request);
      if (address === undefined) return notFound();
      if (address.z > MAX_ZOOM[address.size]) return xmlRefusal('AccessDenied', 'Access Denied');
      return tileResponse(request, address, state.now(), state.switches.emptyEverywhere);
    },
    intact: (request) => intactTile(addressOf(request)),
    wrongSize: (request) => wrongSizeTile(addressOf(request)),
  };
}
