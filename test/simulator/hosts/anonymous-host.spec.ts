import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tileWithHeat, tileWithoutHeat, type TilePosition } from '../find-tile.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { cookieHeader, decodePng, send, type Reply } from '../spec-client.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const SOURCES = {
  anonymous: (path: string) => `${simulator.tilesUrl}/anon/globalheat/${path}`,
  oldAnonymous: (path: string) => `${simulator.anonymousUrl}/tiles/${path}`,
};
type Source = keyof typeof SOURCES;
const NAMES = ['anonymous', 'oldAnonymous'] as const;

function get(source: Source, { z, x, y }: TilePosition, end: string, layer = 'all/hot'): Promise<Reply> {
  return send(SOURCES[source](`${layer}/${z}/${x}/${y}${end}`));
}

describe('anonymous tiles', () => {
  it.each([
    ['anonymous', '.png?px=256&v=20', 256, 12],
    ['anonymous', '.png?px=512&v=20', 512, 11],
    ['anonymous', '.png?v=19', 512, 11],
    ['anonymous', '@2x.png', 1024, 10],
    ['oldAnonymous', '.png?px=256', 256, 12],
    ['oldAnonymous', '.png?px=512', 512, 11],
    ['oldAnonymous', '.png', 256, 12],
  ] as const)('of the source "%s" at %s have %d pixels up to zoom %d', async (source, end, size, maxZoom) => {
    const { status, body } = await get(source, tileWithHeat(maxZoom), end);
    expect([status, decodePng(body).width]).toEqual([200, size]);
    const higher = await get(source, tileWithHeat(maxZoom + 1), end);
    expect([higher.status, higher.headers['content-type']]).toEqual([403, 'text/plain; charset=utf-8']);
    expect(higher.body.toString()).not.toContain('<');
  });

  it('of 1024 pixels do not exist on the old host', async () => {
    expect((await get('oldAnonymous', tileWithHeat(3), '@2x.png')).status).toBe(403);
  });

  it.each(NAMES)('of the source "%s" are the same images as the signed ones', async (source) => {
    const tile = tileWithHeat(9);
    const path = `/identified/globalheat/run/blue/${tile.z}/${tile.x}/${tile.y}.png`;
    const headers = cookieHeader(simulator.issueCookies());
    const signed = await send(`${simulator.tilesUrl}${path}`, { headers });
    const anonymous = await get(source, tile, '.png?px=512', 'run/blue');
    expect(anonymous.body.equals(signed.body)).toBe(true);
  });

  it.each(NAMES)('of the source "%s" have the same sports, colors and gaps', async (source) => {
    expect((await get(source, tileWithHeat(3), '.png', 'cycling/hot')).status).toBe(400);
    const [hot, odd] = [
      await get(source, tileWithHeat(3), '.png'),
      await get(source, tileWithHeat(3), '.png', 'all/odd'),
    ];
    expect(odd.body.equals(hot.body)).toBe(true);
    expect((await get(source, tileWithoutHeat(11), '.png')).status).toBe(404);
  });

  it.each(NAMES)('of the source "%s" have counters and faults of their own', async (source) => {
    simulator.switches[source] = { kind: 'status', status: 500 };
    const statuses = [];
    for (const name of NAMES) statuses.push((await get(name, { z: 0, x: 0, y: 0 }, '.png?px=512')).status);
    expect(statuses).toEqual(NAMES.map((name) => (name === source ? 500 : 200)));
    expect(simulator.counters.anonymousTiles).toEqual({ 'all/hot/0/0/0/512': 2 });
    expect(simulator.counters.tiles).toEqual({});
    expect(simulator.requests.map(({ host }) => host)).toEqual(NAMES);
  });
});
