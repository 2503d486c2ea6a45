/** The clients: some dozens at a time, of which some hang up, read slowly, or send rubbish. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Errand } from '../soak-request.js';
import { exchange, type Manner, type Outcome } from './exchange.js';
import type { Key } from './keys.js';
import type { Mix } from './request-mix.js';
import { Random } from '../random.js';
import { rawExchange } from './raw-exchange.js';
import type { Referee } from '../checks/outcome-checker.js';
import { noise, refusedErrand } from './invalid-requests.js';
import { CLIENTS, PATIENCE_MS, SLOW_READING_MS, THINKING_MS } from '../settings.js';
import type { Tally } from '../tally.js';
import type { Upstream } from '../setup/upstream.js';
import type { Withheld } from '../checks/scheduling-delay.js';

export interface CrowdOptions {
  readonly port: number;
  readonly seed: number;
  readonly mix: Mix;
  /** A good key, for requests that are turned away for something else. */
  readonly key: Key;
  readonly referee: Referee;
  readonly tally: Tally;
  readonly withheld: Withheld;
  readonly upstream: Upstream;
}

type Client = (random: Random, agent: Agent) => Promise<Outcome>;

export class Crowd {
  private readonly agents: Agent[] = [];
  private readonly loops: Promise<void>[] = [];
  private stopped = false;
  private busy = 0;
  /** Held by whoever wants silence; resolves when clients may go on. */
  private silence: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  constructor(private readonly options: CrowdOptions) {}

  start(): void {
    const kinds: readonly (readonly [number, Client])[] = [
      [CLIENTS.steady, (random, agent) => this.ask(random, { agent })],
      [CLIENTS.hangingUp, (random, agent) => this.ask(random, { agent, leaveAfterMs: random.below(60) })],
      [CLIENTS.slow, (random, agent) => this.ask(random, { agent, dawdleMs: SLOW_READING_MS / 3 })],
      [CLIENTS.sendingRubbish, (random, agent) => this.sendRubbish(random, agent)],
    ];
    for (const [count, client] of kinds)
      for (let i = 0; i < count; i++) this.loops.push(this.loop(client, this.loops.length));
  }

  /** Sends `errand` and has its outcome judged; for whoever needs an answer beside those of the clients. */
  async send(errand: Errand, manner: Partial<Manner> & { readonly agent: Agent }): Promise<Outcome> {
    const { port, referee, tally, withheld } = this.options;
    const phase = tally.phaseNow;
    const outcome = await exchange(port, errand, { patienceMs: PATIENCE_MS, withheld, ...manner });
    referee.take(errand, outcome, phase);
    return outcome;
  }

  /** Resolves when no client has a request under way or a connection open; they wait for {@link resume}. */
  async hush(): Promise<void> {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.silence = { over, end };
    while (this.busy > 0) await pause(20);
    for (const agent of this.agents) agent.destroy();
  }

  resume(): void {
    this.silence?.end();
    this.silence = undefined;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.resume();
    await Promise.all(this.loops);
    for (const agent of this.agents) agent.destroy();
  }

  private async loop(client: Client, index: number): Promise<void> {
    const random = new Random(this.options.seed * 1000 + index);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.agents.push(agent);
    while (!this.stopped) {
      await this.silence?.over;
      this.busy++;
      const outcome = await client(random, agent);
      this.busy--;
      // Nobody asks again at once where nobody listens.
      await pause(outcome.kind === 'broken' ? 150 : THINKING_MS[0] + random.below(THINKING_MS[1]));
    }
  }

  private async ask(random: Random, manner: Partial<Manner> & { readonly agent: Agent }): Promise<Outcome> {
    const { mix, upstream, referee, tally } = this.options;
    const errand = mix.next(random);
    const { expected } = errand;
    const name = expected.kind === 'tile' ? expected.tile.name : '';
    const askedBefore = upstream.asked(name);
    const patienceMs = manner.dawdleMs === undefined ? PATIENCE_MS : PATIENCE_MS + SLOW_READING_MS;
    const outcome = await this.send(errand, { ...manner, patienceMs });
    // A slow reader says nothing of the gateway's speed, and a fault nothing of it on other days.
    if (name === '' || outcome.kind !== 'answer' || errand.method !== 'GET') return outcome;
    if (manner.dawdleMs !== undefined || !referee.calm(outcome.from, outcome.to)) return outcome;
    const latencies = upstream.asked(name) === askedBefore ? tally.hits : tally.misses;
    latencies.push(outcome.to - outcome.from);
    return outcome;
  }

  private async sendRubbish(random: Random, agent: Agent): Promise<Outcome> {
    const { port, key, referee, tally, withheld } = this.options;
    if (random.chance(0.6)) return this.send(refusedErrand(key, random), { agent });
    const phase = tally.phaseNow;
    const { name, bytes, statuses, answered } = noise(port, random);
    const leaving = !answered ? { leaveAfterMs: random.below(300) } : {};
    const outcome = await rawExchange(port, bytes, { patienceMs: PATIENCE_MS, withheld, ...leaving });
    const expected = { kind: 'status', statuses, reports: false } as const;
    referee.take(
      { route: 'noise', method: 'GET', path: '', headers: {}, shown: name, expected },
      outcome,
      phase,
    );
    return outcome;
  }
}
