import type { TileAddress } from '../../../src/catalog/index.js';
import {
  UpstreamError,
  type HeldTile,
  type UpstreamTile,
  type Waiters,
} from '../../../src/upstream/index.js';

export interface Asked {
  readonly address: TileAddress;
  readonly held: HeldTile | undefined;
  readonly waiters: Waiters;
  readonly signal: AbortSignal;
  answer(tile: UpstreamTile): void;
  fail(error: unknown): void;
}

/** An upstream that answers on command of the test; an aborted request fails as with the real one. */
export class FakeUpstream {
  readonly asked: Asked[] = [];

  fetch = (address: TileAddress, held: HeldTile | undefined, waiters: Waiters): Promise<UpstreamTile> =>
    new Promise((resolve, reject) => {
      const { signal } = waiters;
      this.asked.push({ address, held, waiters, signal, answer: resolve, fail: reject });
      signal.addEventListener('abort', () =>
        reject(new UpstreamError('cancelled', 'No client waits for this tile any more.')),
      );
    });

  /** Every tile has a URL at the anonymous host. */
  anonymousUrl = (address: TileAddress): string => `https://anonymous.example/${address.key}`;

  /** The latest request. */
  get last(): Asked {
    return this.asked.at(-1)!;
  }
}

export const tileOf = (
  text: string,
  rest: { source?: 'authenticated' | 'anonymous'; etag?: string; lastModified?: string } = {},
): UpstreamTile => ({ kind: 'tile', body: Buffer.from(text), source: 'authenticated', ...rest });
