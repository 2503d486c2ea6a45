/** TileJSON 3.0.0 of one layer and one tile size; the standard has no field for the size, hence a document each. Pure. */
import { MAX_LATITUDE, maxZoom, type ZoomAvailability, type Layer } from '../catalog/index.js';

export interface TileJsonOptions {
  readonly layer: Layer;
  readonly size: 256 | 512;
  readonly zoomAvailability: ZoomAvailability;
  /** Deepest level that the asker may see, where that is not all. */
  readonly zoomLimit?: number | undefined;
  /** Absolute address with `{z}`, `{x}` and `{y}`. */
  readonly tiles: string;
}

export function tileJson({ layer, size, zoomAvailability, zoomLimit, tiles }: TileJsonOptions): string {
  return JSON.stringify({
    tilejson: '3.0.0',
    name: layer.title,
    description: layer.abstract,
    version: '1.0.0',
    attribution: 'Heatmap (c) Strava',
    scheme: 'xyz',
    tiles: [tiles],
    minzoom: 0,
    maxzoom: maxZoom(size, zoomAvailability, zoomLimit),
    bounds: [-180, -MAX_LATITUDE, 180, MAX_LATITUDE],
    center: [0, 30, 2],
  });
}
