/** Libraries for developers: snippets, and a MapLibre style. Pure. */
import type { Client } from '../client.js';
import { ATTRIBUTION } from '../../catalog/index.js';
import { xyzTemplate } from '../tile-source.js';

export const leaflet: Client = {
  id: 'leaflet',
  title: 'Leaflet',
  tileSize: 256,
  snippet: {
    language: 'javascript',
    text: (source) => `L.tileLayer(${literal(xyzTemplate(source))}, {
  maxNativeZoom: ${source.maxZoom},
  maxZoom: 19,
  attribution: ${literal(ATTRIBUTION)},
}).addTo(map);
`,
  },
  steps: () => ['Add the snippet after the code that creates "map".'],
};

export const mapLibre: Client = {
  id: 'maplibre',
  title: 'MapLibre GL JS',
  tileSize: 512,
  file: {
    extension: 'json',
    mediaType: 'application/json',
    layers: 'one',
    content: ({ sources }) => {
      const source = sources[0]!;
      const id = source.layer.identifier;
      return JSON.stringify({
        version: 8,
        name: source.title,
        sources: {
          [id]: {
            type: 'raster',
            tiles: [xyzTemplate(source)],
            tileSize: source.tileSize,
            minzoom: 0,
            maxzoom: source.maxZoom,
            attribution: ATTRIBUTION,
          },
        },
        layers: [{ id, type: 'raster', source: id }],
      });
    },
  },
  steps: () => [
    'Pass the URL of the file as "style" to the map, or copy its source and layer into another style.',
    'The gateway must allow the origin of the page: CORS_ORIGINS.',
  ],
};

export const openLayers: Client = {
  id: 'openlayers',
  title: 'OpenLayers',
  tileSize: 512,
  snippet: {
    language: 'javascript',
    text: (source) => `import TileLayer from 'ol/layer/Tile.js';
import XYZ from 'ol/source/XYZ.js';

map.addLayer(
  new TileLayer({
    source: new XYZ({
      url: ${literal(xyzTemplate(source))},
      tileSize: ${source.tileSize},
      maxZoom: ${source.maxZoom},
      attributions: ${literal(ATTRIBUTION)},
    }),
  }),
);
`,
  },
  steps: () => [
    'Add the imports at the top of the module, and the rest after the code that creates "map".',
    'With "crossOrigin", the gateway must allow the origin of the page: CORS_ORIGINS.',
  ],
};

export const xyzServices: Client = {
  id: 'xyzservices',
  title: 'Python: xyzservices, contextily',
  tileSize: 256,
  snippet: {
    language: 'python',
    text: (source) => `import xyzservices

heatmap = xyzservices.TileProvider(
    name=${literal(source.title)},
    url=${literal(xyzTemplate(source))},
    attribution=${literal(ATTRIBUTION)},
    min_zoom=0,
    max_zoom=${source.maxZoom},
)
`,
  },
  steps: () => [
    'Run the snippet, then pass "heatmap" as a tile source, for example contextily.add_basemap(ax, source=heatmap).',
  ],
};

/** A string literal of JavaScript and of Python, which both understand the escapes of JSON. */
function literal(text: string): string {
  return JSON.stringify(text);
}
