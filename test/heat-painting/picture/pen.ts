/** Draws lines and patches. Coordinates run from 0 to 1 over the Web Mercator square. */
export interface Pen {
  /** Pixels along one side of the whole map; it determines which lines are drawn, and how finely. */
  readonly scale: number;
  /** The part of the map that affects the result, margin included. */
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
  /** True when further lines do not change the result. */
  readonly done: boolean;
  /** A straight line; `weight` is the heat per pixel of its length. */
  line(fromX: number, fromY: number, toX: number, toY: number, weight: number): void;
  /** A round patch that fades towards its edge; `weight` is the heat of its central pixel. */
  patch(x: number, y: number, radius: number, weight: number): void;
}

/** Whether a box overlaps the part of the map that the pen draws. */
export function reaches(pen: Pen, west: number, north: number, east: number, south: number): boolean {
  return west <= pen.east && east >= pen.west && north <= pen.south && south >= pen.north;
}
