/** QMapShack: a TMS file with place markers, and a WMTS document with one layer. Pure. */
import { serviceMetadata, updateSequence } from '../../capabilities/index.js';
import type { Client } from '../client.js';
import { element, xmlDocument, xmlRoot } from '../preset-text.js';
import { ATTRIBUTION } from '../../catalog/index.js';
import { type TileSource } from '../tile-source.js';

const steps = () => [
  'Download the file into a folder for maps.',
  'In QMapShack, choose "File" > "Setup Map Paths" and add the folder.',
  'Right-click the map in the list of maps and choose "Activate".',
];

export const qMapShackTms: Client = {
  id: 'qmapshack',
  title: 'QMapShack, TMS',
  tileSize: 256,
  file: {
    extension: 'tms',
    mediaType: 'application/xml',
    layers: 'one',
    content: ({ sources }) => {
      const root = xmlRoot('TMS');
      const source = sources[0]!;
      element(root, 'Title', {}, source.title);
      element(root, 'MinZoomLevel', {}, '0');
      element(root, 'MaxZoomLevel', {}, String(source.maxZoom));
      element(element(root, 'Layer', { idx: '0' }), 'ServerUrl', {}, withPlaceMarkers(source));
      element(root, 'Copyright', {}, ATTRIBUTION);
      return xmlDocument(root);
    },
  },
  steps,
};

export const qMapShackWmts: Client = {
  id: 'qmapshack',
  title: 'QMapShack, WMTS',
  tileSize: 256,
  file: {
    extension: 'wmts',
    mediaType: 'application/xml',
    layers: 'one',
    // QMapShack enables every layer of a document, and reads the first TileMatrixSetLink of a layer.
    content: ({ links, layers, zoomAvailability, zoomLimit }) =>
      serviceMetadata({
        ...links,
        layers,
        zoomAvailability,
        zoomLimit,
        sections: 'All',
        updateSequence: updateSequence(zoomAvailability),
      }),
  },
  steps,
};

/** `%1/%2/%3`. QMapShack takes any other `%` with digits for a place marker as well, so the URL has no percent-encoding. */
function withPlaceMarkers({ template }: TileSource): string {
  const url = template('{1}', '{2}', '{3}');
  return decoded(url).replace(/\{([123])\}/g, '%$1');
}

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
