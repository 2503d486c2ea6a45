import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator.js';
import { cookieHeader, decodePng, send, type Reply } from '../spec-client.js';
import type { Fault } from '../switches.js';

let simulator: Simulator;
let whole: Reply;

beforeAll(async () => {
  simulator = await startSimulator();
  whole = await get();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const url = (): string => `${simulator.tilesUrl}/identified/globalheat/all/hot/3/4/2.png`;

function get(): Promise<Reply> {
  return send(url(), { headers: cookieHeader(simulator.issueCookies()) });
}

function getWith(fault: Fault): Promise<Reply> {
  simulator.switches.tiles = fault;
  return get();
}

/** A request that is given up; resolves to what had arrived when `enough` was first true. */
function getUntil(enough: (body: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url(), { agent: false }, (incoming: IncomingMessage) => {
      let body = Buffer.alloc(0);
      incoming.on('error', () => {});
      incoming.on('data', (piece: Buffer) => {
        body = Buffer.concat([body, piece]);
        if (enough(body)) {
          resolve(body);
          outgoing.destroy();
        }
      });
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

describe('a fault', () => {
  it('of the kind "status" answers 503, or what it is told, with Retry-After', async () => {
    expect((await getWith({ kind: 'status' })).status).toBe(503);
    const { status, headers } = await getWith({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });

  it('of the kind "reset" resets the connection', async () => {
    await expect(getWith({ kind: 'reset' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.counters.statuses.tiles).toEqual({ 0: 1 });
  });

  it('of the kind "stall" answers nothing at all', async () => {
    simulator.switches.tiles = { kind: 'stall' };
    const answered = get().then(
      () => 'answered',
      () => 'cut',
    );
    const patience = new Promise((resolve) => setTimeout(resolve, 100, 'nothing'));
    expect(await Promise.race([answered, patience])).toBe('nothing');
    expect(simulator.counters.inFlight.tiles).toBe(1);
    expect(simulator.requests.at(-1)?.status).toBe(0);
  });

  it('of the kind "stall-body" sends the headers and half the picture', async () => {
    simulator.switches.tiles = { kind: 'stall-body' };
    const half = whole.body.length >> 1;
    const body = await getUntil(({ length }) => length >= half);
    expect(body.equals(whole.body.subarray(0, half))).toBe(true);
  });

  it('of the kind "truncated" is a complete answer with half a picture', async () => {
    const { status, headers, body } = await getWith({ kind: 'truncated' });
    expect([status, headers['content-length']]).toEqual([200, String(body.length)]);
    expect(body.equals(whole.body.subarray(0, whole.body.length >> 1))).toBe(true);
    expect(() => decodePng(body)).toThrow();
  });

  it('of the kind "truncated-chunked" ends in the middle of a chunked body', async () => {
    await expect(getWith({ kind: 'truncated-chunked' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    simulator.switches.tiles = { kind: 'truncated-chunked' };
    expect((await getUntil(() => true)).length).toBeGreaterThan(0);
  });

  it('of the kind "oversize" goes on for 32 MB', async () => {
    const { status, headers, body } = await getWith({ kind: 'oversize' });
    expect([status, headers['content-type']]).toEqual([200, 'image/png']);
    expect(headers['content-length']).toBeUndefined();
    expect(body.length).toBeGreaterThanOrEqual(32 * 1024 * 1024);
    expect(body.subarray(0, 8)).toEqual(whole.body.subarray(0, 8));
  });

  it('of the kind "wrong-size" is a sound picture of another size', async () => {
    const { status, body } = await getWith({ kind: 'wrong-size' });
    expect([status, decodePng(body).width]).toEqual([200, 256]);
    expect(decodePng(whole.body).width).toBe(512);
  });

  it('of the kind "wrong-type" is the picture under another type', async () => {
    const { headers, body } = await getWith({ kind: 'wrong-type' });
    expect(headers['content-type']).toBe('text/plain');
    expect(body.equals(whole.body)).toBe(true);
  });

  it('of the kind "empty-body" is an image of no bytes', async () => {
    const { status, headers, body } = await getWith({ kind: 'empty-body' });
    expect([status, headers['content-type'], body.length]).toEqual([200, 'image/png', 0]);
  });

  it('of the kind "html" is a login page with status 200', async () => {
    const { status, headers, body } = await getWith({ kind: 'html' });
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('login_form');
  });

  it('of the kind "latency" delays the right answer', async () => {
    const start = performance.now();
    const { body } = await getWith({ kind: 'latency', latencyMs: 120 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    expect(body.equals(whole.body)).toBe(true);
  });

  it('of any kind can be late as well', async () => {
    const start = performance.now();
    expect((await getWith({ kind: 'status', status: 500, latencyMs: 60 })).status).toBe(500);
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it('is over after as many requests as it was good for', async () => {
    simulator.switches.tiles = { kind: 'status', times: 2 };
    const statuses = [(await get()).status, (await get()).status, (await get()).status];
    expect(statuses).toEqual([503, 503, 200]);
    expect(simulator.switches.tiles).toEqual({ kind: 'none' });
  });

  it('concerns only the host it was set for', async () => {
    simulator.switches.web = { kind: 'status' };
    simulator.switches.anonymous = { kind: 'status', status: 500 };
    expect((await get()).status).toBe(200);
    expect((await send(`${simulator.webUrl}/maps`)).status).toBe(503);
    expect((await send(`${simulator.anonymousUrl}/tiles/all/hot/0/0/0.png`)).status).toBe(500);
    expect(simulator.counters.refreshes).toMatchObject({ total: 1, fault: 1 });
  });
});
