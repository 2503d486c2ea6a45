/** One API key asks for many tiles at once: the client of another key still gets its tiles. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultContext } from './fault-context.js';

/** With {@link LATENCY_MS}, the requests of the greedy client alone fill the queue for longer than the upstream timeout. */
const GREEDY_REQUESTS = 150;
const LATENCY_MS = 250;
/** Pause of the greedy client after a failure. */
const GREEDY_PAUSE_MS = 250;
/** A map that loads: this many tiles, some at a time. */
const POLITE_TILES = 16;
const POLITE_REQUESTS = 4;

export const NEIGHBOUR_FAULTS: readonly Fault[] = [
  {
    name: 'greedy neighbour',
    play(context) {
      const { upstream, tally } = context.system;
      return context.inWindow({ name: this.name, allows: () => [503, 504], degrades: true }, async () => {
        upstream.switches.tiles = { kind: 'latency', latencyMs: LATENCY_MS };
        const greedy = startGreedy(context);
        await sleep(1000);
        const failed = await loadMap(context);
        const requests = await greedy.stop();
        upstream.switches.tiles = { kind: 'none' };
        if (failed > 0)
          tally.add(`${failed} of ${POLITE_TILES} tiles fail for the neighbour of a greedy client`);
        tally.note(
          `greedy neighbour: ${requests} requests of one key, ${POLITE_TILES - failed} of ${POLITE_TILES} tiles for another`,
        );
      });
    },
  },
];

function startGreedy(context: FaultContext): { stop(): Promise<number> } {
  const { mix, random, greedyKey } = context.system;
  let stopped = false;
  let requests = 0;
  const loops = Array.from({ length: GREEDY_REQUESTS }, async () => {
    while (!stopped) {
      const outcome = await context.send(mix.uncached(random, 16, greedyKey));
      requests++;
      if (outcome.kind !== 'response' || outcome.status !== 200) await sleep(GREEDY_PAUSE_MS);
    }
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all(loops);
      return requests;
    },
  };
}

/** Number of tiles that fail. */
async function loadMap(context: FaultContext): Promise<number> {
  const { mix, random, politeKey } = context.system;
  let left = POLITE_TILES;
  let failed = 0;
  const loop = async (): Promise<void> => {
    while (left-- > 0) {
      const outcome = await context.send(mix.uncached(random, 16, politeKey));
      if (outcome.kind !== 'response' || outcome.status !== 200) failed++;
    }
  };
  await Promise.all(Array.from({ length: POLITE_REQUESTS }, loop));
  return failed;
}
