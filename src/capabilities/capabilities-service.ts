/** Documents rendered once and compressed once for each address, key and choice of layers. */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { ZoomAvailability, Layer } from '../catalog/index.js';
import { serviceMetadata, type Section } from './service-metadata.js';
import { tileMapService } from './tile-map.js';
import { updateSequence } from './update-sequence.js';

export interface RenderedDocument {
  readonly body: Buffer;
  /** The same, gzipped. */
  readonly gzip: Buffer;
  /** Strong validator of `body`; that of `gzip` is another one, since its bytes are. */
  readonly etag: string;
  readonly gzipEtag: string;
}

export interface DocumentRequest {
  readonly base: string;
  readonly query: string;
  readonly layers: readonly Layer[];
  readonly zoomAvailability: ZoomAvailability;
  /** Deepest level that the asker may see, where that is not all. */
  readonly zoomLimit?: number | undefined;
  readonly sections: ReadonlySet<Section> | 'All';
}

/** Enough for some dozens of addresses and keys; whoever varies the Host header cannot fill the memory. */
const MAX_BYTES = 32 * 1024 * 1024;

export class CapabilitiesService {
  private readonly rendered = new LRUCache<string, RenderedDocument>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body, gzip }) => body.length + gzip.length,
  });

  document(request: DocumentRequest): RenderedDocument {
    const { base, query, layers, zoomAvailability, zoomLimit, sections } = request;
    const chosen = sections === 'All' ? sections : [...sections].sort().join();
    const names = layers.map((layer) => layer.identifier).join();
    return this.once(['WMTS', base, query, zoomAvailability, zoomLimit, chosen, names], () =>
      serviceMetadata({ ...request, updateSequence: updateSequence(zoomAvailability) }),
    );
  }

  /** The TileMapService of TMS; `base` is the address of the service without a trailing slash. */
  tileMapService(base: string, layers: readonly Layer[]): RenderedDocument {
    const names = layers.map((layer) => layer.identifier).join();
    return this.once(['TMS', base, names], () =>
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

export function render(text: string): RenderedDocument {
  const body = Buffer.from(text);
  const digest = hash('sha1', body, 'base64url');
  return { body, gzip: gzipSync(body, { level: 9 }), etag: `"${digest}"`, gzipEtag: `"${digest}-gzip"` };
}
