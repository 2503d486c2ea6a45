export type TileSize = 256 | 512 | 1024;

export interface TileAddress {
  /** As written in the path, known or not. */
  sport: string;
  color: string;
  z: number;
  x: number;
  y: number;
  /** Pixels along one side. */
  size: TileSize;
}

/** Whether column and row exist at the zoom level. */
export function isOnTheMap({ z, x, y }: TileAddress): boolean {
  return x < 2 ** z && y < 2 ** z;
}

/** `sport/color/z/x/y/size`, the name under which the simulator counts a tile. */
export function tileKey({ sport, color, z, x, y, size }: TileAddress): string {
  return `${sport}/${color}/${z}/${x}/${y}/${size}`;
}
