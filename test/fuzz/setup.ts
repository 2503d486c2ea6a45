/** The gateway under test, configured as in production: API keys, an admin key, CORS origins and valid cookies. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import { startRedis } from '../support/programs/redis-server.js';
import { LogWatch } from '../support/run/log-watch.js';
import { Secrets } from '../support/secrets.js';
import { KeyParts } from './checks/key-parts.js';
import type { Records } from './checks/hostile-records.js';
import { ADMIN_KEY, KEY_FILE, NESTED_KEY, REPEATABLE_KEYS, SECRET_KEYS } from './credentials.js';
import { CORS_ORIGINS } from './requests/odd-headers.js';
import type { SendOptions } from './send-batches.js';
import { Tally } from './tally.js';

export interface Setup {
  readonly simulator: Simulator;
  readonly gateway: GatewayProcess;
  readonly urls: SendOptions['urls'];
  readonly tally: Tally;
  readonly log: LogWatch;
  readonly records: Records;
  close(): Promise<void>;
}

/** In MiB, like a container limit: without it V8 collects garbage late, and memory appears to grow. */
const HEAP_LIMIT = 128;
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export async function setUp(): Promise<Setup> {
  const simulator = await startSimulator();
  const cookies = { _strava4_session: simulator.sessionValue, ...simulator.issueCookies() };
  const secrets = new Secrets();
  for (const [name, key] of Object.entries(SECRET_KEYS)) secrets.add(name, key);
  for (const [name, value] of Object.entries(cookies))
    // Shorter values are public: the key pair ID and the expiry.
    if (value.length > 16) secrets.add(`the cookie ${name}`, value);
  const internals: Record<string, string> = { 'the path of the repository': REPOSITORY };
  for (const url of [simulator.tilesUrl, simulator.webUrl, simulator.anonymousUrl])
    internals[`the upstream host ${new URL(url).host}`] = new URL(url).host;
  const nested = new KeyParts(NESTED_KEY);
  const tally = new Tally({ secrets, repeatable: REPEATABLE_KEYS, nested, internals });
  const log = new LogWatch(secrets, tally.violations);
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-tiles-'));
  const server = hasRedis() ? await startRedis() : undefined;
  if (server) secrets.add('the password of Redis', server.password);
  const gateway = await startGatewayProcess(simulator, {
    cookies: Object.entries(cookies).map(([name, value]) => ({ name, value })),
    keys: KEY_FILE,
    env: {
      NODE_OPTIONS: `--max-old-space-size=${HEAP_LIMIT}`,
      MANAGEMENT_PORT: '0',
      // Every tile is read from the other caches.
      TILE_CACHE_MAX_BYTES: '0',
      TILE_CACHE_DIR: folder,
      ...(server && { REDIS_URL: server.url }),
      ADMIN_KEY,
      CORS_ORIGINS: CORS_ORIGINS.join(','),
      // The gateway reads the headers of proxies only with this setting.
      TRUST_PROXY: 'true',
    },
    onLog(line) {
      log.take(line);
      if (nested.isIn(line)) tally.violations.add('a part of a key in the log', line.slice(0, 500));
    },
  });
  internals["the path of the gateway's folder"] = gateway.folder;
  const redis = server && new Redis(server.url);
  return {
    simulator,
    gateway,
    urls: { public: new URL(gateway.url), management: new URL(gateway.managementUrl!) },
    tally,
    log,
    records: { folder, redis },
    async close() {
      redis?.disconnect();
      await gateway.kill();
      await server?.kill();
      await rm(folder, { recursive: true, force: true });
      await simulator.close();
    },
  };
}

/** In CI a missing Redis is an error, which the start of the server reports. */
function hasRedis(): boolean {
  return (
    process.env['REQUIRE_PROGRAMS'] !== undefined || spawnSync('redis-server', ['--version']).status === 0
  );
}
