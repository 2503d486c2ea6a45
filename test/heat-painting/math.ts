// Bound once: each use of a global is a look-up in the sandbox of jest, which makes drawing ten times slower.
export const { PI, atan, ceil, cos, exp, floor, hypot, imul, log2, max, min, sin, sinh, sqrt } = Math;
