/** The map of the page: the heat over the outline of the land, from the TileJSON document of the chosen layer. */
import Graticule from 'ol/layer/Graticule.js';
import TileLayer from 'ol/layer/Tile.js';
import VectorLayer from 'ol/layer/Vector.js';
import GeoJSON from 'ol/format/GeoJSON.js';
import OlMap from 'ol/Map.js';
import { fromLonLat, toLonLat } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import XYZ from 'ol/source/XYZ.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import OlView from 'ol/View.js';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';
import land from 'world-atlas/land-110m.json';
import type { Choice, View } from './choice.js';
import { readTileJson } from './gateway.js';

/** Where a first look has heat: the Alps. */
const FIRST_VIEW: View = { zoom: 5, latitude: 46.5, longitude: 9 };

export interface ShownMap {
  show(choice: Choice): Promise<void>;
  /** The next `show` requests the layer and its tiles again. */
  reload(): void;
}

export interface MapListeners {
  /** Called with each new view. */
  readonly onMove: (view: View) => void;
  readonly onTileError: () => void;
}

export function showMap(
  target: HTMLElement,
  key: string | undefined,
  { onMove, onTileError }: MapListeners,
): ShownMap {
  const heat = new TileLayer<XYZ>();
  const view = new OlView({ maxZoom: 18, constrainResolution: false, ...olView(FIRST_VIEW) });
  const map = new OlMap({ target, view, layers: [...backdrop(target.dataset['basemap']), heat] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    map.setLayers([...backdrop(target.dataset['basemap']), heat]);
  });
  map.on('moveend', () => onMove(viewOf(view)));
  let shown = '';
  return {
    async show({ sport, color, size, opacity, view: place }) {
      heat.setOpacity(opacity / 100);
      if (place && !isAt(view, place)) moveTo(view, place);
      const wanted = `${sport}/${color}/${size}`;
      if (wanted === shown) return;
      shown = wanted;
      const { tiles, maxzoom, attribution } = await readTileJson(sport, color, size, key);
      // A later choice may have overtaken this one.
      if (wanted !== shown) return;
      const source = new XYZ({
        url: tiles[0]!,
        maxZoom: maxzoom,
        tileSize: size,
        attributions: attribution,
        transition: 0,
      });
      source.on('tileloaderror', onTileError);
      heat.setSource(source);
    },
    reload() {
      shown = '';
    },
  };
}

/** Within the precision of the hash. */
function isAt(view: OlView, place: View): boolean {
  const { zoom, latitude, longitude } = viewOf(view);
  return (
    Math.abs(zoom - place.zoom) < 0.06 &&
    Math.abs(latitude - place.latitude) < 0.0001 &&
    Math.abs(longitude - place.longitude) < 0.0001
  );
}

function moveTo(view: OlView, place: View): void {
  const { center, zoom } = olView(place);
  view.setCenter(center);
  view.setZoom(zoom);
}

const olView = ({ zoom, latitude, longitude }: View) => ({
  center: fromLonLat([longitude, latitude]),
  zoom,
});

function viewOf(view: OlView): View {
  const [longitude = 0, latitude = 0] = toLonLat(view.getCenter() ?? [0, 0]);
  return { zoom: view.getZoom() ?? 0, latitude, longitude };
}

/** The base map of the settings, or land and graticule, so that the user knows which part of the world this is. */
function backdrop(basemap: string | undefined) {
  if (basemap) return [new TileLayer({ source: new XYZ({ url: basemap }) })];
  const colors = getComputedStyle(document.documentElement);
  const color = (name: string) => colors.getPropertyValue(name).trim();
  const topology = land as unknown as Topology;
  const features = new GeoJSON().readFeatures(feature(topology, topology.objects['land']!), {
    featureProjection: 'EPSG:3857',
  });
  return [
    new VectorLayer({
      source: new VectorSource({ features }),
      style: new Style({
        fill: new Fill({ color: color('--land') }),
        stroke: new Stroke({ color: color('--coast'), width: 1 }),
      }),
    }),
    new Graticule({ strokeStyle: new Stroke({ color: color('--grid'), width: 0.5 }), wrapX: true }),
  ];
}
