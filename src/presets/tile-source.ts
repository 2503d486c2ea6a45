/** The tiles of one layer as a client is to request them. Pure. */
import { maxZoom, type Layer, type ZoomAvailability } from '../catalog/index.js';
import { linkTo, type DocumentLinks } from '../http/index.js';

/** What the URLs and zoom levels of a preset depend on. */
export interface PresetContext {
  readonly links: DocumentLinks;
  readonly zoomAvailability: ZoomAvailability;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit: number | undefined;
}

export interface TileSource {
  readonly layer: Layer;
  readonly title: string;
  readonly tileSize: 256 | 512;
  /** The zoom levels start at 0. */
  readonly maxZoom: number;
  /** The absolute URL of a tile, with the placeholders of the client, for example `{z}`, for zoom, column and row. */
  readonly template: (z: string, x: string, y: string) => string;
  /** The absolute URL of the WMTS service. */
  readonly wmts: string;
}

export function tileSource(
  layer: Layer,
  tileSize: 256 | 512,
  { links, zoomAvailability, zoomLimit }: PresetContext,
): TileSource {
  const tiles = `/xyz/${layer.sport.id}/${layer.color.id}`;
  const suffix = tileSize === 512 ? '@2x' : '';
  return {
    layer,
    // A URL cannot contain a lone surrogate.
    title: `Strava Heatmap: ${layer.title}`.replace(/\p{Cs}/gu, '?'),
    tileSize,
    maxZoom: maxZoom(tileSize, zoomAvailability, zoomLimit),
    template: (z, x, y) => linkTo(links, `${tiles}/${z}/${x}/${y}${suffix}.png`),
    wmts: linkTo(links, '/wmts'),
  };
}

/** The template with the placeholders that most clients use. */
export function xyzTemplate({ template }: TileSource): string {
  return template('{z}', '{x}', '{y}');
}
