/** How many tiles went out in each encoding: what a client really used, whatever it was told. */
import type { RunningGateway } from '../../support/gateway.js';

export interface TilesServed {
  readonly kvp: number;
  readonly rest: number;
}

export async function tilesServed({ url }: RunningGateway, key?: string): Promise<TilesServed> {
  const metrics = await (await fetch(`${url}/metrics`, { headers: key ? { 'x-api-key': key } : {} })).text();
  const sum = (encoding: string) =>
    [
      ...metrics.matchAll(
        new RegExp(`^heatmap_tile_requests_total\\{encoding="${encoding}".*\\} (\\d+)$`, 'gm'),
      ),
    ]
      .map(([, count]) => Number(count))
      .reduce((total, count) => total + count, 0);
  return { kvp: sum('wmts_kvp'), rest: sum('wmts_rest') };
}

/** What was served in between. */
export async function servedDuring(
  running: RunningGateway,
  task: () => Promise<unknown>,
  key?: string,
): Promise<TilesServed> {
  const before = await tilesServed(running, key);
  await task();
  const after = await tilesServed(running, key);
  return { kvp: after.kvp - before.kvp, rest: after.rest - before.rest };
}
