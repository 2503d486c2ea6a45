// Runs every command and requests every URL of the Markdown pages, with a simulated Strava, in a checkout of its own:
//   npm run check:docs -- [PAGE...]
// Prints what ran, what was checked in another way, and what was not run with the reason. Exit code 1: a command, a URL, a link or a
// block of configuration does not do what the page says, or has no rule.
import { readFileSync, writeFileSync } from 'node:fs';
import { startSimulator } from '../simulator/simulator.js';
import { freePort } from '../support/programs/free-port.js';
import { startRedis } from '../support/programs/redis-server.js';
import { Checkout, type BlockResult } from './checkout.js';
import {
  inlineCommand,
  isSynopsis,
  printsResult,
  settingIn,
  needsGateway,
  startsServer,
  substitute,
  synopses,
  type Substitution,
} from './commands.js';
import { checkConfiguration } from './configurations.js';
import { brokenLinks } from './links.js';
import { readPage, type Code } from './pages.js';
import { line, missing, type Entry } from './report.js';
import { gatewayUrls, isUrls } from './urls.js';

/** A variable of a script, and a parameter of WMTS. */
const NOT_SETTINGS = ['ENGINE', 'SERVICE'];

const only = process.argv.slice(2);
const simulator = await startSimulator();
const redis = await startRedis().catch(() => undefined);
const ports = { public: await freePort(), management: await freePort(), other: await freePort() };
const checkout = await Checkout.create(simulator, ports);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void checkout.close().finally(() => process.exit(1)));
const counts = new Map<Entry['how'], number>();
const seen = new Set<string>();
let gatewaysRun = false;

const SUBSTITUTIONS: readonly Substitution[] = [
  [/:8080\b/g, `:${ports.public}`],
  [/:9090\b/g, `:${ports.management}`],
  [/\b9000\b/g, String(ports.other)],
  [/https:\/\/github\.com\/strava-heatmap-gateway\/strava-heatmap-gateway(?:\.git)?/g, checkout.origin],
  [/https:\/\/www\.strava\.com/g, simulator.webUrl],
  [/https:\/\/content-a\.strava\.com/g, simulator.tilesUrl],
  [/\/var\/lib\/heatmap/g, checkout.path('var-lib-heatmap')],
  [/ -o heatmap\b/g, ''],
  [/"\$REDIS_URL"/g, redis?.url ?? '"$REDIS_URL"'],
  [/\bFILE\b/g, 'strava-cookies.json'],
  // Any status proves that the host is reachable; without -q, curl fails at 400 or above.
  [/\bcurl -sI\b/g, 'curl -q -sI'],
  // It measures for minutes.
  [/node scripts\/sizing\.mjs/g, 'node --check scripts/sizing.mjs'],
];

try {
  const all = await Promise.all(checkout.pages().map(readPage));
  const pages = all.filter(({ path }) => only.length === 0 || only.includes(path));
  const broken = brokenLinks(all);
  const links = all.reduce((sum, page) => sum + page.links.length, 0);
  say('links', {
    how: broken.length === 0 ? 'checked' : 'FAILED',
    what: `${links} links of ${all.length} pages`,
    detail: broken.join('\n') || 'files and headings exist',
  });
  for (const page of pages) {
    checkout.clean();
    for (const code of page.codes) await checkCode(code);
  }
  await startGateways();
  for (const page of pages)
    for (const { place, text, path, reason } of gatewayUrls(page))
      say(
        place,
        path === undefined ? { how: 'not run', what: text, detail: reason! } : await request(text, path),
      );
} finally {
  await checkout.close();
  await simulator.close();
  await redis?.kill();
}
console.log([...counts].map(([how, count]) => `${count} ${how}`).join(', '));
if (counts.has('FAILED')) process.exitCode = 1;

function say(place: string, entry: Entry): void {
  counts.set(entry.how, (counts.get(entry.how) ?? 0) + 1);
  console.log(line(entry, place));
}

async function checkCode(code: Code): Promise<void> {
  const { place, text, language } = code;
  if (language === 'inline') return checkInline(place, text);
  if (language === 'sh') return checkBlock(place, text);
  if (language === '' && isSynopsis(code)) {
    for (const { command, options } of synopses(code)) await checkOptions(place, command, options);
    return;
  }
  if (!isUrls(code))
    say(place, { what: text.split('\n')[0]!, ...(await checkConfiguration(code, checkout)) });
}

