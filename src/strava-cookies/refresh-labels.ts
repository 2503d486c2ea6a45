/** Why signed cookies are refreshed and how that ends: the label values of the metric of refreshes. */

export const REFRESH_REASONS = ['scheduled', 'rejected', 'startup', 'health', 'manual'] as const;
export type RefreshReason = (typeof REFRESH_REASONS)[number];

/** `locked`: another replica refreshed while it held the lock, and this one uses its cookies. */
export const REFRESH_RESULTS = ['success', 'session_rejected', 'upstream_error', 'locked'] as const;
export type RefreshResult = (typeof REFRESH_RESULTS)[number];
