/** Every reason for which a request is denied access. */
export const ACCESS_DENIED_REASONS = [
  'missing',
  'unknown',
  'expired',
  'ambiguous',
  'malformed',
  'layer',
  'zoom',
  'metrics',
  'origin',
  'host',
  'rate_limited',
  'admin',
  /** No admin key is configured, so the route does not exist. */
  'admin_off',
] as const;

export type AccessDeniedReason = (typeof ACCESS_DENIED_REASONS)[number];

export interface AccessDeniedDetails {
  /** With `rate_limited`: seconds until the limit resets. */
  readonly retryAfterSeconds?: number;
  /** With `zoom`: the highest zoom level that the key grants. */
  readonly maxZoom?: number;
  /** With `host`: the header `Host` of the request. */
  readonly host?: string;
}

/** Thrown for a request that the host check, the key check, the admin check, a scope or a rate limit refuses. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';

  constructor(
    readonly reason: AccessDeniedReason,
    readonly details: AccessDeniedDetails = {},
  ) {
    super(reason);
  }
}
