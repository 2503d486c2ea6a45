/** Injection tokens of what has no class of its own. */
export const CLOCK = Symbol('CLOCK');
export const LOG = Symbol('LOG');
