// Malformed and unauthorised requests, over real sockets, to the real gateway:
//   npm run fuzz -- [--requests N] [--seed N] [--only VOLLEY]
// Exits with 1 when the gateway fails at one of them, lets out a secret, asks the upstream, grows or ends.
import type { Simulator } from '../simulator/simulator.js';
import { campaign, volleyOf } from './send-batches.js';
import { fire } from './connection.js';
import { readOptions, type Options } from './options.js';
import { mebibytes, table, violations, vitalsLine } from './report.js';
import { faultsOfService } from './checks/service-check.js';
import { setUp } from './setup.js';
import { vitalsOf, vitalsWhen, type Vitals } from './checks/process-metrics.js';

/** Resident memory may be that much more at the end than after the warm-up. */
const MOST_GROWTH_BYTES = 48 * 2 ** 20;
/** Descriptors that the process may have opened for itself in the meantime. */
const SPARE_DESCRIPTORS = 4;
/** Routes, methods and statuses are few; whoever sends odd ones must not make more of them. */
const MOST_SERIES = 1500;
/** Of the requests; more means that the run asks for too much at a time, or that the gateway got stuck. */
const MOST_SHED = 0.001;
/** A stop waits for requests under way, of which there are none. */
const MOST_STOP_SECONDS = 5;
/** Then there is no need to go on. */
const ENOUGH_VIOLATIONS = 1000;
/** Looks at the gateway on the way; the first one ends the warm-up. */
const SAMPLES = 10;
const SETTLE_MS = 15_000;

const options = readOptions(process.argv.slice(2));
const setup = await setUp();
const { simulator, gateway, target, tally, log } = setup;
try {
  if (options.only === undefined) await run(options);
  else await show(options.seed, options.only);
} finally {
  await setup.close();
}
if (tally.violationCount > 0) process.exitCode = 1;

async function run({ requests, seed }: Options): Promise<void> {
  console.log(`fuzz: ${requests} requests, seed ${seed} (--seed ${seed} makes the same ones)\n`);
  const begun = performance.now();
  await expectService('at the start', 5);
  const asked = upstreamRequests(simulator);
  const atRest = await vitalsOf(gateway);
  const samples = await underFire(seed, requests);
  const early = gateway.exit();
  if (early)
    tally.violation('the gateway ended', `${JSON.stringify(early)}: ${gateway.stderr().slice(-2000)}`);
  else await expectHealth(atRest, samples);
  const askedAfter = upstreamRequests(simulator);
  if (askedAfter !== asked) tally.violation('the upstream was asked', `${asked} before, ${askedAfter} after`);
  await expectService('at the end', 6);
  if (upstreamRequests(simulator) === askedAfter)
    tally.violation('the counts of the upstream prove nothing', 'a tile that is served does not move them');
  await expectEnd();

  console.log(`\n${table('Requests by kind', tally.kinds)}`);
  console.log(table('Answers by status', tally.statuses));
  console.log(table('Lines of log by level', log.levels));
  console.log(`Connections         ${tally.connections}`);
  console.log(
    `Unanswered          ${tally.unanswered} requests that were unfinished, or ended their connection`,
  );
  console.log(`Load shed           ${tally.shed} requests`);
  console.log(`Upstream requests   ${asked} before, ${askedAfter} after`);
  console.log(`Duration            ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  if (tally.violationCount > 0) console.log(`${violations(tally)}\n`);
  console.log(`fuzz: ${tally.requests} requests, ${tally.violationCount} violations`);
}

/** The requests, with a look at the gateway now and then. */
async function underFire(seed: number, requests: number): Promise<Vitals[]> {
  const samples: Vitals[] = [];
  let looking: Promise<void> | undefined;
  const look = async () => {
    const sent = tally.requests;
    try {
      const vitals = await vitalsOf(gateway);
      samples.push(vitals);
      console.log(`  after ${String(sent).padStart(7)}: ${vitalsLine(vitals)}`);
    } catch (error) {
      tally.violation('the metrics cannot be read', String(error));
    }
    looking = undefined;
  };
  let next = requests / SAMPLES;
  await campaign({
    target,
    seed,
    requests,
    onOutcome(number, volley, outcome) {
      tally.add(number, volley, outcome);
      if (looking !== undefined || tally.requests < next) return;
      next += requests / SAMPLES;
      looking = look();
    },
    enough: () => gateway.exit() !== undefined || tally.violationCount >= ENOUGH_VIOLATIONS,
  });
  await looking;
  return samples;
}

async function expectHealth(atRest: Vitals, samples: readonly Vitals[]): Promise<void> {
  const held = ({ descriptors }: Vitals) => (descriptors ?? 0) - (atRest.descriptors ?? 0);
  const after = await vitalsWhen(gateway, (vitals) => held(vitals) <= SPARE_DESCRIPTORS, SETTLE_MS);
  const warm = samples[0] ?? after;
  const growth = after.residentBytes - warm.residentBytes;
  console.log(`\n  at rest before: ${vitalsLine(atRest)}`);
  console.log(`  after warm-up:  ${vitalsLine(warm)}`);
  console.log(`  at the end:     ${vitalsLine(after)}`);
  console.log(`  growth:         ${mebibytes(growth)} resident, of ${mebibytes(MOST_GROWTH_BYTES)} at most`);
  if (growth > MOST_GROWTH_BYTES) tally.violation('the memory grew', mebibytes(growth));
  if (held(after) > SPARE_DESCRIPTORS) tally.violation('descriptors stay open', String(held(after)));
  if (after.series > MOST_SERIES) tally.violation('the metrics have too many series', String(after.series));
  if (tally.shed > tally.requests * MOST_SHED)
    tally.violation('the gateway shed load', `${tally.shed} of ${tally.requests} requests`);
}

async function expectService(when: string, z: number): Promise<void> {
  for (const fault of await faultsOfService(gateway, z))
    tally.violation(`there is no service ${when}`, fault);
}

/** Ends when told to, with 0, at once since nobody waits for an answer any more, and has been silent. */
async function expectEnd(): Promise<void> {
  const told = performance.now();
  const { code, signal } = await gateway.stop();
  const seconds = (performance.now() - told) / 1000;
  if (seconds > MOST_STOP_SECONDS) tally.violation('the stop takes long', `${seconds.toFixed(1)} s`);
  if (code !== 0) tally.violation('the gateway did not end cleanly', `code ${code}, signal ${signal}`);
  const said = gateway.stderr();
  if (said !== '') tally.violation('something is on stderr', said.slice(0, 2000));
}

function upstreamRequests({ counters }: Simulator): number {
  const { tiles, web, anonymous } = counters.requests;
  return tiles + web + anonymous;
}

/** One volley with its answers. */
async function show(seed: number, number: number): Promise<void> {
  const volley = volleyOf(seed, number);
  const outcome = await fire(volley, target[volley.port]);
  tally.add(number, volley, outcome);
  const { shots, ...manner } = volley;
  console.log(`volley ${number} of seed ${seed}: ${JSON.stringify(manner)}`);
  for (const shot of shots) {
    console.log(`\n${shot.kind}, ${shot.due}: ${JSON.stringify(shot.bytes.toString('latin1'))}`);
    for (const { answer } of outcome.answers.filter((pair) => pair.shot === shot))
      console.log(`  ${JSON.stringify(`${answer.head}\r\n\r\n${answer.body.toString('latin1', 0, 2000)}`)}`);
  }
  console.log(`\n${violations(tally) || 'no violation'}`);
}
