/** Reads preset files as their clients do: with another parser than the gateway's writer, and the client's own placeholder rule. */
import { parse } from 'yaml';
import { fromBufferPromise } from 'yauzl';
import type { Tile } from '../tiles/web-mercator.js';
import { children, only, text } from '../xml.js';
import { filled, numberAt, rootOf, wmtsLayers, XYZ, type Load, type ReadPreset } from './read-preset.js';

type Reader = (content: Buffer, load: Load) => readonly ReadPreset[] | Promise<readonly ReadPreset[]>;

const DOLLAR = { '{$z}': 'z', '{$x}': 'x', '{$y}': 'y' } as const;

/** By `{client}.{extension}`. */
export const FILE_READERS: Readonly<Record<string, Reader>> = {
  'qgis-xyz.xml': (content) =>
    children(rootOf(content, 'qgsXYZTilesConnections', 'connections'), 'xyztiles').map((item) => ({
      title: item.getAttribute('name')!,
      url: (tile) => filled(item.getAttribute('url')!, XYZ, tile),
      minZoom: Number(item.getAttribute('zmin')),
      maxZoom: Number(item.getAttribute('zmax')),
      tileSize: Number(item.getAttribute('tilePixelRatio')) * 256,
    })),
  'qgis-wmts.xml': async (content, load) => {
    const connection = only(rootOf(content, 'qgsWMSConnections', 'connections'), 'wms');
    return wmtsLayers(await load(connection.getAttribute('url')!));
  },
  'qgis.qlr': (content) => {
    const root = rootOf(content, 'qlr', 'qgis-layer-definition');
    return children(only(root, 'maplayers'), 'maplayer').map((layer) => {
      const source = new URLSearchParams(text(layer, 'datasource'));
      return {
        title: text(layer, 'layername'),
        url: (tile) => filled(source.get('url')!, XYZ, tile),
        minZoom: Number(source.get('zmin')),
        maxZoom: Number(source.get('zmax')),
        tileSize: Number(source.get('tilePixelRatio')) * 256,
      };
    });
  },
  'qmapshack.tms': (content) => {
    const root = rootOf(content, 'TMS');
    const server = text(root, 'Layer', 'ServerUrl');
    return [
      {
        title: text(root, 'Title'),
        // As QString::arg: any `%` with one or two digits is a place marker, and the lowest number is replaced first.
        url: ({ z, x, y }) =>
          [z, x, y].reduce((url: string, value) => {
            const markers = [...url.matchAll(/%(\d{1,2})/g)].map(([, digits]) => Number(digits));
            return url.replaceAll(`%${Math.min(...markers)}`, String(value));
          }, server),
        minZoom: numberAt(root, 'MinZoomLevel'),
        maxZoom: numberAt(root, 'MaxZoomLevel'),
      },
    ];
  },
  'qmapshack.wmts': wmtsLayers,
  'osmand.metainfo': (content) => {
    const lines = content.toString().split('\n');
    const value = (name: string) => lines[lines.indexOf(`[${name}]`) + 1]!;
    const url = value('url_template');
    return [
      {
        url: (tile) => filled(url, { '{0}': 'z', '{1}': 'x', '{2}': 'y' }, tile),
        minZoom: Number(value('min_zoom')),
        maxZoom: Number(value('max_zoom')),
        tileSize: Number(value('tile_size')),
      },
    ];
  },
  'locus.xml': (content) => {
    const providers = children(rootOf(content, 'providers'), 'provider');
    distinct(providers.map((provider) => provider.getAttribute('id')!));
    return providers.map((provider) => {
      const [, offset] = /^\{z\}-(\d+)$/.exec(text(provider, 'zoomPart'))!;
      const zoomOf = (locusZoom: number) => locusZoom - Number(offset);
      return {
        title: `${text(provider, 'name')}: ${text(provider, 'mode')}`,
        url: (tile) => filled(text(provider, 'url'), XYZ, tile),
        minZoom: zoomOf(numberAt(provider, 'zoomMin')),
        maxZoom: zoomOf(numberAt(provider, 'zoomMax')),
        tileSize: numberAt(provider, 'tileSize'),
      };
    });
  },
  'guru.ms': (content) => {
    const root = rootOf(content, 'customMapSource');
    return [
      {
        title: text(root, 'name'),
        url: (tile) => filled(text(root, 'url'), DOLLAR, tile),
        minZoom: numberAt(root, 'minZoom'),
        maxZoom: numberAt(root, 'maxZoom'),
      },
    ];
  },
  'oruxmaps.xml': (content) => {
    const maps = children(rootOf(content, 'onlinemapsources'), 'onlinemapsource');
    distinct(maps.map((map) => map.getAttribute('uid')!));
    return maps.map((map) => ({
      title: text(map, 'name'),
      url: (tile) => filled(text(map, 'url'), DOLLAR, tile),
      minZoom: numberAt(map, 'minzoom'),
      maxZoom: numberAt(map, 'maxzoom'),
    }));
  },
  'alpinequest.AQX': (content) => {
    const source = only(rootOf(content, 'aqx'), 'source');
    const zooms = text(source, 'level', 'zoom-values').split(',').map(Number);
    return [
      {
        title: text(source, 'name'),
        url: (tile) => filled(text(source, 'level', 'servers', 'server'), XYZ, tile),
        minZoom: Math.min(...zooms),
        maxZoom: Math.max(...zooms),
      },
    ];
  },
  'cartograph.onlinemap': (content) => {
    const { maps, folders } = JSON.parse(content.toString()) as {
      folders: { folder_key: string }[];
      maps: {
        name: { default: string };
        url: string;
        minZoom: number;
        maxZoom: number;
        unique_id: string;
        folder_key: string;
      }[];
    };
    distinct(maps.map((map) => map.unique_id));
    return maps.map(({ name, url, minZoom, maxZoom, folder_key: folder }) => {
      if (!folders.some((known) => known.folder_key === folder)) throw new Error(`no folder ${folder}`);
      return { title: name.default, url: (tile) => filled(url, XYZ, tile), minZoom, maxZoom };
    });
  },
  'sasplanet.zip': async (content) => {
    const files = await unzipped(content);
    const [[name, data], ...others] = Object.entries(files) as [[string, Buffer], ...unknown[]];
    if (!/^[\w-]+\.zmp\/params\.txt$/.test(name) || others.length > 0)
      throw new Error(`the archive has ${Object.keys(files).join()}`);
    const [section, ...lines] = data.toString().split('\r\n');
    if (section !== '[PARAMS]') throw new Error(`the first line is ${section}`);
    const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))!.slice(name.length + 1);
    return [{ title: value('name'), url: (tile) => filled(value('DefURLBase'), XYZ, tile) }];
  },
  'maplibre.json': (content) => {
    const style = JSON.parse(content.toString()) as {
      version: number;
      name: string;
      sources: Record<
        string,
        { type: string; tiles: string[]; minzoom: number; maxzoom: number; tileSize: number }
      >;
      layers: { type: string; source: string }[];
    };
    return style.layers.map(({ source: name }) => {
      const { tiles, minzoom, maxzoom, tileSize } = style.sources[name]!;
      return {
        title: style.name,
        url: (tile) => filled(tiles[0]!, XYZ, tile),
        minZoom: minzoom,
        maxZoom: maxzoom,
        tileSize,
      };
    });
  },
  'mapproxy.yaml': (content) => {
    const { layers, caches, sources, grids } = parse(content.toString()) as {
      layers: { title: string; sources: string[] }[];
      caches: Record<string, { sources: string[]; grids: string[] }>;
      sources: Record<string, { url: string; grid: string }>;
      grids: Record<string, { num_levels: number }>;
    };
    return layers.map(({ title, sources: [cache] }) => {
      const { url, grid } = sources[caches[cache!]!.sources[0]!]!;
      return {
        title,
        url: (tile) =>
          url.replace(/%(?:%|\((\w)\)s)/g, (_, name?: keyof Tile) => (name ? String(tile[name]) : '%')),
        minZoom: 0,
        maxZoom: grids[grid]!.num_levels - 1,
      };
    });
  },
  'gdal.xml': (content) => {
    const root = rootOf(content, 'GDAL_WMS');
    return [
      {
        url: (tile) =>
          filled(text(root, 'Service', 'ServerUrl'), { '${z}': 'z', '${x}': 'x', '${y}': 'y' }, tile),
        minZoom: 0,
        maxZoom: numberAt(root, 'DataWindow', 'TileLevel'),
        tileSize: numberAt(root, 'BlockSizeX'),
      },
    ];
  },
};

async function unzipped(content: Buffer): Promise<Record<string, Buffer>> {
  const archive = await fromBufferPromise(content);
  const files: Record<string, Buffer> = {};
  for await (const entry of archive.eachEntry()) {
    const stream = await archive.openReadStreamPromise(entry);
    files[entry.fileName] = Buffer.concat(await stream.toArray());
  }
  return files;
}

function distinct(ids: readonly string[]): void {
  if (new Set(ids).size < ids.length) throw new Error(`repeated ids: ${ids.join()}`);
}
