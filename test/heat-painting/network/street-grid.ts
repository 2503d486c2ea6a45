// The streets of one town: a rotated, distorted grid with fewer streets towards the edge.
import { chance, hash } from '../hash.js';
import { PI, ceil, cos, floor, max, min, sin } from '../math.js';
import type { Pen } from '../picture/pen.js';
import type { Place } from '../terrain/settlements.js';

/** Blocks along one side of the map; a block is about 140 m wide in Central Europe. */
export const BLOCKS = 196_000;

/** Crossings are numbered from the centre, which is 0, 0. */
export class StreetGrid {
  readonly seed: number;
  private readonly cosine: number;
  private readonly sine: number;
  private readonly twist: number;
  private readonly wave: number;

  constructor(
    private readonly place: Place,
    private readonly radius: number,
  ) {
    this.seed = hash(place.seed, 13);
    const turn = chance(this.seed, 1) * PI;
    [this.cosine, this.sine] = [cos(turn), sin(turn)];
    this.twist = min(4, radius * 0.07);
    this.wave = (2 * PI) / (radius * (1.2 + 2 * chance(this.seed, 2)));
  }

  /** Writes the position of a crossing on the map into `into`. */
  point(across: number, along: number, into: { x: number; y: number }): void {
    const dice = hash(this.seed, across, along, 3);
    const u = across + this.shift(along, 0) + 0.3 * ((dice & 0xffff) / 0xffff - 0.5) + this.offset(across, 1);
    const v = along + this.shift(across, 4) + 0.3 * ((dice >>> 16) / 0xffff - 0.5) + this.offset(along, 2);
    into.x = this.place.x + (u * this.cosine - v * this.sine) / BLOCKS;
    into.y = this.place.y + (u * this.sine + v * this.cosine) / BLOCKS;
  }

  private shift(line: number, phase: number): number {
    return this.twist * sin(line * this.wave + phase);
  }

  /** Blocks differ in width. */
  private offset(line: number, direction: number): number {
    return 0.6 * (chance(this.seed, line, direction, 5) - 0.5);
  }

  /** The range of crossings within the reach of the pen, with a margin. */
  reachOf(pen: Pen): { from: [number, number]; to: [number, number] } {
    const limit = ceil(this.radius);
    const from: [number, number] = [limit, limit];
    const to: [number, number] = [-limit, -limit];
    for (const [x, y] of [
      [pen.west, pen.north],
      [pen.east, pen.north],
      [pen.west, pen.south],
      [pen.east, pen.south],
    ] as const) {
      const [right, down] = [(x - this.place.x) * BLOCKS, (y - this.place.y) * BLOCKS];
      const corner = [
        right * this.cosine + down * this.sine,
        down * this.cosine - right * this.sine,
      ] as const;
      for (const axis of [0, 1] as const) {
        from[axis] = min(from[axis], floor(corner[axis] - this.twist - 2));
        to[axis] = max(to[axis], ceil(corner[axis] + this.twist + 2));
      }
    }
    for (const axis of [0, 1] as const) {
      from[axis] = max(from[axis], -limit);
      to[axis] = min(to[axis], limit);
    }
    return { from, to };
  }

  /** Activity in a block, from 0 to 1; wide streets have fewer gaps. */
  density(across: number, along: number, stretch: number, every: number): number {
    const quarter = 0.5 * chance(this.seed, across >> 2, along >> 2, 6);
    const outward = (across * across + along * along) / (this.radius * this.radius) + quarter;
    if (outward >= 1) return 0;
    const built = (every === 1 ? 0.9 : 1) - 0.6 * outward * outward;
    const isGap = every === 1 && (stretch & 7) === 0;
    if (isGap || chance(this.seed, across, along, stretch & 1) > built) return 0;
    return (1 - 0.6 * outward) * (0.25 + (0.75 * ((stretch >>> 8) & 0xff)) / 0xff);
  }
}
