/** More than the gateway can answer: it stays reachable, bounded, and itself again soon after. */
import { once } from 'node:events';
import { Agent, get as httpGet, type ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { eventually, fullCookies, startGateway } from '../support/gateway.js';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';

const MIB = 1024 * 1024;

let simulator: Simulator;
const running: GatewayProcess[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
});

afterEach(async () => {
  for (const gateway of running.splice(0)) if (!gateway.exit()) await gateway.kill();
  await simulator.close();
});

async function start(env: Record<string, string>): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(simulator, { cookies: fullCookies(simulator), env });
  running.push(gateway);
  return gateway;
}

async function timed(url: string): Promise<{ status: number; ms: number }> {
  const begun = performance.now();
  const { status } = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return { status, ms: performance.now() - begun };
}

describe('a stalled upstream', () => {
  const WAITING = 2000;

  it('with 2000 waiting clients leaves probes quick and memory bounded, and is over soon after it returns', async () => {
    // Shedding would change the counts on a busy machine; it has a test of its own below.
    const gateway = await start({ UPSTREAM_TIMEOUT_MS: '10000', MAX_EVENT_LOOP_DELAY_MS: '0' });
    const tile = (i: number) => `${gateway.url}/xyz/all/hot/12/${1000 + (i % 500)}/1500.png`;
    await timed(`${gateway.url}/xyz/all/hot/0/0/0.png`);
    const before = (await gateway.metrics()).residentBytes;
    simulator.switches.tiles = { kind: 'stall' };
    const agent = new Agent({ maxSockets: Infinity });
    const answered = new Map<number, number>();
    const clients: Promise<void>[] = [];
    const ask = (url: string) =>
      clients.push(
        new Promise<void>((resolve, reject) => {
          const request: ClientRequest = httpGet(url, { agent }, (response) => {
            answered.set(response.statusCode!, (answered.get(response.statusCode!) ?? 0) + 1);
            response.resume().once('end', resolve);
          });
          request.once('error', reject);
        }),
      );
    for (let i = 0; i < WAITING; i++) ask(tile(i));
    await eventually(async () => {
      const page = await gateway.metrics();
      return page.value('heatmap_upstream_queue_depth') === 500 - 16;
    }, 8000);
    const during = [];
    for (let i = 0; i < 5; i++) during.push(await timed(`${gateway.url}/livez`));
    expect(during.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    for (const { ms } of during) expect(ms).toBeLessThan(1000);
    expect(answered.size).toBe(0);
    const page = await gateway.metrics();
    expect(page.value('heatmap_upstream_in_flight')).toBe(16);
    expect(page.residentBytes - before).toBeLessThan(128 * MIB);

    // Whoever comes while the queue is full is told at once.
    for (let i = 500; i < 1200; i++) ask(`${gateway.url}/xyz/all/hot/12/${1000 + i}/1500.png`);
    await eventually(() => (answered.get(503) ?? 0) === 1200 - 1016);

    simulator.switches.tiles = { kind: 'none' };
    const returned = performance.now();
    await Promise.all(clients);
    expect([...answered.keys()].filter((status) => ![200, 503, 504].includes(status))).toEqual([]);
    expect((await timed(`${gateway.url}/xyz/all/hot/12/1/1.png`)).status).toBe(200);
    expect(performance.now() - returned).toBeLessThan(12_000);
    const after = await gateway.metrics();
    expect([after.value('heatmap_upstream_in_flight'), after.value('heatmap_upstream_queue_depth')]).toEqual([
      0, 0,
    ]);
    agent.destroy();
    expect(gateway.stderr()).toBe('');
  }, 90_000);

  it('does not hold on to clients that have hung up', async () => {
    const gateway = await start({ UPSTREAM_TIMEOUT_MS: '60000', UPSTREAM_MAX_CONCURRENCY: '4' });
    simulator.switches.tiles = { kind: 'stall' };
    const sockets = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const socket = await connectedTo(gateway.url);
        socket.write(`GET /xyz/all/hot/12/${i % 100}/1500.png HTTP/1.1\r\nHost: x\r\n\r\n`);
        return socket;
      }),
    );
    const load = async () => {
      const page = await gateway.metrics();
      return [page.value('heatmap_upstream_in_flight'), page.value('heatmap_upstream_queue_depth')];
    };
    await eventually(async () => (await load()).join() === '4,96');
    // Of three clients a tile, two leave: the third still waits.
    for (const socket of sockets.slice(0, 200)) socket.destroy();
    await sleep(300);
    expect(await load()).toEqual([4, 96]);
    for (const socket of sockets.slice(204)) socket.destroy();
    await eventually(async () => (await load()).join() === '4,0');
    for (const socket of sockets.slice(200, 204)) socket.destroy();
    await eventually(async () => (await load()).join() === '0,0');
    expect(simulator.requests.filter(({ host }) => host === 'tiles')).toHaveLength(4);
    const page = await gateway.metrics();
    expect(page.value('heatmap_upstream_requests_total{source="authenticated",status="cancelled"}')).toBe(4);
  });
});

