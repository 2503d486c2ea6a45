import { VERSION } from '../version.js';

/** `User-Agent` of every upstream request; the client's own `User-Agent` is never forwarded. */
export const USER_AGENT = `strava-heatmap-gateway/${VERSION}`;
