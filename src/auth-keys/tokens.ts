/** Injection token of the {@link KeyRing}; undefined in open mode. */
export const KEY_RING = Symbol('KEY_RING');
