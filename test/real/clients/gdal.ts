/** GDAL's WMTS driver, as people use it: `gdalinfo` and `gdal_translate`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Picture } from './pixels.js';
import { inNewFolder, runProgram, type ProgramRun } from '../../support/programs/run-program.js';
import type { Extent } from '../../support/tiles/web-mercator.js';

/** What GDAL opens: the URL or the text of a WMTS document, or the text of a service description (`GDAL_WMS`). */
export type Service =
  { readonly url: string } | { readonly document: string } | { readonly description: string };

export const RESTFUL_DOCUMENT = '/wmts/1.0.0/WMTSCapabilities.xml';
export const KVP_DOCUMENT = '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities';

/** The ways to the tiles of the gateway at `url`. */
export const ENCODINGS: [name: string, serviceAt: (url: string) => Promise<Service>, 'rest' | 'kvp'][] = [
  ['ResourceURL', (url) => Promise.resolve({ url: `${url}${RESTFUL_DOCUMENT}` }), 'rest'],
  ['KVP', (url) => withoutResourceUrls(`${url}${KVP_DOCUMENT}`), 'kvp'],
];

export interface Selection {
  readonly layer?: string;
  readonly tileMatrixSet?: string;
  readonly tileMatrix?: number;
}

export interface GdalInfo {
  readonly size: readonly [number, number];
  readonly geoTransform: readonly number[];
  readonly coordinateSystem: { readonly wkt: string };
  readonly bands: readonly { readonly colorInterpretation: string }[];
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** `GDAL_HTTP_HEADERS` and the like. */
export type GdalSettings = Readonly<Record<string, string>>;

export async function gdalInfo(service: Service, selection: Selection = {}): Promise<GdalInfo> {
  return inNewFolder(async (folder) => {
    const name = await datasetName(service, selection, folder);
    const { status, stdout, stderr } = await gdal('gdalinfo', ['-json', name], folder);
    if (status !== 0) throw new Error(`gdalinfo: ${stderr}`);
    return JSON.parse(stdout) as GdalInfo;
  });
}

/** The picture of a window; rejects with what GDAL prints to standard error. */
export async function gdalPicture(
  service: Service,
  selection: Selection,
  { west, north, east, south }: Extent,
  settings: GdalSettings = {},
): Promise<Picture> {
  return inNewFolder(async (folder) => {
    const name = await datasetName(service, selection, folder);
    const target = join(folder, 'window');
    const { status, stderr } = await gdal(
      'gdal_translate',
      ['-q', ...PLAIN_PIXELS, '-projwin', ...[west, north, east, south].map(String), name, target],
      folder,
      settings,
    );
    if (status !== 0 || stderr !== '') throw new Error(`gdal_translate: ${stderr}`);
    const header = await readFile(`${target}.hdr`, 'utf8');
    const field = (title: string) => Number(new RegExp(`^${title}\\s*=\\s*(\\d+)$`, 'm').exec(header)?.[1]);
    if (field('bands') !== 4) throw new Error(`gdal_translate: not red, green, blue and alpha: ${header}`);
    return { width: field('samples'), height: field('lines'), data: await readFile(target) };
  });
}

/** Four bytes a pixel and nothing around them: what GDAL has read, without another codec in between. */
const PLAIN_PIXELS = ['-of', 'ENVI', '-co', 'INTERLEAVE=BIP'];

/** GDAL prefers ResourceURL to KVP; a document without any leaves it no choice. */
export async function withoutResourceUrls(url: string): Promise<Service> {
  const document = await (await fetch(url)).text();
  return { document: document.replace(/<ResourceURL [^>]*\/>/g, '') };
}

async function datasetName(service: Service, selection: Selection, folder: string): Promise<string> {
  if ('description' in service) {
    const file = join(folder, 'service.xml');
    await writeFile(file, service.description);
    return file;
  }
  let place: string;
  if ('url' in service) place = service.url;
  else {
    place = join(folder, 'capabilities.xml');
    await writeFile(place, service.document);
  }
  const { layer, tileMatrixSet, tileMatrix } = selection;
  return [
    `WMTS:${place}`,
    ...(layer === undefined ? [] : [`layer=${layer}`]),
    ...(tileMatrixSet === undefined ? [] : [`tilematrixset=${tileMatrixSet}`]),
    ...(tileMatrix === undefined ? [] : [`tilematrix=${tileMatrix}`]),
  ].join(',');
}

function gdal(
  program: string,
  args: readonly string[],
  folder: string,
  settings: GdalSettings = {},
): Promise<ProgramRun> {
  const env = {
    GDAL_DEFAULT_WMS_CACHE_PATH: join(folder, 'tiles'),
    GDAL_PAM_ENABLED: 'NO',
    GDAL_HTTP_TIMEOUT: '15',
    ...settings,
  };
  return runProgram(program, args, folder, { env });
}
