import { chance, hashWord } from './hash.js';
import { groupOf, type SportGroup } from './sports.js';

/** Kinds of lines in the network. */
export const WAYS = ['highway', 'road', 'lane', 'trail', 'street'] as const;
export type Way = (typeof WAYS)[number];

/** Relative strength of a line for one sport; 0 where the sport does not use it. */
export type Strength = (way: Way, line: number) => number;

/** For each group, the share of the lines that it uses. */
const SHARES: Record<SportGroup, Record<Way, number>> = {
  all: { highway: 1, road: 1, lane: 1, trail: 1, street: 1 },
  cycle: { highway: 0.9, road: 0.95, lane: 0.75, trail: 0.3, street: 0.6 },
  foot: { highway: 0.1, road: 0.45, lane: 0.6, trail: 0.9, street: 0.9 },
  water: { highway: 0, road: 0.12, lane: 0.14, trail: 0.12, street: 0 },
  winter: { highway: 0, road: 0.05, lane: 0.2, trail: 0.75, street: 0 },
  other: { highway: 0.02, road: 0.15, lane: 0.2, trail: 0.2, street: 0.5 },
};

const SALT = 211;

/** A single sport uses a part of the lines of its group; each sport uses another part. */
export function strengthOf(sport: string): Strength {
  if (sport === 'all') return () => 1;
  const seed = hashWord(sport);
  const shares = SHARES[groupOf(sport)];
  const part = sport.startsWith('sport_') ? 0.35 + 0.55 * chance(SALT, seed) : 1;
  return (way, line) => {
    const dice = chance(SALT, seed, line);
    const share = shares[way] * part;
    return dice < share ? 0.4 + 0.6 * (1 - dice / share) : 0;
  };
}
