import { tileKey, type TileAddress } from '../../heat-painting/tile-address.js';
import { verifyIdentityToken } from '../cookies/identity-token.js';
import type { Refusal } from '../cookies/signed-cookies.js';
import { countUp } from '../server/counters.js';
import { textAnswer, type Answer, type Asked, type Host } from '../server/exchange.js';
import type { State } from '../state.js';
import { CANARY_HEADERS, intactTile, missizedTile, notFound, tileAnswer, xmlRefusal } from './tile-answer.js';
import { readTileAddress } from './tile-path.js';

/** The deepest zoom level of each pixel size; all three show the same native resolution. */
const DEEPEST = { 256: 16, 512: 15, 1024: 14 };

const MESSAGES: Record<Refusal, string> = {
  MissingKey: 'Missing Key-Pair-Id query parameter or cookie value',
  InvalidKey: 'Unknown Key',
  MalformedPolicy: 'Malformed Policy',
  AccessDenied: 'Access denied',
};

/**
 * `GET /identified/globalheat/{sport}/{color}/{z}/{x}/{y}[@2x].png[?px=256]`, with the signed cookies.
 * The signed cookies are checked before anything else, then `_strava_idcf`, then the address.
 */
export function tileHost(state: State): Host {
  const addressOf = (asked: Asked): TileAddress | undefined =>
    readTileAddress(asked, '/identified/globalheat');
  return {
    name: 'tiles',
    arrived(asked) {
      const address = addressOf(asked);
      if (address !== undefined) countUp(state.counters.tiles, tileKey(address));
    },
    answer: (asked) => refused(state, asked) ?? admitted(state, asked, addressOf(asked)),
    intact: (asked) => intactTile(addressOf(asked)),
    missized: (asked) => missizedTile(addressOf(asked)),
  };
}

function refused(state: State, asked: Asked): Answer | undefined {
  if (state.switches.refuseAll) return xmlRefusal('AccessDenied', MESSAGES.AccessDenied);
  const now = state.now();
  const address = `${state.addresses.tilesUrl}${asked.url.pathname}${asked.url.search}`;
  const refusal = state.signer.refusal(asked.cookies, address, now);
  if (refusal !== undefined) return xmlRefusal(refusal, MESSAGES[refusal]);
  const token = asked.cookies.get('_strava_idcf');
  if (token !== undefined && verifyIdentityToken(state.identitySecret, token, now)) return undefined;
  return textAnswer(401, 'Unauthorized\n', CANARY_HEADERS);
}

function admitted(state: State, asked: Asked, address: TileAddress | undefined): Answer {
  if (address === undefined || address.z > DEEPEST[address.size]) return notFound();
  return tileAnswer(asked, address, state.now(), state.switches.emptyEverywhere);
}
