/** A map client and the forms in which it takes its settings. */
import type { Layer } from '../catalog/index.js';
import type { KeyForm } from '../http/index.js';
import type { PresetContext, TileSource } from './tile-source.js';

export interface FileInput extends PresetContext {
  /** One source per layer. */
  readonly sources: readonly TileSource[];
  readonly layers: readonly Layer[];
  /** The parameters `sports` and `colors` of the request, or empty: `sports=ride&colors=hot`. */
  readonly filter: string;
}

export interface ClientFile {
  /** Case-sensitive, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /**
   * `one`: a file has one layer, `/presets/{id}/{Layer}.{extension}`. `several`: any number of them, `/presets/{id}.{extension}`.
   * `all`: the same, and the index links to the file with all layers.
   */
  readonly layers: 'one' | 'several' | 'all';
  /** The name that the client looks for; without it, the name contains the layer. */
  readonly fileName?: string;
  readonly content: (input: FileInput) => string | Buffer;
  /**
   * Splits the file of one layer into groups, of which the first, third and so on are the same for every layer. A file with
   * several layers is joined from them.
   */
  readonly sections?: RegExp;
}

export interface Client {
  readonly id: string;
  readonly title: string;
  /** 512 px where the client draws such tiles at their native resolution. */
  readonly tileSize: 256 | 512;
  /** Where the URLs have the API key, if not as in the request. */
  readonly keyForm?: KeyForm;
  readonly file?: ClientFile;
  /** A URL that makes the client, or its web site, add the layer. */
  readonly link?: (source: TileSource) => string;
  /** Text for an input field of the client. */
  readonly template?: (source: TileSource) => string;
  readonly snippet?: {
    readonly language: 'javascript' | 'python';
    readonly text: (source: TileSource) => string;
  };
  readonly steps: (source: TileSource) => readonly string[];
}
