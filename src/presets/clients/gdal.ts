/** GDAL: a service description file of the WMS driver (`GDAL_WMS`). Pure. */
import { MERCATOR_EXTENT } from '../../catalog/index.js';
import type { Client } from '../client.js';
import { element, xmlRoot } from '../preset-text.js';

export const gdal: Client = {
  id: 'gdal',
  title: 'GDAL',
  tileSize: 512,
  file: {
    extension: 'xml',
    mediaType: 'application/xml',
    layers: 'one',
    content: ({ sources }) => {
      const { tileSize, maxZoom, template } = sources[0]!;
      const root = xmlRoot('GDAL_WMS');
      const service = element(root, 'Service', { name: 'TMS' });
      element(service, 'ServerUrl', {}, template('${z}', '${x}', '${y}'));
      const window = element(root, 'DataWindow');
      element(window, 'UpperLeftX', {}, `-${MERCATOR_EXTENT}`);
      element(window, 'UpperLeftY', {}, `${MERCATOR_EXTENT}`);
      element(window, 'LowerRightX', {}, `${MERCATOR_EXTENT}`);
      element(window, 'LowerRightY', {}, `-${MERCATOR_EXTENT}`);
      element(window, 'TileLevel', {}, String(maxZoom));
      element(window, 'TileCountX', {}, '1');
      element(window, 'TileCountY', {}, '1');
      element(window, 'YOrigin', {}, 'top');
      element(root, 'Projection', {}, 'EPSG:3857');
      element(root, 'BlockSizeX', {}, String(tileSize));
      element(root, 'BlockSizeY', {}, String(tileSize));
      element(root, 'BandsCount', {}, '4');
      element(root, 'ZeroBlockHttpCodes', {}, '204,404');
      // GDAL 3.6 recognises the format by its first characters, so there is no XML declaration.
      return root.end({ prettyPrint: true, headless: true });
    },
  },
  steps: ({ layer }) => [
    `Pass the file to any GDAL program, for example gdalinfo strava-heatmap-${layer.identifier}.xml.`,
  ],
};
