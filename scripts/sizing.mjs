/**
 * sizing.mjs: measures memory, disk and Redis usage of the gateway with the simulator, and prints the table that
 * docs/operations.md quotes. Requires `npm run build`, `npm run build:simulator` and redis-server. Takes two to three
 * minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { tileWithHeat } from '../build/simulator/find-tile.js';
import { startSimulator } from '../build/simulator/simulator.js';
import { hasPicture } from '../build/heat-painting/tile-pictures.js';
import { startGatewayProcess } from '../build/support/gateway-process.js';

const TILES = 1000;
const STARTS = 5;
const IDLE_MS = 60_000;
const SETTLE_MS = 5000;
const CLIENTS = 8;
const mib = (bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`;
const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;

const simulator = await startSimulator();
const folder = await mkdtemp(join(tmpdir(), 'sizing-'));
const rows = [];
const row = (...cells) => void rows.push(cells);

/** Paths of adjacent 512 px tiles with heat around a town, at zoom 10 to 13. */
function tilePaths(count) {
  return [10, 11, 12, 13].flatMap((z) => {
    const middle = tileWithHeat(z);
    const paths = [];
    for (let index = 0; paths.length < count / 4; index++) {
      const [x, y] = [middle.x - 20 + (index % 40), middle.y - 20 + Math.floor(index / 40)];
      if (hasPicture({ sport: 'all', z, x, y })) paths.push(`/xyz/all/hot/${z}/${x}/${y}@2x.png`);
    }
    return paths;
  });
}

async function start(env = {}, cookies) {
  const started = performance.now();
  const gateway = await startGatewayProcess(simulator, { env, cookies });
  while ((await fetch(`${gateway.url}/readyz`).then((response) => response.status)) !== 200) await pause(5);
  return { gateway, ms: performance.now() - started };
}

/** Downloads the paths and returns their size in bytes; throws on a status other than 200. */
async function load({ url }, paths) {
  const waiting = [...paths];
  let bytes = 0;
  const client = async () => {
    for (let path = waiting.shift(); path; path = waiting.shift()) {
      const response = await fetch(url + path);
      if (response.status !== 200) throw new Error(`${path} returns ${response.status}`);
      bytes += (await response.arrayBuffer()).byteLength;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return bytes;
}

async function memoryOf(gateway) {
  const page = await gateway.metrics();
  return { rss: page.residentBytes, heap: page.value('nodejs_heap_size_used_bytes') };
}

async function idle() {
  const times = [];
  for (let run = 0; run < STARTS; run++) {
    const { gateway, ms } = await start();
    times.push(ms);
    await gateway.stop();
  }
  times.sort((a, b) => a - b);
  row(`from start to \`/readyz\` 200 (median of ${STARTS})`, `${(times[STARTS >> 1] / 1000).toFixed(1)} s`);
  const { gateway } = await start();
  await pause(IDLE_MS);
  const before = await memoryOf(gateway);
  row('memory, idle for 60 s, nothing set', `${mib(before.rss)}, heap ${mib(before.heap)}`);
  await (await fetch(`${gateway.url}/wmts/1.0.0/WMTSCapabilities.xml`)).arrayBuffer();
  const after = await memoryOf(gateway);
  row('after the first capabilities document', `${mib(after.rss)}, heap ${mib(after.heap)}`);
  await gateway.stop();
}

const cookies = () => [{ name: '_strava4_session', value: simulator.sessionValue }];

async function inMemory(first, second) {
  const { gateway } = await start({ TILE_CACHE_MAX_BYTES: '1GB' }, cookies());
  await load(gateway, first);
  await pause(SETTLE_MS);
  const before = await memoryOf(gateway);
  const bytes = await load(gateway, second);
  await pause(SETTLE_MS);
  const { rss } = await memoryOf(gateway);
  row('size of a tile (512 px, average)', `${Math.round(bytes / TILES / 1000)} kB`);
  row('memory for 1,000 more tiles', mib(rss - before.rss));
  await gateway.stop();
}

async function inRedisAndOnDisk(paths) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  const redis = spawn('redis-server', ['--port', `${port}`, '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  await once(redis, 'spawn');
  const client = new Redis(port, '127.0.0.1').on('error', () => undefined); // The client retries until Redis is up.
  const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))[1]);
  const env = { REDIS_URL: `redis://127.0.0.1:${port}`, TILE_CACHE_DIR: join(folder, 'tiles') };
  try {
    const { gateway } = await start(env, cookies());
    const before = { used: await used(), keys: await client.dbsize() };
    await load(gateway, paths);
    await pause(SETTLE_MS);
    row(
      `Redis, for ${(await client.dbsize()) - before.keys} keys of 1,000 tiles`,
      mb((await used()) - before.used),
    );
    await gateway.stop();
  } finally {
    client.disconnect();
    redis.kill();
  }
  const files = await Promise.all(
    (await readdir(env.TILE_CACHE_DIR)).map((name) => stat(join(env.TILE_CACHE_DIR, name))),
  );
  row(`disk, for ${files.length} files`, mb(files.reduce((sum, { blocks }) => sum + blocks * 512, 0)));
}

try {
  const paths = tilePaths(2 * TILES);
  const halves = [0, 1].map((half) => paths.filter((_path, index) => index % 2 === half));
  await idle();
  await inMemory(...halves);
  await inRedisAndOnDisk(halves[1]);
} finally {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
}
const cells = [['Measurement', 'Result'], ['---', '---'], ...rows];
const table = cells.map(([name, result]) => `| ${name} | ${result} |\n`).join('');
process.stdout.write(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0].model}\n\n${table}`);
