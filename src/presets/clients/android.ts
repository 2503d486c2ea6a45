/** OsmAnd, Locus, OruxMaps and AlpineQuest: files of map sources on Android. Pure. */
import type { Client } from '../client.js';
import { cdata, element, numericId, oneLine, XML_SECTIONS, xmlDocument, xmlRoot } from '../preset-text.js';
import { ATTRIBUTION } from '../../catalog/index.js';
import { xyzTemplate, type TileSource } from '../tile-source.js';

const osmAndTemplate = ({ template }: TileSource) => template('{0}', '{1}', '{2}');

export const osmAnd: Client = {
  id: 'osmand',
  title: 'OsmAnd',
  tileSize: 256,
  file: {
    extension: 'metainfo',
    mediaType: 'text/plain; charset=utf-8',
    layers: 'one',
    content: ({ sources: [source] }) =>
      Object.entries({
        url_template: oneLine(osmAndTemplate(source!)),
        min_zoom: 0,
        max_zoom: source!.maxZoom,
        ellipsoid: false,
        inverted_y: false,
        tile_size: source!.tileSize,
        img_density: 16,
        avg_img_size: 32000,
        ext: '.png',
        expiration_time_minutes: 1440,
      })
        .map(([name, value]) => `[${name}]\n${value}\n`)
        .join(''),
  },
  link: (source) =>
    `https://osmand.net/add-tile-source?name=${encodeURIComponent(source.title)}&min_zoom=0&max_zoom=${
      source.maxZoom
    }&url_template=${encodeURIComponent(osmAndTemplate(source))}`,
  steps: ({ layer }) => [
    'Enable the plugin "Online maps", then open the link on the phone and confirm.',
    'Choose the map under "Configure map" > "Overlay map".',
    `Without the link: save the file as ".metainfo" in a new folder "tiles/${layer.identifier}" of the OsmAnd storage.`,
  ],
};

/** Locus counts zoom levels from 8 for a map of the world in one tile. */
const LOCUS_ZOOM = 8;

export const locus: Client = {
  id: 'locus',
  title: 'Locus Map',
  tileSize: 256,
  file: {
    extension: 'xml',
    mediaType: 'application/xml',
    layers: 'several',
    sections: XML_SECTIONS,
    content: ({ sources }) => {
      const root = xmlRoot('providers');
      for (const source of sources) {
        const provider = element(root, 'provider', {
          id: String(numericId(source.layer.identifier)),
          type: '0',
          visible: 'true',
          background: '-1',
        });
        element(provider, 'name', {}, 'Strava Heatmap');
        element(provider, 'mode', {}, source.layer.title);
        element(provider, 'countries', {}, 'World');
        element(provider, 'usage', {}, 'overlay');
        element(provider, 'cacheTimeout', {}, String(86_400_000));
        cdata(provider, 'url', xyzTemplate(source));
        element(provider, 'serverPart');
        element(provider, 'zoomPart', {}, `{z}-${LOCUS_ZOOM}`);
        element(provider, 'zoomMin', {}, String(LOCUS_ZOOM));
        element(provider, 'zoomMax', {}, String(source.maxZoom + LOCUS_ZOOM));
        element(provider, 'tileSize', {}, String(source.tileSize));
        const scales = element(provider, 'tileScales');
        element(scales, 'tileScale', { dpi: '0', multi: '2', replace: '' });
        cdata(provider, 'attribution', ATTRIBUTION);
      }
      return xmlDocument(root);
    },
  },
  steps: () => [
    'Copy the file to the folder "mapsOnline/custom" of Locus.',
    'Restart Locus and choose the map as an overlay in the map manager.',
  ],
};

export const oruxMaps: Client = {
  id: 'oruxmaps',
  title: 'OruxMaps',
  tileSize: 256,
  file: {
    extension: 'xml',
    mediaType: 'application/xml',
    layers: 'several',
    fileName: 'onlinemapsources.xml',
    sections: XML_SECTIONS,
    content: ({ sources }) => {
      const root = xmlRoot('onlinemapsources');
      for (const source of sources) {
        const map = element(root, 'onlinemapsource', { uid: String(numericId(source.layer.identifier)) });
        element(map, 'name', {}, source.title);
        cdata(map, 'url', source.template('{$z}', '{$x}', '{$y}'));
        element(map, 'minzoom', {}, '0');
        element(map, 'maxzoom', {}, String(source.maxZoom));
        element(map, 'projection', {}, 'MERCATORESFERICA');
        element(map, 'servers');
        element(map, 'cacheable', {}, '1');
        element(map, 'downloadable', {}, '0');
      }
      return xmlDocument(root);
    },
  },
  steps: () => [
    'Copy the file to the folder "oruxmaps/mapfiles". If a file of this name exists, add its "onlinemapsource" elements to that file.',
    'Restart OruxMaps and choose the map under "Maps" > "Online".',
  ],
};

export const alpineQuest: Client = {
  id: 'alpinequest',
  title: 'AlpineQuest',
  tileSize: 256,
  file: {
    extension: 'AQX',
    mediaType: 'application/xml',
    layers: 'one',
    content: ({ sources }) => {
      const source = sources[0]!;
      const root = xmlRoot('aqx', { version: '9' });
      element(root, 'name', {}, 'Strava Heatmap');
      element(root, 'description', {}, source.layer.abstract);
      const map = element(root, 'source', { id: `strava-heatmap-${source.layer.identifier}`, layer: 'true' });
      element(map, 'name', {}, source.title);
      element(map, 'copyright', {}, ATTRIBUTION);
      element(map, 'data-source', {}, 'Strava');
      element(map, 'region', {}, 'WRLD');
      element(map, 'type', {}, 'OTHE');
      // Latitude and longitude are equal because published files have them in both orders.
      element(map, 'preview-location', {}, '10,10,2');
      const level = element(map, 'level');
      element(level, 'zoom-values', {}, [...Array(source.maxZoom + 1).keys()].join());
      element(level, 'update-delay', {}, '7D');
      cdata(element(level, 'servers'), 'server', xyzTemplate(source));
      return xmlDocument(root);
    },
  },
  steps: () => [
    'Open the file on the phone with AlpineQuest.',
    'Choose the map as a layer in the list of online maps.',
  ],
};
