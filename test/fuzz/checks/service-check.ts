/** Whether the gateway still serves valid requests. */
import { tileWithHeat } from '../../simulator/find-tile.js';
import type { GatewayProcess } from '../../support/gateway-process.js';
import { OPEN_KEY } from '../credentials.js';

const TIMEOUT_MS = 15_000;
const JSON_TYPE = 'application/json; charset=utf-8';

/** Requests a tile at zoom `z`, which comes from the upstream, and the health checks; gives one sentence for each failure. */
export async function serviceFailures({ url, managementUrl }: GatewayProcess, z: number): Promise<string[]> {
  const { x, y } = tileWithHeat(z);
  const failures = await Promise.all([
    failureOf(`${url}/xyz/all/hot/${z}/${x}/${y}.png?key=${OPEN_KEY}`, 'image/png'),
    failureOf(`${url}/health`, JSON_TYPE),
    failureOf(`${managementUrl}/livez`, JSON_TYPE),
    failureOf(`${managementUrl}/readyz`, JSON_TYPE),
  ]);
  return failures.filter((failure) => failure !== undefined);
}

async function failureOf(url: string, type: string): Promise<string | undefined> {
  const { pathname } = new URL(url);
  try {
    // No idle connection stays open, because descriptors are counted.
    const headers = { connection: 'close' };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    const expected = response.status === 200 && response.headers.get('content-type') === type;
    return expected ? undefined : `${pathname} answered ${response.status}`;
  } catch (error) {
    return `${pathname}: ${String(error)}`;
  }
}
