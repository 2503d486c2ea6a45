import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator.js';
import { cookieHeader, decodePng, send, type Reply } from '../spec-client.js';
import type { Fault } from '../switches.js';

let simulator: Simulator;
let intact: Reply;

beforeAll(async () => {
  simulator = await startSimulator();
  intact = await get();
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

/** Abandons a request when `enough` is true; resolves with the bytes received by then. */
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
  it('of the kind "status" answers 503 or the given status, with Retry-After', async () => {
    expect((await getWith({ kind: 'status' })).status).toBe(503);
    const { status, headers } = await getWith({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });

  it('of the kind "reset" resets the connection', async () => {
    await expect(getWith({ kind: 'reset' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.counters.statuses.tiles).toEqual({ 0: 1 });
  });

  it('of the kind "stall" sends no response', async () => {
    simulator.switches.tiles = { kind: 'stall' };
    const answered = get().then(
      () => 'answered',
      () => 'cut',
    );
    const timeout = new Promise((resolve) => setTimeout(resolve, 100, 'nothing'));
    expect(await Promise.race([answered, timeout])).toBe('nothing');
    expect(simulator.counters.inFlight.tiles).toBe(1);
    expect(simulator.requests.at(-1)?.status).toBe(0);
  });

  it('of the kind "stall-body" sends the headers and half of the image', async () => {
    simulator.switches.tiles = { kind: 'stall-body' };
    const half = intact.body.length >> 1;
    const body = await getUntil(({ length }) => length >= half);
    expect(body.equals(intact.body.subarray(0, half))).toBe(true);
  });

  it('of the kind "truncated" sends a complete response with half of the image', async () => {
    const { status, headers, body } = await getWith({ kind: 'truncated' });
    expect([status, headers['content-length']]).toEqual([200, String(body.length)]);
    expect(body.equals(intact.body.subarray(0, intact.body.length >> 1))).toBe(true);
    expect(() => decodePng(body)).toThrow();
  });

  it('of the kind "truncated-chunked" ends within a chunked body', async () => {
    await expect(getWith({ kind: 'truncated-chunked' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    simulator.switches.tiles = { kind: 'truncated-chunked' };
    expect((await getUntil(() => true)).length).toBeGreaterThan(0);
  });

  it('of the kind "oversize" sends 32 MB', async () => {
    const { status, headers, body } = await getWith({ kind: 'oversize' });
    expect([status, headers['content-type']]).toEqual([200, 'image/png']);
    expect(headers['content-length']).toBeUndefined();
    expect(body.length).toBeGreaterThanOrEqual(32 * 1024 * 1024);
    expect(body.subarray(0, 8)).toEqual(intact.body.subarray(0, 8));
  });

  it('of the kind "wrong-size" sends a valid image of another size', async () => {
    const { status, body } = await getWith({ kind: 'wrong-size' });
    expect([status, decodePng(body).width]).toEqual([200, 256]);
    expect(decodePng(intact.body).width).toBe(512);
  });

  it('of the kind "wrong-type" sends the image with another media type', async () => {
    const { headers, body } = await getWith({ kind: 'wrong-type' });
    expect(headers['content-type']).toBe('text/plain');
    expect(body.equals(intact.body)).toBe(true);
  });

  it('of the kind "empty-body" sends an empty image', async () => {
    const { status, headers, body } = await getWith({ kind: 'empty-body' });
    expect([status, headers['content-type'], body.length]).toEqual([200, 'image/png', 0]);
  });

  it('of the kind "html" sends a login page with status 200', async () => {
    const { status, headers, body } = await getWith({ kind: 'html' });
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('login_form');
  });

  it('of the kind "latency" delays the response', async () => {
    const start = performance.now();
    const { body } = await getWith({ kind: 'latency', latencyMs: 120 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    expect(body.equals(intact.body)).toBe(true);
  });

  it('of any kind can be delayed', async () => {
    const start = performance.now();
    expect((await getWith({ kind: 'status', status: 500, latencyMs: 60 })).status).toBe(500);
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it('ends after the given number of requests', async () => {
    simulator.switches.tiles = { kind: 'status', times: 2 };
    const statuses = [(await get()).status, (await get()).status, (await get()).status];
    expect(statuses).toEqual([503, 503, 200]);
    expect(simulator.switches.tiles).toEqual({ kind: 'none' });
  });

  it('applies to one host only', async () => {
    simulator.switches.web = { kind: 'status' };
    simulator.switches.anonymous = { kind: 'status', status: 502 };
    simulator.switches.oldAnonymous = { kind: 'status', status: 500 };
    expect((await get()).status).toBe(200);
    expect((await send(url().replace('identified', 'anon'))).status).toBe(502);
    expect((await send(`${simulator.webUrl}/maps`)).status).toBe(503);
    expect((await send(`${simulator.anonymousUrl}/tiles/all/hot/0/0/0.png`)).status).toBe(500);
    expect(simulator.counters.refreshes).toMatchObject({ total: 1, fault: 1 });
  });
});
