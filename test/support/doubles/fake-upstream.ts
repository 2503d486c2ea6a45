import type { TileAddress } from '../../../src/catalog/index.js';
import { UpstreamError, type HeldTile, type UpstreamTile } from '../../../src/upstream/index.js';

export interface Asked {
  readonly address: TileAddress;
  readonly held: HeldTile | undefined;
  readonly signal: AbortSignal;
  answer(tile: UpstreamTile): void;
  fail(error: unknown): void;
}

/** An upstream that answers when the test says so, and ends as the real one does when nobody waits any more. */
export class FakeUpstream {
  readonly asked: Asked[] = [];

  fetch = (address: TileAddress, held: HeldTile | undefined, signal: AbortSignal): Promise<UpstreamTile> =>
    new Promise((resolve, reject) => {
      this.asked.push({ address, held, signal, answer: resolve, fail: reject });
      signal.addEventListener('abort', () =>
        reject(new UpstreamError('cancelled', 'No client waits for this tile any more.')),
      );
    });

  /** As if every tile of this address were at the anonymous host. */
  anonymousUrl = (address: TileAddress): string => `https://anonymous.example/${address.key}`;

  /** The request that came last. */
  get last(): Asked {
    return this.asked.at(-1)!;
  }
}

export const tileOf = (
  text: string,
  rest: { source?: 'authenticated' | 'anonymous'; etag?: string; lastModified?: string } = {},
): UpstreamTile => ({ kind: 'tile', body: Buffer.from(text), source: 'authenticated', ...rest });
