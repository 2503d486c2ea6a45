/** Reads the links, templates and snippets of presets as their clients do, with the client's own placeholder rule. */
import { runInNewContext } from 'node:vm';
import { filled, wmtsLayers, XYZ, type Load, type ReadPreset } from './read-preset.js';

/** By client. */
export const LINK_READERS: Readonly<Record<string, (link: string) => ReadPreset>> = {
  josm: (link) => {
    const { origin, pathname, searchParams } = new URL(link);
    if (`${origin}${pathname}` !== 'http://127.0.0.1:8111/imagery' || searchParams.get('type') !== 'tms')
      throw new Error(`not a remote control link: ${link}`);
    if ([...searchParams.keys()].at(-1) !== 'url') throw new Error(`url is not the last parameter: ${link}`);
    return {
      title: searchParams.get('title')!,
      url: (tile) => filled(searchParams.get('url')!, { ...XYZ, '{zoom}': 'z' }, tile),
      maxZoom: Number(searchParams.get('max_zoom')),
    };
  },
  id: (link) => {
    const background = new URLSearchParams(new URL(link).hash.slice(1)).get('background')!;
    const [, template] = /^custom:(.*)$/.exec(background)!;
    return { url: (tile) => filled(template!, XYZ, tile) };
  },
  osmand: (link) => {
    const { searchParams } = new URL(link);
    return {
      title: searchParams.get('name')!,
      url: (tile) => filled(searchParams.get('url_template')!, { '{0}': 'z', '{1}': 'x', '{2}': 'y' }, tile),
      minZoom: Number(searchParams.get('min_zoom')),
      maxZoom: Number(searchParams.get('max_zoom')),
    };
  },
};

const xyz = (template: string): ReadPreset => ({ url: (tile) => filled(template, XYZ, tile) });

/** By client. */
export const TEMPLATE_READERS: Readonly<
  Record<string, (template: string, load: Load) => ReadPreset | Promise<ReadPreset>>
> = {
  arcgis: async (url, load) => wmtsLayers(await load(`${url}?SERVICE=WMTS&REQUEST=GetCapabilities`))[0]!,

  josm: (template) => {
    const [, minZoom, maxZoom, url] = /^tms\[(\d+),(\d+)\]:(.*)$/.exec(template)!;
    return {
      url: (tile) => filled(url!, { ...XYZ, '{zoom}': 'z' }, tile),
      minZoom: Number(minZoom),
      maxZoom: Number(maxZoom),
    };
  },
  id: xyz,
  caltopo: (template) => ({ url: (tile) => filled(template, { '{Z}': 'z', '{X}': 'x', '{Y}': 'y' }, tile) }),
  gaia: xyz,
  gpxstudio: xyz,
  brouter: xyz,
};

/** By client. */
export const SNIPPET_READERS: Readonly<Record<string, (snippet: string) => ReadPreset>> = {
  leaflet: (snippet) => {
    let read: [string, { maxNativeZoom: number }] | undefined;
    const tileLayer = (...args: NonNullable<typeof read>) => {
      read = args;
      return { addTo: () => undefined };
    };
    runInNewContext(snippet, { L: { tileLayer }, map: {} });
    const [url, { maxNativeZoom }] = read!;
    return { ...xyz(url), maxZoom: maxNativeZoom };
  },
  openlayers: (snippet) => {
    let read: { url: string; maxZoom: number; tileSize: number } | undefined;
    const imports = /^import \w+ from '[\w/.]+';$/gm;
    runInNewContext(snippet.replace(imports, ''), {
      map: { addLayer: () => undefined },
      TileLayer: class {},
      XYZ: class {
        constructor(options: NonNullable<typeof read>) {
          read = options;
        }
      },
    });
    return { ...xyz(read!.url), maxZoom: read!.maxZoom, tileSize: read!.tileSize };
  },
  xyzservices: (snippet) => {
    const argument = (name: string) =>
      JSON.parse(new RegExp(`\\n {4}${name}=([^\\n]*),\\n`).exec(snippet)![1]!) as string | number;
    return {
      ...xyz(argument('url') as string),
      title: argument('name') as string,
      minZoom: argument('min_zoom') as number,
      maxZoom: argument('max_zoom') as number,
    };
  },
};
