/** Injection token of the caches outside the process, nearest first; consulted when memory has no fresh tile. */
export const SECONDARY_CACHES = Symbol('SECONDARY_CACHES');
