import { tileKey, type TileAddress } from '../../heat-painting/tile-address.js';
import { countUp } from '../server/counters.js';
import type { Asked, Host } from '../server/exchange.js';
import type { State } from '../state.js';
import { intactTile, missizedTile, notFound, tileAnswer, xmlRefusal } from './tile-answer.js';
import { readTileAddress } from './tile-path.js';

/** The deepest zoom level of each pixel size; there is no 1024. */
const DEEPEST = { 256: 12, 512: 11, 1024: -1 };

/** `GET /tiles/{sport}/{color}/{z}/{x}/{y}.png[?px=256]`, without cookies; beyond the low levels 403. */
export function anonymousHost(state: State): Host {
  const addressOf = (asked: Asked): TileAddress | undefined => readTileAddress(asked, '/tiles');
  return {
    name: 'anonymous',
    arrived(asked) {
      const address = addressOf(asked);
      if (address !== undefined) countUp(state.counters.anonymousTiles, tileKey(address));
    },
    answer(asked) {
      const address = addressOf(asked);
      if (address === undefined) return notFound();
      if (address.z > DEEPEST[address.size]) return xmlRefusal('AccessDenied', 'Access Denied');
      return tileAnswer(asked, address, state.now(), state.switches.emptyEverywhere);
    },
    intact: (asked) => intactTile(addressOf(asked)),
    missized: (asked) => missizedTile(addressOf(asked)),
  };
}