async function connectedTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that came until the other side closed, and how long that took. */
async function untilClosed(socket: Socket): Promise<{ text: string; ms: number }> {
  const begun = performance.now();
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  await once(socket, 'close');
  return { text, ms: performance.now() - begun };
}

describe('a client that takes its time', () => {
  it('is cut off after ten seconds without the head of a request, whether it trickles or is silent', async () => {
    const gateway = await start({ MANAGEMENT_PORT: '0' });
    const silent = await connectedTo(gateway.url);
    const trickling = await connectedTo(gateway.url);
    const management = await connectedTo(gateway.managementUrl!);
    const timers = [trickling, management].map((socket) => {
      socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n');
      return setInterval(() => socket.write('X-More: 1\r\n'), 500);
    });
    const ends = await Promise.all([silent, trickling, management].map(untilClosed));
    for (const timer of timers) clearInterval(timer);
    for (const { ms } of ends) expect(ms).toBeLessThan(14_000);
    for (const { text } of ends.slice(1)) expect(text).toMatch(/^HTTP\/1\.1 408 /);
  }, 30_000);
});

describe('MAX_CONNECTIONS', () => {
  it('closes further connections at once, says so in the log, and takes new ones when others have gone', async () => {
    const log: string[] = [];
    const gateway = await startGatewayProcess(simulator, {
      env: { MAX_CONNECTIONS: '5', MANAGEMENT_PORT: '0' },
      onLog: (line) => log.push(line),
    });
    running.push(gateway);
    const open = await Promise.all(Array.from({ length: 5 }, () => connectedTo(gateway.url)));
    const { text, ms } = await untilClosed(await connectedTo(gateway.url));
    expect(text).toBe('');
    expect(ms).toBeLessThan(1000);
    expect((await timed(`${gateway.managementUrl}/livez`)).status).toBe(200);
    await eventually(() => log.some((line) => line.includes('MAX_CONNECTIONS')));
    for (const socket of open) socket.destroy();
    await eventually(
      async () => (await timed(`${gateway.url}/health`).catch(() => undefined))?.status === 200,
    );
  });
});

describe('an event loop that lags', () => {
  it('has requests shed with 503 until it has caught up, but not probes and metrics', async () => {
    const gateway = await startGateway(simulator, {
      cookies: fullCookies(simulator),
      env: { MAX_EVENT_LOOP_DELAY_MS: '20', CORS_ORIGINS: 'https://gpx.studio' },
    });
    const block = () => {
      const end = performance.now() + 80;
      while (performance.now() < end);
    };
    const busy = setInterval(block, 1);
    try {
      const get = (path: string) =>
        fetch(`${gateway.url}${path}`, { headers: { origin: 'https://gpx.studio' } });
      await eventually(async () => (await get('/xyz/all/hot/0/0/0.png')).status === 503, 10_000);
      const shed = await get('/xyz/all/hot/0/0/0.png');
      expect([shed.status, shed.headers.get('retry-after'), shed.headers.get('cache-control')]).toEqual([
        503,
        '2',
        'no-store',
      ]);
      expect(shed.headers.get('access-control-allow-origin')).toBe('https://gpx.studio');
      expect(await shed.json()).toMatchObject({
        status: 503,
        detail: expect.stringContaining('more requests'),
      });
      for (const path of ['/livez', '/readyz', '/metrics']) expect((await get(path)).status).toBe(200);
      clearInterval(busy);
      await eventually(async () => (await get('/xyz/all/hot/0/0/0.png')).status === 200);
    } finally {
      clearInterval(busy);
      await gateway.close();
    }
  }, 30_000);
});
