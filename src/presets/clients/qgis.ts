/** QGIS: files for "Load Connections", and a layer definition. Pure. */
import type { Client, FileInput } from '../client.js';
import { linkTo } from '../../http/index.js';
import { element, uuid, XML_SECTIONS, xmlDocument, xmlRoot } from '../preset-text.js';
import { xyzTemplate, type TileSource } from '../tile-source.js';

/** With ratio 2, QGIS requests tiles of 512 px at the same zoom level as tiles of 256 px, and scales them down: four times the data. */
const TILE_PIXEL_RATIO = 1;

/** QGIS lists a layer once per TileMatrixSet, each time with the same title, so the document has one set. */
const ONE_SET = 'tileMatrixSets=GoogleMapsCompatible';

const CREDENTIALS = { username: '', password: '', authcfg: '', referer: '' };

export const qgisXyz: Client = {
  id: 'qgis-xyz',
  title: 'QGIS, XYZ connections',
  tileSize: 256,
  file: {
    extension: 'xml',
    mediaType: 'application/xml',
    layers: 'several',
    sections: XML_SECTIONS,
    content: ({ sources }) => {
      const root = xmlRoot('qgsXYZTilesConnections', { version: '1.0' });
      for (const source of sources)
        element(root, 'xyztiles', {
          name: source.title,
          url: xyzTemplate(source),
          zmin: '0',
          zmax: String(source.maxZoom),
          tilePixelRatio: String(TILE_PIXEL_RATIO),
          ...CREDENTIALS,
        });
      return xmlDocument(root, 'connections');
    },
  },
  steps: () => [
    'Download the file.',
    'In the Browser panel, right-click "XYZ Tiles", choose "Load Connections" and select the file.',
    'Double-click the new connection to add the layer.',
  ],
};

export const qgisWmts: Client = {
  id: 'qgis-wmts',
  title: 'QGIS, WMTS connection',
  tileSize: 256,
  file: {
    extension: 'xml',
    mediaType: 'application/xml',
    layers: 'all',
    content: ({ links, filter }) => {
      const root = xmlRoot('qgsWMSConnections', { version: '1.0' });
      const suffix = filter && `&${filter}`;
      element(root, 'wms', {
        name: 'Strava Heatmap',
        url: linkTo(links, `/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&${ONE_SET}${suffix}`),
        ignoreGetMapURI: 'false',
        ignoreGetFeatureInfoURI: 'false',
        ignoreAxisOrientation: 'false',
        invertAxisOrientation: 'false',
        smoothPixmapTransform: 'false',
        dpiMode: '7',
        ...CREDENTIALS,
      });
      return xmlDocument(root, 'connections');
    },
  },
  steps: () => [
    'Download the file.',
    'In the Browser panel, right-click "WMS/WMTS", choose "Load Connections" and select the file.',
    'Expand the new connection and double-click a layer.',
  ],
};

export const qgisLayer: Client = {
  id: 'qgis',
  title: 'QGIS, layer definition',
  tileSize: 256,
  file: {
    extension: 'qlr',
    mediaType: 'application/xml',
    layers: 'one',
    content: layerDefinition,
  },
  steps: () => ['Download the file.', 'Drag it onto the map of QGIS.'],
};

function layerDefinition({ sources }: FileInput): string {
  const root = xmlRoot('qlr');
  const tree = element(root, 'layer-tree-group', { name: '', checked: 'Qt::Checked', expanded: '1' });
  const layers = element(root, 'maplayers');
  for (const source of sources) {
    const id = `strava_heatmap_${uuid(source.layer.identifier).replaceAll('-', '_')}`;
    element(tree, 'layer-tree-layer', {
      id,
      name: source.title,
      providerKey: 'wms',
      source: dataSource(source),
      checked: 'Qt::Checked',
      expanded: '1',
    });
    const layer = element(layers, 'maplayer', { type: 'raster' });
    element(layer, 'id', {}, id);
    element(layer, 'datasource', {}, dataSource(source));
    element(layer, 'layername', {}, source.title);
    const crs = element(element(layer, 'srs'), 'spatialrefsys');
    // The authid alone is a CRS that is not valid.
    for (const name of ['srsid', 'srid']) element(crs, name, {}, '3857');
    element(crs, 'authid', {}, 'EPSG:3857');
    element(layer, 'provider', {}, 'wms');
    const pipe = element(layer, 'pipe');
    element(pipe, 'rasterrenderer', {
      type: 'singlebandcolordata',
      band: '1',
      alphaBand: '-1',
      opacity: '1',
    });
  }
  return xmlDocument(root, 'qgis-layer-definition');
}

/** The URI of the WMS provider; the value of `url` is percent-encoded. */
function dataSource(source: TileSource): string {
  const url = encodeURIComponent(xyzTemplate(source));
  return `type=xyz&url=${url}&zmin=0&zmax=${source.maxZoom}&tilePixelRatio=${TILE_PIXEL_RATIO}`;
}
