/** Documents, rendered and compressed once per base URL, API key and list of layers. */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { Layer, TileMatrixSet, ZoomAvailability } from '../catalog/index.js';
import { serviceMetadata, type Section } from './service-metadata.js';
import { tileMapService } from './tile-map.js';
import { updateSequence } from './update-sequence.js';

export interface RenderedDocument {
  readonly body: Buffer;
  /** `body`, compressed with gzip. */
  readonly gzip: Buffer;
  /** Strong ETag of `body`. `gzip` has its own, because its bytes differ. */
  readonly etag: string;
  readonly gzipEtag: string;
}

export interface DocumentRequest {
  readonly base: string;
  readonly query: string;
  readonly layers: readonly Layer[];
  readonly zoomAvailability: ZoomAvailability;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit?: number | undefined;
  readonly tileMatrixSets?: readonly TileMatrixSet[] | undefined;
  readonly sections: ReadonlySet<Section> | 'All';
}

/** Enough for dozens of base URLs and keys; the limit keeps requests with varying Host headers from filling the memory. */
const MAX_BYTES = 32 * 1024 * 1024;

export class CapabilitiesService {
  private readonly rendered = new LRUCache<string, RenderedDocument>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body, gzip }) => body.length + gzip.length,
  });

  document(request: DocumentRequest): RenderedDocument {
    const { base, query, layers, zoomAvailability, zoomLimit, tileMatrixSets, sections } = request;
    const sectionNames = sections === 'All' ? sections : [...sections].sort().join();
    const layerNames = layers.map((layer) => layer.identifier).join();
    const setNames = tileMatrixSets?.map((set) => set.identifier).join();
    return this.once(
      ['WMTS', base, query, zoomAvailability, zoomLimit, setNames, sectionNames, layerNames],
      () => serviceMetadata({ ...request, updateSequence: updateSequence(zoomAvailability) }),
    );
  }

  /** The TileMapService of TMS; `base` is the URL of the service without a trailing slash. */
  tileMapService(base: string, layers: readonly Layer[]): RenderedDocument {
    const layerNames = layers.map((layer) => layer.identifier).join();
    return this.once(['TMS', base, layerNames], () =>
      tileMapService(layers, (identifier) => `${base}/${identifier}`),
    );
  }

  private once(parts: readonly unknown[], text: () => string): RenderedDocument {
    const key = hash('sha256', JSON.stringify(parts), 'base64');
    let document = this.rendered.get(key);
    if (!document) {
      document = render(text());
      this.rendered.set(key, document);
    }
    return document;
  }
}

export function render(content: string | Buffer): RenderedDocument {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const digest = hash('sha1', body, 'base64url');
  return { body, gzip: gzipSync(body, { level: 9 }), etag: `"${digest}"`, gzipEtag: `"${digest}-gzip"` };
}
