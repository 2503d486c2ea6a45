/** What clients make of presets, and the parts that readers of presets share. */
import type { Tile } from '../tiles/web-mercator.js';
import { children, only, parseXml, text } from '../xml.js';

/** What a client makes of a preset. */
export interface ReadPreset {
  readonly title?: string | undefined;
  readonly url: (tile: Tile) => string;
  readonly minZoom?: number | undefined;
  readonly maxZoom?: number | undefined;
  readonly tileSize?: number | undefined;
}

/** Gets a document that a preset links to. */
export type Load = (url: string) => Promise<Buffer>;

/** Replaces each placeholder with the number of that name. */
export const filled = (template: string, names: Readonly<Record<string, keyof Tile>>, tile: Tile) =>
  Object.entries(names).reduce((url, [name, part]) => url.replaceAll(name, String(tile[part])), template);

export const XYZ = { '{z}': 'z', '{x}': 'x', '{y}': 'y' } as const;
export const numberAt = (...at: Parameters<typeof text>) => Number(text(...at));

export function rootOf(content: Buffer, name: string, doctype?: string) {
  const root = parseXml(content.toString());
  if (root.nodeName !== name) throw new Error(`the root element is ${root.nodeName}`);
  const found = root.ownerDocument!.doctype?.name;
  if (found !== doctype) throw new Error(`the document type is ${found}`);
  return root;
}

/** As QMapShack: of each layer the first TileMatrixSetLink and the first ResourceURL. */
export function wmtsLayers(content: Buffer): readonly ReadPreset[] {
  const contents = only(rootOf(content, 'Capabilities'), 'Contents');
  return children(contents, 'Layer').map((layer) => {
    const set = text(children(layer, 'TileMatrixSetLink')[0]!, 'TileMatrixSet');
    const template = children(layer, 'ResourceURL')[0]!.getAttribute('template')!;
    const matrixSet = children(contents, 'TileMatrixSet').find(
      (element) => text(element, 'ows:Identifier') === set,
    )!;
    const matrices = children(matrixSet, 'TileMatrix');
    const zooms = matrices.map((matrix) => numberAt(matrix, 'ows:Identifier'));
    return {
      title: text(layer, 'ows:Title'),
      url: (tile) =>
        filled(
          template.replace('{TileMatrixSet}', set),
          { '{TileMatrix}': 'z', '{TileCol}': 'x', '{TileRow}': 'y' },
          tile,
        ),
      minZoom: Math.min(...zooms),
      maxZoom: Math.max(...zooms),
      tileSize: numberAt(matrices[0]!, 'TileWidth'),
    };
  });
}
