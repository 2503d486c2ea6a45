// Chance that always falls the same way: what seems random in a picture is a hash of where and what it is. Pure.
import { imul } from './math.js';

/** 32 bits, mixed from four whole numbers. */
export function hash(a: number, b: number, c = 0, d = 0): number {
  let h = imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = imul(h ^ (h >>> 15) ^ b, 0xc2b2ae35);
  h = imul(h ^ (h >>> 13) ^ c, 0x27d4eb2f);
  h = imul(h ^ (h >>> 16) ^ d, 0x165667b1);
  h = imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 14)) >>> 0;
}

/** The same as a number from 0 up to, but not including, 1. */
export function chance(a: number, b: number, c = 0, d = 0): number {
  return hash(a, b, c, d) / 0x1_0000_0000;
}

/** A number for a word. */
export function hashWord(word: string): number {
  let h = 0;
  for (const letter of word) h = hash(h, letter.codePointAt(0) ?? 0);
  return h;
}