async function checkBlock(place: string, text: string): Promise<void> {
  if (text.includes('"$REDIS_URL"') && redis === undefined)
    return say(place, { what: text, ...missing('redis-server') });
  const result = await run(text);
  for (const entry of result.entries) if (entry.how !== 'ran') say(place, entry);
  const failure =
    result.failure ?? (printsResult(text) && result.output === '' ? 'prints nothing' : undefined);
  if (failure !== undefined) say(place, { how: 'FAILED', what: text, detail: failure });
  else if (result.entries.some(({ how }) => how === 'ran') || ownCommands(text, result))
    say(place, { how: 'ran', what: text });
}

/** Whether the block has commands without a stand-in: they ran. */
function ownCommands(text: string, { entries }: BlockResult): boolean {
  return entries.length < substitute(text, [[/\\\n/g, '']]).split(/\n|&&/).length;
}

async function run(text: string): Promise<BlockResult> {
  const command = substitute(text, SUBSTITUTIONS);
  if (startsServer(text)) {
    await stopGateways();
    const result = await checkout.run(command);
    await stopGateways();
    return result;
  }
  if (needsGateway(text)) await startGateways();
  return checkout.run(command);
}

/** One with all addresses on its port, and one with a management port; both write the log that the runbooks search. */
async function startGateways(): Promise<void> {
  if (gatewaysRun) return;
  gatewaysRun = true;
  for (const env of [{}, { PORT: String(await freePort()), MANAGEMENT_PORT: String(ports.management) }]) {
    const { failure } = await checkout.run('npm start', env);
    if (failure !== undefined) throw new Error(`the gateway does not start: ${failure}`);
  }
  await fetch(`http://127.0.0.1:${ports.public}/xyz/all/hot/5/16/11.png`);
  const documented = readFileSync('docs/runbooks/upstream-failing.md', 'utf8').match(/^\{.*\}$/gm)!;
  writeFileSync(checkout.path('gateway.log'), [...checkout.serverLog(), ...documented].join('\n'));
}

async function stopGateways(): Promise<void> {
  await checkout.stopServers();
  gatewaysRun = false;
}

/** Equal inline code is checked once. */
async function checkInline(place: string, text: string): Promise<void> {
  const setting = settingIn(text);
  if (setting !== undefined) return checkSetting(place, text, setting);
  const command = inlineCommand(text);
  if (command === undefined || seen.has(text)) return;
  const { failure, entries } = await run(command);
  const entry: Entry =
    failure === undefined
      ? { ...syntaxOnly(command), ...entries.at(-1), what: text }
      : { how: 'FAILED', what: text, detail: failure };
  seen.add(text);
  say(place, entry);
}

/** Scripts are not run as a whole, as they take minutes. */
function syntaxOnly(command: string): Pick<Entry, 'how' | 'detail'> {
  return /^(?:bash -n|node --check)/.test(command) ? { how: 'checked', detail: command } : { how: 'ran' };
}

function checkSetting(place: string, text: string, name: string): void {
  const known =
    NOT_SETTINGS.includes(name) || readFileSync('docs/settings.md', 'utf8').includes(`\`${name}\``);
  say(
    place,
    known
      ? { how: 'checked', what: text, detail: 'a setting' }
      : { how: 'FAILED', what: text, detail: 'no setting' },
  );
}

async function checkOptions(place: string, command: string, options: readonly string[]): Promise<void> {
  const { output, failure } = await run(command);
  const unknown = options.filter((option) => !output.includes(option));
  if (failure !== undefined) say(place, { how: 'FAILED', what: command, detail: failure });
  else if (unknown.length > 0)
    say(place, { how: 'FAILED', what: command, detail: `no option ${unknown.join(', ')}` });
  else say(place, { how: 'ran', what: command, detail: `${options.length} options` });
}

async function request(text: string, path: string): Promise<Entry> {
  const method = text.startsWith('PUT ') || path === '/admin/cookies' ? 'PUT' : 'GET';
  const response = await fetch(`http://127.0.0.1:${ports.public}${path}`, {
    method,
    headers: { Authorization: 'Bearer admin-key-of-the-docs' },
    ...(method === 'PUT' ? { body: readFileSync(checkout.path('strava-cookies.json')) } : {}),
  });
  const body = await response.text();
  const result = `${method} ${path} ${response.status}`;
  return response.ok
    ? { how: 'ran', what: text, detail: result }
    : { how: 'FAILED', what: text, detail: `${result} ${body.slice(0, 500)}` };
}
