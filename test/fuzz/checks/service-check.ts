/** Whether the gateway does for everybody else what it is there for. */
import { tileWithHeat } from '../../simulator/find-tile.js';
import type { GatewayProcess } from '../../support/gateway-process.js';
import { OPEN_KEY } from '../credentials.js';

const DEADLINE_MS = 15_000;
const JSON_TYPE = 'application/json; charset=utf-8';

/** What is wrong with a tile of level `z` with a good key, which is asked for upstream, and with the signs of life. */
export async function faultsOfService({ url, managementUrl }: GatewayProcess, z: number): Promise<string[]> {
  const { x, y } = tileWithHeat(z);
  const faults = await Promise.all([
    faultOf(`${url}/xyz/all/hot/${z}/${x}/${y}.png?key=${OPEN_KEY}`, 'image/png'),
    faultOf(`${url}/health`, JSON_TYPE),
    faultOf(`${managementUrl}/livez`, JSON_TYPE),
    faultOf(`${managementUrl}/readyz`, JSON_TYPE),
  ]);
  return faults.filter((fault) => fault !== undefined);
}

async function faultOf(url: string, type: string): Promise<string | undefined> {
  const { pathname } = new URL(url);
  try {
    // A connection of its own, so that none stays open and is counted.
    const headers = { connection: 'close' };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(DEADLINE_MS) });
    await answer.arrayBuffer();
    const fine = answer.status === 200 && answer.headers.get('content-type') === type;
    return fine ? undefined : `${pathname} answered ${answer.status}`;
  } catch (error) {
    return `${pathname}: ${String(error)}`;
  }
}
