/** Injection tokens of interfaces, which have no class. */
export const CLOCK = Symbol('CLOCK');
export const LOG = Symbol('LOG');
