/** The gateway under fire as people run it: keys on, an admin key, origins, cookies that are good, an upstream in good health. */
import { fileURLToPath } from 'node:url';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import type { Target } from './send-batches.js';
import { ADMIN_KEY, KEY_FILE, REPEATED_KEYS, SECRET_KEYS } from './credentials.js';
import { LogWatch } from './log-watch.js';
import { CORS_ORIGINS } from './requests/odd-headers.js';
import { Tally } from './tally.js';

export interface Setup {
  readonly simulator: Simulator;
  readonly gateway: GatewayProcess;
  readonly target: Target;
  readonly tally: Tally;
  readonly log: LogWatch;
  close(): Promise<void>;
}

/** In MiB, as a container sets one: without a bound V8 collects late, and garbage looks like growth. */
const HEAP_BOUND = 128;
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export async function setUp(): Promise<Setup> {
  const simulator = await startSimulator();
  const cookies = { _strava4_session: simulator.sessionValue, ...simulator.issueCookies() };
  // The short ones are names and numbers.
  const secrets = [...SECRET_KEYS, ...Object.values(cookies).filter((value) => value.length > 16)];
  const upstream = [simulator.tilesUrl, simulator.webUrl, simulator.anonymousUrl].map(
    (url) => new URL(url).host,
  );
  const never = [...secrets, REPOSITORY, ...upstream];
  const tally = new Tally({ never, repeated: REPEATED_KEYS });
  const log = new LogWatch([...secrets, ...REPEATED_KEYS], (what, where) => tally.violation(what, where));
  const gateway = await startGatewayProcess(simulator, {
    cookies: Object.entries(cookies).map(([name, value]) => ({ name, value })),
    keys: KEY_FILE,
    env: {
      NODE_OPTIONS: `--max-old-space-size=${HEAP_BOUND}`,
      MANAGEMENT_PORT: '0',
      ADMIN_KEY,
      CORS_ORIGINS: CORS_ORIGINS.join(','),
      // Then the headers of proxies are read as well.
      TRUST_PROXY: 'true',
    },
    onLog: log.line,
  });
  never.push(gateway.folder);
  return {
    simulator,
    gateway,
    target: { public: new URL(gateway.url), management: new URL(gateway.managementUrl!) },
    tally,
    log,
    async close() {
      await gateway.kill();
      await simulator.close();
    },
  };
}
