/** The index of the presets of one layer (`/presets?layer=all-hot`). Pure. */
import type { Layer } from '../catalog/index.js';
import { linkTo } from '../http/index.js';
import type { Client } from './client.js';
import { fileName, filePath } from './preset-files.js';
import { tileSource, type PresetContext, type TileSource } from './tile-source.js';

export interface IndexEntry {
  /** A client with two files has two entries. */
  readonly id: string;
  readonly title: string;
  /** The main form of the settings; an entry may have others as well. */
  readonly kind: 'file' | 'link' | 'template' | 'snippet';
  readonly href?: string | undefined;
  readonly fileName?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly link?: string | undefined;
  readonly template?: string | undefined;
  readonly snippet?: string | undefined;
  readonly language?: string | undefined;
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly tileSize: number;
  readonly steps: readonly string[];
}

/** `notes` follow the steps of the client. */
export function indexEntry(
  { id, title, tileSize, file, link, template, snippet, steps }: Client,
  layer: Layer,
  context: PresetContext,
  notes: readonly string[],
): IndexEntry {
  const source = tileSource(layer, tileSize, context);
  const filter = file?.layers === 'several' ? `?sports=${layer.sport.id}&colors=${layer.color.id}` : '';
  return {
    id,
    title,
    kind: file ? 'file' : link ? 'link' : template ? 'template' : 'snippet',
    href: file && linkTo(context.links, `${filePath(id, file, layer.identifier)}${filter}`),
    fileName: file && fileName(id, file, layer),
    mediaType: file?.mediaType,
    link: link?.(source),
    template: template?.(source),
    snippet: snippet?.text(source),
    language: snippet?.language,
    minZoom: 0,
    maxZoom: source.maxZoom,
    tileSize,
    steps: [...steps(source), ...limits(source, context), ...notes],
  };
}

/** What a client that asks for more zoom levels shows. */
function limits({ maxZoom }: TileSource, { zoomAvailability }: PresetContext): readonly string[] {
  if (zoomAvailability === 'full') return [];
  return [
    `Without a Strava session, tiles end at zoom ${maxZoom}: a client without this limit shows nothing beyond it.`,
  ];
}
