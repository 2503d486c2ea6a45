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

function get({ z, x, y }: TilePosition, end: string, layer = 'all/hot'): Promise<Reply> {
  return send(`${simulator.anonymousUrl}/tiles/${layer}/${z}/${x}/${y}${end}`);
}

describe('the anonymous host', () => {
  it.each([
    ['.png?px=256', 256, 12],
    ['.png', 512, 11],
  ])('serves %s without cookies, %d pixels wide, up to zoom %d', async (end, size, maxZoom) => {
    const { status, body } = await get(tileWithHeat(maxZoom), end);
    expect([status, decodePng(body).width]).toEqual([200, size]);
    const higher = await get(tileWithHeat(maxZoom + 1), end);
    expect([higher.status, higher.body.toString()]).toEqual([403, expect.stringContaining('AccessDenied')]);
  });

  it('has no tiles of 1024 pixels', async () => {
    expect((await get(tileWithHeat(3), '@2x.png')).status).toBe(403);
  });

  it('serves the same images as the tile host', async () => {
    const tile = tileWithHeat(9);
    const path = `/identified/globalheat/run/blue/${tile.z}/${tile.x}/${tile.y}.png`;
    const headers = cookieHeader(simulator.issueCookies());
    const signed = await send(`${simulator.tilesUrl}${path}`, { headers });
    const anonymous = await get(tile, '.png', 'run/blue');
    expect(anonymous.body.equals(signed.body)).toBe(true);
  });

  it('knows the same sports, and has the same tiles without heat', async () => {
    expect((await get(tileWithHeat(3), '.png', 'cycling/hot')).status).toBe(400);
    expect((await get(tileWithoutHeat(11), '.png')).status).toBe(404);
  });

  it('has its own counters', async () => {
    await get({ z: 0, x: 0, y: 0 }, '.png');
    expect(simulator.counters.anonymousTiles).toEqual({ 'all/hot/0/0/0/512': 1 });
    expect(simulator.counters.tiles).toEqual({});
    expect(simulator.requests.map(({ host, status }) => [host, status])).toEqual([['anonymous', 200]]);
  });
});
