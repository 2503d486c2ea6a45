// Reproducible random numbers: the random properties of an image are hashes of position and kind. Pure.
import { imul } from './math.js';

/** 32-bit hash of four whole numbers. */
export function hash(a: number, b: number, c = 0, d = 0): number {
  let h = imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = imul(h ^ (h >>> 15) ^ b, 0xc2b2ae35);
  h = imul(h ^ (h >>> 13) ^ c, 0x27d4eb2f);
  h = imul(h ^ (h >>> 16) ^ d, 0x165667b1);
  h = imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 14)) >>> 0;
}

/** The same hash as a number from 0 up to, but not including, 1. */
export function chance(a: number, b: number, c = 0, d = 0): number {
  return hash(a, b, c, d) / 0x1_0000_0000;
}

/** 32-bit hash of a word. */
export function hashWord(word: string): number {
  let h = 0;
  for (const character of word) h = hash(h, character.codePointAt(0) ?? 0);
  return h;
}
