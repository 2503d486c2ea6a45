/**
 * Files with several layers, joined from parts: the file of one layer is rendered once, with slots in its URLs. Pure, except for
 * its memory.
 */
import type { Layer } from '../catalog/index.js';
import type { ClientFile, FileInput } from './client.js';
import { tileSource } from './tile-source.js';

/** Characters that every format leaves as they are. Only a PUBLIC_URL can have others. */
const PLAIN_BASE = /^[\w.:/~[\]-]*$/;

const SLOTS = { base: 'https://base-of-urls.invalid', query: 'query-of-urls=1' };
const SLOT = new RegExp(`${SLOTS.base.replaceAll('.', String.raw`\.`)}|${SLOTS.query}`, 'g');

export class JoinedFiles {
  /** The sections of the file of a layer, by what else the file depends on. */
  private readonly rendered = new WeakMap<Layer, Map<ClientFile, Map<string, readonly string[]>>>();

  content(file: ClientFile, input: FileInput): string | Buffer {
    const { links, sources } = input;
    if (!file.sections || !PLAIN_BASE.test(links.base)) return file.content(input);
    const slots = { base: SLOTS.base, query: links.query && SLOTS.query };
    const parts = sources.map(({ layer, tileSize, maxZoom }) =>
      this.sections(file, layer, `${maxZoom} ${slots.query}`, () => {
        const source = tileSource(layer, tileSize, { ...input, links: slots });
        return file.content({ ...input, links: slots, layers: [layer], sources: [source] });
      }),
    );
    return parts[0]!
      .map((section, index) => (isOfLayer(index) ? parts.map((part) => part[index]).join('') : section))
      .join('')
      .replace(SLOT, (slot) => (slot === SLOTS.base ? links.base : links.query));
  }

  private sections(
    file: ClientFile,
    layer: Layer,
    variant: string,
    render: () => string | Buffer,
  ): readonly string[] {
    const files = this.rendered.get(layer) ?? new Map<ClientFile, Map<string, readonly string[]>>();
    this.rendered.set(layer, files);
    const variants = files.get(file) ?? new Map<string, readonly string[]>();
    files.set(file, variants);
    let sections = variants.get(variant);
    if (!sections) {
      sections = file.sections!.exec(String(render()))!.slice(1);
      variants.set(variant, sections);
    }
    return sections;
  }
}

function isOfLayer(index: number): boolean {
  return index % 2 === 1;
}
