// Bound once: inside jest each use of a global is looked up in its sandbox, and drawing would take ten times as long.
export const { PI, atan, ceil, cos, exp, floor, hypot, imul, log2, max, min, sin, sinh, sqrt } = Math;
