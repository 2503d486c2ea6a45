/** Overload: the gateway stays reachable, its resources bounded, and it recovers. */
import { once } from 'node:events';
import { Agent, get as httpGet, type ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { fullCookies } from '../support/gateway.js';
import {
  startGatewayProcess,
  type GatewayProcess,
  type GatewayProcessOptions,
} from '../support/gateway-process.js';
import type { MetricsPage } from '../support/run/metrics-page.js';
import { withSimulator } from '../support/with-gateway.js';

const MIB = 1024 * 1024;
const KEY = 'key-of-a-stranger';
const KEY_HEADER = { 'x-api-key': KEY };

const setup = withSimulator();
const running: GatewayProcess[] = [];

afterEach(async () => {
  for (const gateway of running.splice(0)) if (!gateway.exit()) await gateway.kill();
});

async function start(
  env: Record<string, string>,
  options: Pick<GatewayProcessOptions, 'onLog' | 'keys'> = {},
): Promise<GatewayProcess> {
  const cookies = fullCookies(setup.simulator);
  const gateway = await startGatewayProcess(setup.simulator, { cookies, env, ...options });
  running.push(gateway);
  return gateway;
}

const statusOf = async (url: string) => (await fetch(url)).status;

describe('a stalled upstream', () => {
  const CLIENTS = 2000;

  it('with 2000 waiting clients delays no probe, uses bounded memory, and every client gets its tile afterwards', async () => {
    // Shedding would change the counts on a busy machine; a test below covers it.
    const gateway = await start({ UPSTREAM_TIMEOUT_MS: '60000', MAX_EVENT_LOOP_DELAY_MS: '0' });
    const tile = (i: number) => `${gateway.url}/xyz/all/hot/12/${1000 + i}/1500.png`;
    expect(await statusOf(`${gateway.url}/xyz/all/hot/0/0/0.png`)).toBe(200);
    const before = (await gateway.metrics()).residentBytes;
    // Painting hundreds of tiles would keep this process busy.
    setup.simulator.switches.emptyEverywhere = true;
    setup.simulator.switches.tiles = { kind: 'stall' };
    const asked = setup.simulator.requests.length;
    const agent = new Agent({ maxSockets: Infinity });
    const answered = new Map<number, number>();
    const requests: ClientRequest[] = [];
    const clients: Promise<void>[] = [];
    const ask = (url: string) =>
      clients.push(
        new Promise<void>((resolve) => {
          const request = httpGet(url, { agent }, (response) => {
            answered.set(response.statusCode!, (answered.get(response.statusCode!) ?? 0) + 1);
            response.resume().once('end', resolve);
          });
          // A request of this test that is destroyed on purpose ends like this.
          request.once('error', () => resolve());
          requests.push(request);
        }),
      );
    for (let i = 0; i < CLIENTS; i++) ask(tile(i % 500));
    await eventually(async () => {
      const page = await gateway.metrics();
      return page.value('heatmap_upstream_queue_depth') === 500 - 16;
    });
    for (let i = 0; i < 5; i++) expect(await statusOf(`${gateway.url}/livez`)).toBe(200);
    // The probes got their responses before any of the waiting clients.
    expect(answered.size).toBe(0);
    const page = await gateway.metrics();
    expect(page.value('heatmap_upstream_in_flight')).toBe(16);
    expect(page.residentBytes - before).toBeLessThan(128 * MIB);

    // While the queue is full, further requests get 503 without waiting.
    for (let i = 500; i < 1200; i++) ask(tile(i));
    await eventually(() => (answered.get(503) ?? 0) === 1200 - 1016);

    setup.simulator.switches.tiles = { kind: 'none' };
    // The stalled requests end when their clients disconnect, and the queue moves on.
    const stalled = setup.simulator.requests.slice(asked).map(({ url }) => /\/12\/\d+\/1500/.exec(url)![0]);
    expect(stalled).toHaveLength(16);
    for (const request of requests)
      if (stalled.some((path) => request.path.includes(path))) request.destroy();
    await Promise.all(clients);
    expect(Object.fromEntries(answered)).toEqual({ 200: CLIENTS - 4 * 16 + 1016 - 500, 503: 1200 - 1016 });
    expect(await statusOf(`${gateway.url}/xyz/all/hot/12/1/1.png`)).toBe(200);
    const after = await gateway.metrics();
    expect([after.value('heatmap_upstream_in_flight'), after.value('heatmap_upstream_queue_depth')]).toEqual([
      0, 0,
    ]);
    agent.destroy();
    expect(gateway.stderr()).toBe('');
  });

  it('keeps no request of clients that have disconnected', async () => {
    let disconnected = 0;
    const gateway = await start(
      { UPSTREAM_TIMEOUT_MS: '60000', UPSTREAM_MAX_CONCURRENCY: '4' },
      { onLog: (line) => (disconnected += line.includes('"status":499') ? 1 : 0) },
    );
    setup.simulator.switches.tiles = { kind: 'stall' };
    const sockets = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const socket = await connectedTo(gateway.url);
        socket.write(`GET /xyz/all/hot/12/${i % 100}/1500.png HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        return socket;
      }),
    );
    const load = async () => {
      const page = await gateway.metrics();
      return [page.value('heatmap_upstream_in_flight'), page.value('heatmap_upstream_queue_depth')];
    };
    await eventually(async () => (await load()).join() === '4,96');
    const inFlight = new Set(
      setup.simulator.requests.flatMap(
        ({ url }) => /\/12\/(\d+)\/1500/.exec(url)?.slice(1).map(Number) ?? [],
      ),
    );
    expect(inFlight.size).toBe(4);
    // Two of three clients per tile disconnect: the third still waits.
    for (const socket of sockets.slice(0, 200)) socket.destroy();
    await eventually(() => disconnected === 200);
    expect(await load()).toEqual([4, 96]);
    const last = sockets.slice(200);
    for (const socket of last.filter((_, column) => !inFlight.has(column))) socket.destroy();
    await eventually(async () => (await load()).join() === '4,0');
    for (const socket of last) socket.destroy();
    await eventually(async () => (await load()).join() === '0,0');
    expect(setup.simulator.requests.filter(({ host }) => host === 'tiles')).toHaveLength(4);
    const page = await gateway.metrics();
    expect(page.value('heatmap_upstream_requests_total{source="authenticated",status="cancelled"}')).toBe(4);
  });
});

describe('a client that pipelines tiles and disconnects', () => {
  it('leaves no upstream request and no place in the queue', async () => {
    const gateway = await start({ UPSTREAM_TIMEOUT_MS: '60000', UPSTREAM_MAX_CONCURRENCY: '2' });
    setup.simulator.switches.tiles = { kind: 'stall' };
    const socket = await connectedTo(gateway.url);
    for (let i = 0; i < 6; i++)
      socket.write(`GET /xyz/all/hot/12/${i}/1500.png HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const load = async () => {
      const page = await gateway.metrics();
      return [page.value('heatmap_upstream_in_flight'), page.value('heatmap_upstream_queue_depth')];
    };
    await eventually(async () => (await load()).join() === '2,4');
    socket.destroy();
    await eventually(async () => (await load()).join() === '0,0');
    expect(setup.simulator.requests.filter(({ host }) => host === 'tiles')).toHaveLength(2);
    const page = await gateway.metrics();
    expect(page.value('heatmap_upstream_requests_total{source="authenticated",status="cancelled"}')).toBe(2);
  });
});

async function connectedTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything received until the other side closed the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  await once(socket, 'close');
  return text;
}

describe('a slow client', () => {
  it('is disconnected if it sends no complete request headers within ten seconds, silent or trickling', async () => {
    const gateway = await start({ MANAGEMENT_PORT: '0' });
    const silent = await connectedTo(gateway.url);
    const trickling = await connectedTo(gateway.url);
    const management = await connectedTo(gateway.managementUrl!);
    const timers = [trickling, management].map((socket) => {
      socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n');
      return setInterval(() => socket.write('X-More: 1\r\n'), 500);
    });
    const ends = await Promise.all([silent, trickling, management].map(untilClosed));
    for (const timer of timers) clearInterval(timer);
    for (const text of ends.slice(1)) expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('pipelining', () => {
  const CONNECTIONS = 60;

  /** Everything that the gateway spends on `count` requests in one write on each connection. */
  async function cost(gateway: GatewayProcess, request: string, count: number) {
    const before = await gateway.metrics(KEY_HEADER);
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectedTo(gateway.url)));
    const ends = sockets.map(untilClosed);
    for (const socket of sockets) socket.write(request.repeat(count));
    const texts = await Promise.all(ends);
    const after = await gateway.metrics(KEY_HEADER);
    const cpu = (page: MetricsPage) => page.value('process_cpu_seconds_total')!;
    return {
      responses: texts.map((text) => text.match(/HTTP\/1\.1 \d+/g)!.length),
      last: texts.map((text) => /.*HTTP\/1\.1 (\d+)/s.exec(text)![1]),
      cpuSeconds: cpu(after) - cpu(before),
      bytes: after.residentBytes - before.residentBytes,
    };
  }

  it('costs 33 responses for a connection, whatever it sends, with bounded CPU time and memory', async () => {
    const gateway = await start({ MAX_EVENT_LOOP_DELAY_MS: '0' }, { keys: { keys: [KEY] } });
    for (const [request, count] of [
      ['GET /x HTTP/1.1\r\n\r\n', 3449],
      [`GET /?key=${KEY} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 2500],
    ] as const) {
      const { responses, last, cpuSeconds, bytes } = await cost(gateway, request, count);
      expect(new Set(responses)).toEqual(new Set([33]));
      expect(new Set(last)).toEqual(new Set(['429']));
      expect(cpuSeconds).toBeLessThan(6);
      expect(bytes).toBeLessThan(150 * MIB);
    }
  });
});

describe('MAX_CONNECTIONS', () => {
  it('closes further connections, logs a warning, and accepts connections again when others close', async () => {
    const log: string[] = [];
    const gateway = await start(
      { MAX_CONNECTIONS: '5', MANAGEMENT_PORT: '0' },
      { onLog: (line) => log.push(line) },
    );
    const open = await Promise.all(Array.from({ length: 5 }, () => connectedTo(gateway.url)));
    expect(await untilClosed(await connectedTo(gateway.url))).toBe('');
    expect(await statusOf(`${gateway.managementUrl}/livez`)).toBe(200);
    await eventually(() => log.some((line) => line.includes('MAX_CONNECTIONS')));
    const metrics = await (await fetch(`${gateway.managementUrl}/metrics`)).text();
    expect(metrics).toContain('heatmap_connections_closed_total{reason="max_connections"} 1');
    for (const socket of open) socket.destroy();
    await eventually(async () => (await statusOf(`${gateway.url}/health`).catch(() => 0)) === 200);
  });
});

describe('a lagging event loop', () => {
  it('causes 503 for requests until it recovers, but not for probes and metrics', async () => {
    const gateway = await setup.start({
      cookies: 'full',
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
      await eventually(async () => (await get('/xyz/all/hot/0/0/0.png')).status === 503);
      const shed = await get('/xyz/all/hot/0/0/0.png');
      expect([shed.status, shed.headers.get('retry-after'), shed.headers.get('cache-control')]).toEqual([
        503,
        '2',
        'no-store',
      ]);
      expect(shed.headers.get('access-control-allow-origin')).toBe('https://gpx.studio');
      expect(await shed.json()).toMatchObject({
        status: 503,
        detail: expect.stringContaining('overloaded'),
      });
      for (const path of ['/livez', '/readyz', '/metrics']) expect((await get(path)).status).toBe(200);
      clearInterval(busy);
      await eventually(async () => (await get('/xyz/all/hot/0/0/0.png')).status === 200);
    } finally {
      clearInterval(busy);
    }
  });
});
