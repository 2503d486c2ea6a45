/** Polls `/livez` and `/metrics` during the whole soak. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { MetricsPage } from '../../support/run/metrics-page.js';
import { Random } from '../../support/run/random.js';
import type { Clients } from '../clients/clients.js';
import type { RequestMix } from '../clients/request-mix.js';
import { LIVEZ_MS } from '../settings.js';
import type { SoakRequest } from '../soak-request.js';
import type { Tally } from '../tally.js';

const LIVEZ: SoakRequest = {
  route: '/livez',
  method: 'GET',
  path: '/livez',
  headers: {},
  shown: '/livez',
  expected: { kind: 'livez' },
};

/** Counters of a process before its start. */
const EMPTY = new MetricsPage('');

const FAILED = /^heatmap_http_requests_total\{.*status="500".*\}$/;

export class GatewayMonitor {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly random = new Random(0);
  private readonly loops: Promise<void>[] = [];
  private stopped = false;
  private last = EMPTY;

  constructor(
    private readonly clients: Clients,
    private readonly mix: RequestMix,
    private readonly tally: Tally,
  ) {}

  start(): void {
    this.loops.push(
      this.every(200, () => this.livez()),
      this.every(1000, () => this.metrics()),
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
    this.agent.destroy();
  }

  /** Reads the metrics and checks that no counter of the process has decreased; undefined without a response. */
  async metrics(): Promise<MetricsPage | undefined> {
    const outcome = await this.clients.send(this.mix.metrics(this.random), { agent: this.agent });
    if (outcome.kind !== 'response' || outcome.status !== 200) return undefined;
    const page = readable(outcome.body.toString());
    if (!page) return undefined;
    const earlier = startTime(this.last) === startTime(page) ? this.last : EMPTY;
    this.last = page;
    for (const decrease of page.decreasedSince(earlier)) this.tally.add(`/metrics: ${decrease}`);
    for (const [series, value] of page.values)
      // Includes responses to clients that had closed the connection.
      if (FAILED.test(series) && value > (earlier.value(series) ?? 0))
        this.tally.add(`/metrics: ${series} is ${value}`);
    return page;
  }

  private async livez(): Promise<void> {
    // A new connection, as an orchestrator's probe uses: a full backlog must show.
    const agent = new Agent({ keepAlive: false });
    await this.clients.send(LIVEZ, { agent, timeoutMs: 2 * LIVEZ_MS });
  }

  private async every(ms: number, poll: () => Promise<unknown>): Promise<void> {
    while (!this.stopped) {
      await poll();
      await sleep(ms);
    }
  }
}

/** Undefined when the text is malformed; the check of the response has reported that. */
function readable(text: string): MetricsPage | undefined {
  try {
    return new MetricsPage(text);
  } catch {
    return undefined;
  }
}

/** Identifies the process. */
function startTime(page: MetricsPage): number | undefined {
  return page.value('process_start_time_seconds');
}
