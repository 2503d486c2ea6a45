/** The documents of TMS 1.0.0 (OSGeo Tile Map Service Specification): TileMapService and TileMap. Pure. */
import { create } from 'xmlbuilder2';
import {
  ATTRIBUTION,
  FORMAT,
  MERCATOR_EXTENT,
  maxZoom,
  type ZoomAvailability,
  type Layer,
} from '../catalog/index.js';
import { XML, xmlText } from '../common/text/xml.js';
import { elements, SLOT } from './fragments.js';

const SRS = 'EPSG:3857';
const PROFILE = 'global-mercator';

/** `href` returns the absolute URL of the TileMap with an identifier such as `all-hot` or `all-hot@2x`. */
export function tileMapService(layers: readonly Layer[], href: (identifier: string) => string): string {
  const service = create(XML).ele('TileMapService', { version: '1.0.0' });
  service.ele('Title').txt('Strava Global Heatmap');
  service.ele('Abstract').txt(`Served by an unofficial gateway. ${ATTRIBUTION}.`);
  service.ele('TileMaps').txt(SLOT);
  const maps = layers.flatMap((layer) =>
    ['', '@2x'].map((suffix) => mapElement(layer, suffix, xmlText(href(`${layer.identifier}${suffix}`)))),
  );
  return service
    .doc()
    .end()
    .replace(SLOT, () => maps.join(''));
}

/** The variant is the suffix of the identifier. */
const mapElement = elements<Layer>((maps, { title }, suffix) => {
  const note = suffix === '' ? '' : ', 512 px';
  maps.ele('TileMap', { title: `${title}${note}`, srs: SRS, profile: PROFILE, href: SLOT });
});

export interface TileMapOptions {
  readonly layer: Layer;
  readonly size: 256 | 512;
  readonly zoomAvailability: ZoomAvailability;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit?: number | undefined;
  /** Absolute URL of this TileMap without a trailing slash; the tiles of zoom 3 are at `{href}/3/{x}/{y}.png`. */
  readonly href: string;
  /** Absolute URL of the TileMapService. */
  readonly service: string;
}

export function tileMap({ layer, size, zoomAvailability, zoomLimit, href, service }: TileMapOptions): string {
  const map = create(XML).ele('TileMap', {
    version: '1.0.0',
    tilemapservice: xmlText(service),
  });
  const corner = `-${MERCATOR_EXTENT}`;
  map.ele('Title').txt(layer.title);
  map.ele('Abstract').txt(layer.abstract);
  map.ele('SRS').txt(SRS);
  map.ele('BoundingBox', {
    minx: corner,
    miny: corner,
    maxx: `${MERCATOR_EXTENT}`,
    maxy: `${MERCATOR_EXTENT}`,
  });
  map.ele('Origin', { x: corner, y: corner });
  map.ele('TileFormat', { width: `${size}`, height: `${size}`, 'mime-type': FORMAT, extension: 'png' });
  const sets = map.ele('TileSets', { profile: PROFILE });
  for (let zoom = 0; zoom <= maxZoom(size, zoomAvailability, zoomLimit); zoom++)
    sets.ele('TileSet', {
      href: xmlText(`${href}/${zoom}`),
      'units-per-pixel': String((2 * MERCATOR_EXTENT) / size / 2 ** zoom),
      order: String(zoom),
    });
  return map.doc().end();
}
