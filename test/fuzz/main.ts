// Sends malformed and unauthorised requests over real sockets to the built gateway:
//   npm run fuzz -- [--requests N] [--seed N] [--only BATCH]
// The same seed makes the same requests; --only sends one batch and prints its responses.
// Exit code 1: the gateway failed at a request, leaked a secret, sent a request upstream, grew or ended.
import { Random } from '../support/run/random.js';
import { exitOnSignals } from '../support/run/exit-on-signals.js';
import { numberOptions } from '../support/run/number-options.js';
import { countTable, mebibytes, table } from '../support/run/tables.js';
import {
  metricsLine,
  processMetrics,
  processMetricsWhen,
  type ProcessMetrics,
} from './checks/process-metrics.js';
import { hostileRecordViolations, RECORD_TILES } from './checks/hostile-records.js';
import { serviceFailures } from './checks/service-check.js';
import { sendBatch } from './connection.js';
import { batchOf, sendBatches } from './send-batches.js';
import { setUp } from './setup.js';

const REQUESTS = 200_000;
/** Allowed growth of resident memory between warm-up and end. */
const MAX_GROWTH_BYTES = 48 * 2 ** 20;
/** Descriptors that the process may open for itself during the run, with idle connections to the upstream. */
const SPARE_DESCRIPTORS = 12;
/** Label values are few: unknown paths, methods and statuses must not add series. */
const MAX_SERIES = 1500;
/** Share of the requests; more means that the run overloads the gateway, or that the gateway is stuck. */
const MAX_SHED = 0.001;
/** No request is in flight when the gateway stops. */
const MAX_STOP_SECONDS = 5;
/** Ends the run early. */
const ENOUGH_VIOLATIONS = 1000;
/** Number of times that the metrics are read during the run; the first one ends the warm-up. */
const SAMPLES = 20;
const SETTLE_MS = 15_000;

const options = numberOptions(['requests', 'seed', 'only']);
const seed = options.seed ?? Math.floor(Math.random() * 1e9);
exitOnSignals();
const setup = await setUp();
const { simulator, gateway, urls, tally, log, records } = setup;
const { violations } = tally;
try {
  if (options.only === undefined) await run(options.requests ?? REQUESTS);
  else await show(options.only);
} finally {
  await setup.close();
}
if (violations.count > 0) process.exitCode = 1;

/**
 * Without the refreshes of the web host, since the fuzz run pushes words that can be sessions, and without the tiles whose
 * records are damaged.
 */
function tileRequests(): number {
  return simulator.requests.filter(({ host, url }) => host !== 'web' && !url.includes(RECORD_TILES)).length;
}

async function run(requests: number): Promise<void> {
  console.log(`fuzz: ${requests} requests, seed ${seed} (--seed ${seed} repeats them)\n`);
  const start = performance.now();
  await checkService('at the start', 5);
  const upstreamBefore = tileRequests();
  const idle = await processMetrics(gateway);
  const samples = await sendAll(requests);
  const exit = gateway.exit();
  if (exit) violations.add('the gateway ended', `${JSON.stringify(exit)}: ${gateway.stderr().slice(-2000)}`);
  else await checkResources(idle, samples);
  const upstreamAfter = tileRequests();
  if (upstreamAfter !== upstreamBefore)
    violations.add('a request was sent upstream', `${upstreamBefore} before, ${upstreamAfter} after`);
  await checkService('at the end', 6);
  if (tileRequests() === upstreamAfter)
    violations.add('the upstream did not count a valid request, so its counts prove nothing');
  await checkStop();

  console.log(`\nRequests by kind\n${countTable(tally.kinds)}`);
  console.log(`\nResponses by status\n${countTable(tally.statuses)}`);
  console.log(`\nLog lines by level\n${countTable(log.levels)}\n`);
  const summary = [
    ['Connections', String(tally.connections)],
    ['Requests without a response (unfinished, or the connection ended)', String(tally.unanswered)],
    ['Requests refused to shed load', String(tally.shed)],
    ['Upstream requests before and after', `${upstreamBefore}, ${upstreamAfter}`],
    ['Duration in seconds', ((performance.now() - start) / 1000).toFixed(1)],
  ];
  console.log(`${table(summary)}\n`);
  if (violations.count > 0) console.log(`${violations.report()}\n`);
  console.log(`fuzz: ${tally.requests} requests, ${violations.count} violations`);
}

