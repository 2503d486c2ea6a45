/** Looks at the gateway all the time: whether it lives, and whether its counters only go up. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Crowd } from '../clients/clients.js';
import type { Errand } from '../soak-request.js';
import { fallenCounters, readMetrics, type MetricsText } from './metrics-text.js';
import type { Mix } from '../clients/request-mix.js';
import { Random } from '../random.js';
import { LIVEZ_MS } from '../settings.js';
import type { Tally } from '../tally.js';

const LIVEZ: Errand = {
  route: '/livez',
  method: 'GET',
  path: '/livez',
  headers: {},
  shown: '/livez',
  expected: { kind: 'livez' },
};

/** What a process has counted before it began. */
const NOTHING: MetricsText = { types: new Map(), values: new Map() };

const FAILED = /^heatmap_http_requests_total\{.*status="500".*\}$/;

export class Watch {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly random = new Random(0);
  private readonly loops: Promise<void>[] = [];
  private stopped = false;
  private last: MetricsText | undefined;

  constructor(
    private readonly crowd: Crowd,
    private readonly mix: Mix,
    private readonly tally: Tally,
  ) {}

  start(): void {
    this.loops.push(
      this.every(200, () => this.live()),
      this.every(1000, () => this.metrics()),
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
    this.agent.destroy();
  }

  /** What the gateway measures of itself, compared with the last time; undefined when there is no answer. */
  async metrics(): Promise<MetricsText | undefined> {
    const outcome = await this.crowd.send(this.mix.metrics(this.random), { agent: this.agent });
    if (outcome.kind !== 'answer' || outcome.status !== 200) return undefined;
    const now = legible(outcome.body.toString());
    if (!now) return undefined;
    const before = this.last && lifeOf(this.last) === lifeOf(now) ? this.last : NOTHING;
    this.last = now;
    for (const fallen of fallenCounters(before, now)) this.tally.violation(`/metrics: ${fallen}`);
    for (const [series, value] of now.values)
      // Also where the client had hung up, so that nobody saw it.
      if (FAILED.test(series) && value > (before.values.get(series) ?? 0))
        this.tally.violation(`/metrics: ${series} is ${value}`);
    return now;
  }

  private async live(): Promise<void> {
    // A connection of its own, as a scheduler's probe has: a full backlog must show.
    const agent = new Agent({ keepAlive: false });
    await this.crowd.send(LIVEZ, { agent, patienceMs: 2 * LIVEZ_MS });
  }

  private async every(ms: number, look: () => Promise<unknown>): Promise<void> {
    while (!this.stopped) {
      await look();
      await pause(ms);
    }
  }
}

/** Undefined when the text cannot be read, which whoever judged the answer has said. */
function legible(text: string): MetricsText | undefined {
  try {
    return readMetrics(text);
  } catch {
    return undefined;
  }
}

/** The same for all metrics of one process. */
function lifeOf({ values }: MetricsText): number | undefined {
  return values.get('process_start_time_seconds');
}
