/** The gateway under test, configured as in production: API keys, an admin key, CORS origins and valid cookies. */
import { fileURLToPath } from 'node:url';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import { LogWatch } from '../support/run/log-watch.js';
import { Secrets } from '../support/secrets.js';
import { ADMIN_KEY, KEY_FILE, REPEATABLE_KEYS, SECRET_KEYS } from './credentials.js';
import { CORS_ORIGINS } from './requests/odd-headers.js';
import type { SendOptions } from './send-batches.js';
import { Tally } from './tally.js';

export interface Setup {
  readonly simulator: Simulator;
  readonly gateway: GatewayProcess;
  readonly urls: SendOptions['urls'];
  readonly tally: Tally;
  readonly log: LogWatch;
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
  const tally = new Tally({ secrets, repeatable: REPEATABLE_KEYS, internals });
  const log = new LogWatch(secrets, tally.violations);
  const gateway = await startGatewayProcess(simulator, {
    cookies: Object.entries(cookies).map(([name, value]) => ({ name, value })),
    keys: KEY_FILE,
    env: {
      NODE_OPTIONS: `--max-old-space-size=${HEAP_LIMIT}`,
      MANAGEMENT_PORT: '0',
      ADMIN_KEY,
      CORS_ORIGINS: CORS_ORIGINS.join(','),
      // The gateway reads the headers of proxies only with this setting.
      TRUST_PROXY: 'true',
    },
    onLog: log.take,
  });
  internals["the path of the gateway's folder"] = gateway.folder;
  return {
    simulator,
    gateway,
    urls: { public: new URL(gateway.url), management: new URL(gateway.managementUrl!) },
    tally,
    log,
    async close() {
      await gateway.kill();
      await simulator.close();
    },
  };
}
