import { VERSION } from './version.js';

/** Who asks, said honestly to the upstream; nothing of a client's own headers goes there. */
export const USER_AGENT = `strava-heatmap-gateway/${VERSION}`;
