/** MapProxy: a configuration that serves the layers as WMS, WMTS and TMS. Pure. */
import { stringify } from 'yaml';
import type { Client } from '../client.js';
import { xyzTemplate, type TileSource } from '../tile-source.js';

const GRID = 'heatmap';

/** The statuses of EMPTY_TILE; a map, because its keys have to be numbers. */
const TRANSPARENT = new Map([204, 404].map((status) => [status, { response: 'transparent', cache: false }]));

const SECTIONS = /^([^]*^layers:\n)([^]*)(^caches:\n)([^]*)(^sources:\n)([^]*)(^grids:\n[^]*)$/m;

export const mapProxy: Client = {
  id: 'mapproxy',
  title: 'MapProxy',
  tileSize: 256,
  file: {
    extension: 'yaml',
    mediaType: 'application/yaml',
    layers: 'several',
    sections: SECTIONS,
    content: ({ sources }) => {
      const each = <T>(suffix: string, value: (source: TileSource) => T) =>
        Object.fromEntries(
          sources.map((source) => [`${source.layer.identifier}${suffix}`, value(source)] as const),
        );
      return stringify(
        {
          services: {
            demo: null,
            tms: { use_grid_names: true, origin: 'nw' },
            wmts: null,
            wms: { srs: ['EPSG:3857', 'EPSG:4326'], md: { title: 'Strava Heatmap' } },
          },
          layers: sources.map(({ layer, title }) => ({
            name: layer.identifier,
            title,
            sources: [`${layer.identifier}_cache`],
          })),
          caches: each('_cache', ({ layer }) => ({
            grids: [GRID],
            sources: [`${layer.identifier}_tiles`],
            format: 'image/png',
            image: { mode: 'RGBA', transparent: true, resampling_method: 'nearest' },
            // The gateway has a cache, which knows when a tile is stale.
            disable_storage: true,
          })),
          sources: each('_tiles', (source) => ({
            type: 'tile',
            grid: GRID,
            url: mapProxyTemplate(source),
            transparent: true,
            on_error: TRANSPARENT,
          })),
          grids: { [GRID]: { base: 'GLOBAL_WEBMERCATOR', num_levels: sources[0]!.maxZoom + 1 } },
        },
        { lineWidth: 0, aliasDuplicateObjects: false },
      );
    },
  },
  steps: () => [
    'Save the file as mapproxy.yaml.',
    'Run "mapproxy-util serve-develop -b 127.0.0.1:8081 mapproxy.yaml" and open http://127.0.0.1:8081/demo/.',
  ],
};

/** The URL is a format string of Python, so another "%" is doubled. */
function mapProxyTemplate(source: TileSource): string {
  return xyzTemplate(source)
    .replaceAll('%', '%%')
    .replace(/\{([zxy])\}/g, '%($1)s');
}
