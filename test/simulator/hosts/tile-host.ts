import { tileKey, type TileAddress } from '../../heat-painting/tile-address.js';
import { verifyIdentityToken } from '../cookies/identity-token.js';
import type { Refusal } from '../cookies/signed-cookies.js';
import { countUp } from '../server/counters.js';
import { textResponse, type HostResponse, type HostRequest, type Host } from '../server/host.js';
import type { State } from '../state.js';
import { ANONYMOUS_PREFIX, anonymousHost } from './anonymous-host.js';
import { readTileAddress } from './tile-path.js';
import {
  CANARY_HEADERS,
  intactTile,
  wrongSizeTile,
  notFound,
  tileResponse,
  xmlRefusal,
} from './tile-response.js';

/** Highest zoom by pixel size; all three have the same native resolution. */
const MAX_ZOOM = { 256: 16, 512: 15, 1024: 14 };

const MESSAGES: Record<Refusal, string> = {
  MissingKey: 'Missing Key-Pair-Id query parameter or cookie value',
  InvalidKey: 'Unknown Key',
  MalformedPolicy: 'Malformed Policy',
  AccessDenied: 'Access denied',
};

/** The two hosts behind the address of the tile host: with signed cookies, and without. */
export function tileHosts(state: State): (request: HostRequest) => Host {
  const [signed, anonymous] = [tileHost(state), anonymousHost(state)];
  return ({ url }) => (url.pathname.startsWith(ANONYMOUS_PREFIX) ? anonymous : signed);
}

/**
 * `GET /identified/globalheat/{sport}/{color}/{z}/{x}/{y}[@2x].png[?px=256]`, with the signed cookies.
 * Checks the signed cookies first, then `_strava_idcf`, then the path.
 */
function tileHost(state: State): Host {
  const addressOf = (request: HostRequest): TileAddress | undefined =>
    readTileAddress(request, '/identified/globalheat', 512);
  return {
    name: 'tiles',
    onRequest(request) {
      const address = addressOf(request);
      if (address !== undefined) countUp(state.counters.tiles, tileKey(address));
    },
    respond: (request) => refusal(state, request) ?? tile(state, request, addressOf(request)),
    intact: (request) => intactTile(addressOf(request)),
    wrongSize: (request) => wrongSizeTile(addressOf(request)),
  };
}

function refusal(state: State, request: HostRequest): HostResponse | undefined {
  if (state.switches.refuseAll) return xmlRefusal('AccessDenied', MESSAGES.AccessDenied);
  const now = state.now();
  const address = `${state.addresses.tilesUrl}${request.url.pathname}${request.url.search}`;
  const code = state.signer.refusal(request.cookies, address, now);
  if (code !== undefined) return xmlRefusal(code, MESSAGES[code]);
  const token = request.cookies.get('_strava_idcf');
  if (token !== undefined && verifyIdentityToken(state.identitySecret, token, now)) return undefined;
  return textResponse(401, 'Unauthorized\n', CANARY_HEADERS);
}

function tile(state: State, request: HostRequest, address: TileAddress | undefined): HostResponse {
  if (address === undefined || address.z > MAX_ZOOM[address.size]) return notFound();
  return tileResponse(request, address, state.now(), state.switches.emptyEverywhere);
}
