/** The clients: some dozens in parallel, some of which abandon requests, read slowly or send invalid requests. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../support/run/random.js';
import type { OutcomeChecker } from '../checks/outcome-checker.js';
import type { SchedulingDelay } from '../checks/scheduling-delay.js';
import { CLIENT_PAUSE_MS, CLIENTS, REQUEST_TIMEOUT_MS, SLOW_READING_MS } from '../settings.js';
import type { Upstream } from '../setup/upstream.js';
import type { SoakRequest } from '../soak-request.js';
import type { Tally } from '../tally.js';
import { exchange, rawExchange, type ClientBehavior, type Outcome } from './exchange.js';
import { invalidBytes, refusedRequest } from './invalid-requests.js';
import type { Key } from './keys.js';
import type { RequestMix } from './request-mix.js';

export interface ClientsOptions {
  readonly port: number;
  readonly seed: number;
  readonly mix: RequestMix;
  /** A valid key, for requests that are refused for another reason. */
  readonly key: Key;
  readonly checker: OutcomeChecker;
  readonly tally: Tally;
  readonly delay: SchedulingDelay;
  readonly upstream: Upstream;
}

type Client = (random: Random, agent: Agent) => Promise<Outcome>;
type Behavior = Partial<ClientBehavior> & { readonly agent: Agent };

/** Pause of a client after its connection failed: the gateway may be restarting. */
const RECONNECT_MS = 150;

export class Clients {
  private readonly agents: Agent[] = [];
  private readonly loops: Promise<void>[] = [];
  private stopped = false;
  private busy = 0;
  /** Set while the clients are paused. */
  private paused: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  constructor(private readonly options: ClientsOptions) {}

  start(): void {
    const kinds: readonly (readonly [number, Client])[] = [
      [CLIENTS.regular, (random, agent) => this.sendNext(random, { agent })],
      [
        CLIENTS.abandoning,
        (random, agent) => this.sendNext(random, { agent, abandonAfterMs: random.below(60) }),
      ],
      [CLIENTS.slow, (random, agent) => this.sendNext(random, { agent, slowReadMs: SLOW_READING_MS / 3 })],
      [CLIENTS.invalid, (random, agent) => this.sendInvalid(random, agent)],
    ];
    for (const [count, client] of kinds)
      for (let i = 0; i < count; i++) this.loops.push(this.loop(client, this.loops.length));
  }

  /** Sends a request and checks its outcome; also for requests of the schedule and the monitor. */
  async send(request: SoakRequest, behavior: Behavior): Promise<Outcome> {
    const { port, checker, tally, delay } = this.options;
    const phase = tally.currentPhase;
    const limits = { timeoutMs: REQUEST_TIMEOUT_MS, delay };
    const outcome = await exchange(port, request, { ...limits, ...behavior });
    checker.record(request, outcome, phase);
    return outcome;
  }

  /** Resolves when no client has a request in flight or a connection open; they wait for {@link resume}. */
  async pause(): Promise<void> {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.paused = { over, end };
    while (this.busy > 0) await sleep(20);
    for (const agent of this.agents) agent.destroy();
  }

  resume(): void {
    this.paused?.end();
    this.paused = undefined;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.resume();
    await Promise.all(this.loops);
    for (const agent of this.agents) agent.destroy();
  }

  private async loop(client: Client, index: number): Promise<void> {
    // Stream 0 belongs to the schedule.
    const random = new Random(this.options.seed, index + 1);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.agents.push(agent);
    while (!this.stopped) {
      await this.paused?.over;
      this.busy++;
      const outcome = await client(random, agent);
      this.busy--;
      const [shortest, more] = CLIENT_PAUSE_MS;
      await sleep(outcome.kind === 'broken' ? RECONNECT_MS : shortest + random.below(more));
    }
  }

  private async sendNext(random: Random, behavior: Behavior): Promise<Outcome> {
    const { mix, upstream, checker, tally } = this.options;
    const request = mix.next(random);
    const { expected } = request;
    const tile = expected.kind === 'tile' ? expected.tile.name : undefined;
    const isSlow = behavior.slowReadMs !== undefined;
    const timeoutMs = isSlow ? REQUEST_TIMEOUT_MS + SLOW_READING_MS : REQUEST_TIMEOUT_MS;
    const requestedBefore = tile !== undefined && upstream.requestsFor(tile);
    const outcome = await this.send(request, { ...behavior, timeoutMs });
    // Slow clients and faults would distort the latencies.
    if (tile === undefined || outcome.kind !== 'response' || request.method !== 'GET') return outcome;
    if (isSlow || !checker.isFaultFree(outcome.from, outcome.to)) return outcome;
    const latencies = upstream.requestsFor(tile) === requestedBefore ? tally.hits : tally.misses;
    latencies.push(outcome.to - outcome.from);
    return outcome;
  }

  private async sendInvalid(random: Random, agent: Agent): Promise<Outcome> {
    const { port, key, checker, tally, delay } = this.options;
    if (random.chance(0.6)) return this.send(refusedRequest(key, random), { agent });
    const phase = tally.currentPhase;
    const { name, bytes, status, answered } = invalidBytes(port, random);
    const abandon = answered ? {} : { abandonAfterMs: random.below(300) };
    const outcome = await rawExchange(port, bytes, { timeoutMs: REQUEST_TIMEOUT_MS, delay, ...abandon });
    const request: SoakRequest = {
      route: 'invalid bytes',
      method: 'GET',
      path: '',
      headers: {},
      shown: name,
      expected: { kind: 'status', statuses: [status], reports: false },
    };
    checker.record(request, outcome, phase);
    return outcome;
  }
}
