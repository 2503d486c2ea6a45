import { ceil, hypot, max, min } from '../math.js';
import type { Pen } from './pen.js';

/** Distance from the tile, in pixels of a 256 px tile, within which heat counts as inside. */
const MARGIN = 3;

/** A pen that draws nothing and finds out whether a tile has heat. */
export class HeatProbe implements Pen {
  readonly scale: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
  done = false;

  constructor(z: number, x: number, y: number) {
    const tiles = 2 ** z;
    const margin = MARGIN / 256;
    this.scale = tiles * 256;
    [this.west, this.north] = [(x - margin) / tiles, (y - margin) / tiles];
    [this.east, this.south] = [(x + 1 + margin) / tiles, (y + 1 + margin) / tiles];
  }

  line(fromX: number, fromY: number, toX: number, toY: number): void {
    const steps = ceil((hypot(toX - fromX, toY - fromY) * this.scale) / 2);
    for (let step = 0; step <= steps && !this.done; step++) {
      const along = step / steps;
      this.done = this.contains(fromX + (toX - fromX) * along, fromY + (toY - fromY) * along);
    }
  }

  patch(x: number, y: number, radius: number): void {
    const nearestX = min(max(x, this.west), this.east);
    const nearestY = min(max(y, this.north), this.south);
    if (hypot(nearestX - x, nearestY - y) < radius) this.done = true;
  }

  private contains(x: number, y: number): boolean {
    return x >= this.west && x <= this.east && y >= this.north && y <= this.south;
  }
}
