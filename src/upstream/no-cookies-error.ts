import type { CookieStatus } from '../cookie-store/index.js';
import { UpstreamError } from './upstream-error.js';

/** Why a tile that needs cookies cannot be had in this state of the cookies, and what to do. Pure. */
export function noCookiesError(
  { state, reason, action, retryAfterSeconds }: CookieStatus,
  upstreamStatus: number | undefined,
): UpstreamError {
  switch (state) {
    case 'anonymous':
      return new UpstreamError('needs_cookies', `This zoom level needs Strava cookies: ${action}.`);
    case 'unreadable':
      return new UpstreamError(
        'cookies_unavailable',
        `This zoom level needs Strava cookies, but ${reason}. To fix it, ${action}.`,
        60,
      );
    case 'session_rejected':
      return new UpstreamError(
        'session_rejected',
        `The Strava session has ended: ${reason}. To fix it, ${action}.`,
        60,
        upstreamStatus,
      );
    case 'onboarding':
      return new UpstreamError(
        'session_rejected',
        `The Strava session gives no access yet: ${reason}. To fix it, ${action}.`,
        60,
        upstreamStatus,
      );
    case 'upstream_error':
      return new UpstreamError(
        'cookies_unavailable',
        `No valid cookies: ${reason}.`,
        retryAfterSeconds ?? 5,
        upstreamStatus,
      );
    case 'valid':
      return new UpstreamError(
        'refused',
        'The upstream refuses this tile, even with fresh cookies.',
        10,
        upstreamStatus,
      );
  }
}
