/** TileJSON 3.0.0 for one layer and one tile size. The standard has no field for the size, so each size has a document. Pure. */
import { ATTRIBUTION, MAX_LATITUDE, maxZoom, type ZoomAvailability, type Layer } from '../catalog/index.js';

export interface TileJsonOptions {
  readonly layer: Layer;
  readonly size: 256 | 512;
  readonly zoomAvailability: ZoomAvailability;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit?: number | undefined;
  /** Absolute URL template with `{z}`, `{x}` and `{y}`. */
  readonly tiles: string;
}

export function tileJson({ layer, size, zoomAvailability, zoomLimit, tiles }: TileJsonOptions): string {
  return JSON.stringify({
    tilejson: '3.0.0',
    name: layer.title,
    description: layer.abstract,
    version: '1.0.0',
    attribution: ATTRIBUTION,
    scheme: 'xyz',
    tiles: [tiles],
    minzoom: 0,
    maxzoom: maxZoom(size, zoomAvailability, zoomLimit),
    bounds: [-180, -MAX_LATITUDE, 180, MAX_LATITUDE],
    center: [0, 30, 2],
  });
}
