import { ceil, exp, floor, max, min, sqrt } from '../math.js';
import { soften, spread } from './blur.js';
import type { Pen } from './pen.js';

/** Pixels around the image in which heat is collected too, so that the blur continues across tile edges. */
const MARGIN = 14;

/** The square of the map that an image shows. */
export interface Frame {
  /** The north-western corner, from 0 to 1 over the Web Mercator square. */
  west: number;
  north: number;
  /** Pixels along one side of the whole map, and of the image. */
  scale: number;
  size: number;
}

/** Collects heat along lines and blurs it into an image. */
export class HeatCanvas implements Pen {
  readonly scale: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
  readonly done = false;
  private readonly width: number;
  private readonly heat: Float32Array;
  private readonly size: number;

  constructor({ west, north, scale, size }: Frame) {
    this.scale = scale;
    this.size = size;
    this.width = size + 2 * MARGIN;
    this.heat = new Float32Array(this.width * this.width);
    const margin = MARGIN / scale;
    [this.west, this.north] = [west - margin, north - margin];
    [this.east, this.south] = [west + size / scale + margin, north + size / scale + margin];
  }

  /** Distributes points along the line, each over the four nearest pixels. */
  line(fromX: number, fromY: number, toX: number, toY: number, weight: number): void {
    const { heat, width, scale } = this;
    const startX = (fromX - this.west) * scale - 0.5;
    const startY = (fromY - this.north) * scale - 0.5;
    const alongX = (toX - fromX) * scale;
    const alongY = (toY - fromY) * scale;
    const length = sqrt(alongX * alongX + alongY * alongY);
    const points = ceil(length / 0.8);
    const share = (weight * length) / points;
    for (let point = 0; point < points; point++) {
      const along = (point + 0.5) / points;
      const x = startX + alongX * along;
      const y = startY + alongY * along;
      if (x < 0 || y < 0 || x >= width - 1 || y >= width - 1) continue;
      const column = x | 0;
      const row = y | 0;
      const right = x - column;
      const below = (y - row) * share;
      const above = share - below;
      const at = row * width + column;
      heat[at]! += above * (1 - right);
      heat[at + 1]! += above * right;
      heat[at + width]! += below * (1 - right);
      heat[at + width + 1]! += below * right;
    }
  }

  patch(x: number, y: number, radius: number, weight: number): void {
    const { heat, width, scale } = this;
    const middleX = (x - this.west) * scale - 0.5;
    const middleY = (y - this.north) * scale - 0.5;
    const reach = max(radius * scale, 0.8);
    const lastRow = min(width - 1, floor(middleY + reach));
    const lastColumn = min(width - 1, floor(middleX + reach));
    for (let row = max(0, ceil(middleY - reach)); row <= lastRow; row++) {
      const down = (row - middleY) / reach;
      for (let column = max(0, ceil(middleX - reach)); column <= lastColumn; column++) {
        const across = (column - middleX) / reach;
        const inside = 1 - across * across - down * down;
        if (inside > 0) heat[row * width + column]! += weight * inside * inside;
      }
    }
  }

  /** The image: for each pixel 0 without heat, up to 255. */
  develop(softness: number, exposure: number): Uint8Array {
    const { heat, width, size } = this;
    const spare = new Float32Array(heat.length);
    const core = new Float32Array(heat.length);
    soften(heat, core, spare, width);
    for (let pass = 1; pass < softness; pass++) soften(core, core, spare, width);
    const glow = heat;
    spread(core, glow, spare, width, 3);
    spread(glow, glow, spare, width, 3);
    const indices = new Uint8Array(size * size);
    for (let row = 0; row < size; row++) {
      let from = (row + MARGIN) * width + MARGIN;
      let to = row * size;
      for (let column = 0; column < size; column++, from++, to++) {
        const warmth = exposure * (2 * core[from]! + glow[from]!);
        if (warmth > 0.012) indices[to] = 255.5 * (1 - exp(-warmth));
      }
    }
    return indices;
  }
}
