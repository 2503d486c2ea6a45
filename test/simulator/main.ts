// Runs the simulator as a process:
//   node build/simulator/main.js [--tiles-port N] [--web-port N] [--anonymous-port N] [--cookie-lifetime SECONDS]
// Prints one line of JSON with its URLs when it listens. SIGTERM and SIGINT stop it.
import { parseArgs } from 'node:util';
import { startSimulator } from './simulator.js';

const { values } = parseArgs({
  options: {
    'tiles-port': { type: 'string', default: '0' },
    'web-port': { type: 'string', default: '0' },
    'anonymous-port': { type: 'string', default: '0' },
    'cookie-lifetime': { type: 'string', default: '86400' },
  },
});

const simulator = await startSimulator({
  tilesPort: wholeNumber('tiles-port'),
  webPort: wholeNumber('web-port'),
  anonymousPort: wholeNumber('anonymous-port'),
  cookieLifetimeSeconds: wholeNumber('cookie-lifetime'),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close());
}

const { tilesUrl, webUrl, anonymousUrl } = simulator;
console.log(JSON.stringify({ tilesUrl, webUrl, anonymousUrl, stateUrl: `${webUrl}/_simulator/state` }));

function wholeNumber(flag: keyof typeof values): number {
  const text = values[flag];
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${flag} must be a whole number, not "${text}".`);
  return Number(text);
}
