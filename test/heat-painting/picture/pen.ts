/** What the network is drawn with. Coordinates run from 0 to 1 over the Web Mercator square. */
export interface Pen {
  /** Pixels along one side of the whole map: decides which lines are worth drawing, and how finely. */
  readonly scale: number;
  /** The part of the map that can leave a mark, a margin included. */
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
  /** True when nothing more needs to be drawn. */
  readonly done: boolean;
  /** A straight line; `weight` is the heat on each pixel of its length. */
  line(fromX: number, fromY: number, toX: number, toY: number, weight: number): void;
  /** A round patch that fades towards its rim; `weight` is the heat of a pixel in its middle. */
  patch(x: number, y: number, radius: number, weight: number): void;
}

/** Whether a box touches what the pen can mark. */
export function reaches(pen: Pen, west: number, north: number, east: number, south: number): boolean {
  return west <= pen.east && east >= pen.west && north <= pen.south && south >= pen.north;
}
