/** A test request for a tile that requires signed cookies. */
import { Agent } from 'undici';
import { connectPastContinue } from '../../common/net/connect-past-continue.js';
import { tileAddress } from '../../catalog/index.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import { authenticatedTilePath, fetchTile, MAX_TILE_BYTES, UpstreamError } from '../../upstream/index.js';
import { withDeadline } from '../with-deadline.js';

/** Central London at zoom 14, which needs cookies. */
const TILE = tileAddress('all-hot', 'all', 'hot', 14, 8186, 5448, 512);

export type TileTrial =
  | { readonly kind: 'tile' | 'empty' }
  | { readonly kind: 'refused' | 'upstream_error'; readonly detail: string };

/** Sends one request to the tile host. The cookies are valid for `tile` and for `empty` (no heat). Never rejects. */
export async function tryTile(
  host: { readonly url: string; readonly version: number; readonly timeoutMs: number },
  cookies: SignedCookies,
): Promise<TileTrial> {
  const { origin, pathname, search } = new URL(host.url + authenticatedTilePath(TILE, host.version));
  const agent = new Agent({
    connections: 1,
    maxResponseSize: MAX_TILE_BYTES,
    connect: connectPastContinue(),
  });
  try {
    const request = {
      origin,
      path: pathname + search,
      size: TILE.size,
      cookie: cookies.header.reveal(),
      now: () => Date.now(),
    };
    const { kind } = await withDeadline(
      host.timeoutMs,
      undefined,
      (signal) => fetchTile(agent, { ...request, signal }, () => undefined),
      new UpstreamError('timeout', 'The upstream did not respond in time.'),
    );
    return { kind: kind === 'empty' ? 'empty' : 'tile' };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.kind === 'refused') return { kind: 'refused', detail: 'the tile host refuses the cookies' };
    return { kind: 'upstream_error', detail: error.detail.replace(/^The/, 'the').replace(/\.$/, '') };
  } finally {
    await agent.destroy();
  }
}
