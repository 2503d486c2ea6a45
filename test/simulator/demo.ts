// Runs the gateway in front of the simulator, without a Strava account: npm run demo
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tileWithHeat } from './find-tile.js';
import { startSimulator, type Simulator } from './simulator.js';

const host = process.env['HOST'] ?? '127.0.0.1';
const port = process.env['PORT'] ?? '8080';
const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;

const directory = await mkdtemp(join(tmpdir(), 'heatmap-demo-'));
const simulator = await startSimulator();
let stopping = false;
try {
  const gateway = await startGateway(simulator);
  const exited = exitCodeOf(gateway);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(gateway, signal));
  if (await answers(gateway)) console.log(greeting(simulator));
  const code = await exited;
  process.exitCode = stopping ? code : code || 1;
} finally {
  await simulator.close();
  await rm(directory, { recursive: true, force: true });
}

/** Starts the built gateway with a session only; the gateway fetches the signed cookies itself. */
async function startGateway({
  tilesUrl,
  webUrl,
  anonymousUrl,
  sessionValue,
}: Simulator): Promise<ChildProcess> {
  const main = join(packageRoot(), 'dist', 'main.js');
  if (!existsSync(main)) throw new Error(`${main} does not exist; run "npm run build"`);
  const cookiesFile = join(directory, 'strava-cookies.json');
  const cookies = [{ name: '_strava4_session', value: sessionValue }];
  await writeFile(cookiesFile, JSON.stringify(cookies), { mode: 0o600 });
  // A real session in the environment must not reach the simulator.
  const { STRAVA_SESSION: _session, STRAVA_SESSION_FILE: _file, ...inherited } = process.env;
  const env = {
    ...inherited,
    HOST: host,
    PORT: port,
    STRAVA_TILES_URL: tilesUrl,
    STRAVA_WEB_URL: webUrl,
    STRAVA_ANONYMOUS_TILES_URL: anonymousUrl,
    STRAVA_COOKIES_FILE: cookiesFile,
  };
  // Detached, so that the gateway receives Ctrl-C once, from `stop`, and not from the terminal too.
  return spawn(process.execPath, [main], { stdio: 'inherit', env, detached: true });
}

/** The nearest directory above with a package.json. */
function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('no package.json in the directories above the demo');
    directory = parent;
  }
  return directory;
}

function exitCodeOf(gateway: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    gateway.once('exit', (code) => resolve(code ?? 1));
    gateway.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
  });
}

function stop(gateway: ChildProcess, signal: NodeJS.Signals): void {
  if (!stopping) gateway.kill(signal);
  stopping = true;
}

/** True when the gateway answers; false when it ends before that. */
async function answers(gateway: ChildProcess): Promise<boolean> {
  const livez = `http://${reachable}:${process.env['MANAGEMENT_PORT'] ?? port}/livez`;
  while (gateway.exitCode === null && gateway.signalCode === null) {
    const response = await fetch(livez, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (response?.ok === true) return true;
    await sleep(150);
  }
  return false;
}

function greeting({ webUrl }: Simulator): string {
  const { z, x, y } = tileWithHeat(12);
  const gateway = `http://${reachable}:${port}`;
  return [
    '',
    'The gateway is running in front of a simulated upstream. Open:',
    `  ${gateway}/  the index page, with a map`,
    `  ${gateway}/xyz/all/hot/${z}/${x}/${y}.png  a tile with heat`,
    `  ${gateway}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities  the capabilities (KVP)`,
    `  ${gateway}/wmts/1.0.0/WMTSCapabilities.xml  the capabilities (RESTful)`,
    `  ${gateway}/health  the status of the gateway`,
    `  ${webUrl}/_simulator/state  the requests that the upstream has received`,
    'Press Ctrl-C to stop both.',
    '',
  ].join('\n');
}