/** Sends the requests; now and then reads the metrics and damages the records of the caches. */
async function sendAll(requests: number): Promise<ProcessMetrics[]> {
  const samples: ProcessMetrics[] = [];
  const random = new Random(seed);
  let reading: Promise<void> | undefined;
  const sample = async () => {
    const sent = tally.requests;
    try {
      const metrics = await processMetrics(gateway);
      samples.push(metrics);
      console.log(`  after ${String(sent).padStart(7)}: ${metricsLine(metrics)}`);
      for (const violation of await hostileRecordViolations(gateway, records, random))
        violations.add(violation);
    } catch (error) {
      violations.add('the metrics or the records cannot be read', String(error));
    }
    reading = undefined;
  };
  let next = requests / SAMPLES;
  await sendBatches({
    urls,
    seed,
    requests,
    onOutcome(number, batch, outcome) {
      tally.add(number, batch, outcome);
      if (reading !== undefined || tally.requests < next) return;
      next += requests / SAMPLES;
      reading = sample();
    },
    stop: () => gateway.exit() !== undefined || violations.count >= ENOUGH_VIOLATIONS,
  });
  await reading;
  return samples;
}

async function checkResources(idle: ProcessMetrics, samples: readonly ProcessMetrics[]): Promise<void> {
  const held = ({ descriptors }: ProcessMetrics) => (descriptors ?? 0) - (idle.descriptors ?? 0);
  const settled = (metrics: ProcessMetrics) => held(metrics) <= SPARE_DESCRIPTORS;
  const end = await processMetricsWhen(gateway, settled, SETTLE_MS);
  const warm = samples[0] ?? end;
  const growth = end.residentBytes - warm.residentBytes;
  console.log(`\n  idle at start:  ${metricsLine(idle)}`);
  console.log(`  after warm-up:  ${metricsLine(warm)}`);
  console.log(`  at the end:     ${metricsLine(end)}`);
  console.log(`  growth:         ${mebibytes(growth)} resident of ${mebibytes(MAX_GROWTH_BYTES)} allowed`);
  if (growth > MAX_GROWTH_BYTES) violations.add('the memory grew', mebibytes(growth));
  if (!settled(end)) violations.add('file descriptors stay open', String(held(end)));
  if (end.series > MAX_SERIES) violations.add('there are too many metric series', String(end.series));
  if (tally.shed > tally.requests * MAX_SHED)
    violations.add('the gateway shed load', `${tally.shed} of ${tally.requests} requests`);
}

async function checkService(when: string, z: number): Promise<void> {
  for (const failure of await serviceFailures(gateway, z))
    violations.add(`a valid request fails ${when}`, failure);
}

/** SIGTERM must end the process with code 0, at once and with nothing on standard error. */
async function checkStop(): Promise<void> {
  const start = performance.now();
  const { code, signal } = await gateway.stop();
  const seconds = (performance.now() - start) / 1000;
  if (seconds > MAX_STOP_SECONDS) violations.add('the stop took too long', `${seconds.toFixed(1)} s`);
  if (code !== 0) violations.add('the gateway did not exit cleanly', `code ${code}, signal ${signal}`);
  const stderr = gateway.stderr();
  if (stderr !== '') violations.add('there is output on standard error', stderr.slice(0, 2000));
}

/** Sends one batch and prints its requests and responses. */
async function show(number: number): Promise<void> {
  const batch = batchOf(seed, number);
  const outcome = await sendBatch(batch, urls[batch.port]);
  tally.add(number, batch, outcome);
  const { cases, ...connection } = batch;
  console.log(`batch ${number} of seed ${seed}: ${JSON.stringify(connection)}`);
  for (const fuzzCase of cases) {
    console.log(
      `\n${fuzzCase.kind}, ${fuzzCase.expect}: ${JSON.stringify(fuzzCase.bytes.toString('latin1'))}`,
    );
    for (const { response } of outcome.responses.filter((one) => one.fuzzCase === fuzzCase))
      console.log(
        `  ${JSON.stringify(`${response.head}\r\n\r\n${response.body.toString('latin1', 0, 2000)}`)}`,
      );
  }
  console.log(`\n${violations.report() || 'no violation'}`);
}
