import { readdirSync, readFileSync } from 'node:fs';

/**
 * Time that the gateway loses because the machine is busy: the lag of this process's event loop, on which clients and the
 * simulator run, and the time that threads of the gateway wait for a processor. Time limits are extended by it. A gateway
 * that is busy or blocked itself gains nothing.
 */
export class SchedulingDelay {
  /** In milliseconds, since the start. */
  total = 0;
  private readonly spans: { readonly from: number; readonly to: number; readonly ms: number }[] = [];
  private readonly timer = setInterval(() => this.sample(), SAMPLE_MS);
  private sampledAt = performance.now();
  private pid: number | undefined;
  private waited = 0;

  /** Includes the waiting time of that process from now on. */
  watch(pid: number): void {
    this.pid = pid;
    this.waited = waitingMs(pid);
  }

  /** Milliseconds lost between two times of `performance.now()` within the last minute. */
  between(from: number, to: number): number {
    // The event loop of this process is late, so there is no sample of the last moments.
    if (performance.now() - this.sampledAt > SAMPLE_MS) this.sample();
    return this.spans.reduce((sum, span) => (from <= span.to && span.from <= to ? sum + span.ms : sum), 0);
  }

  since(from: number): number {
    return this.between(from, Infinity);
  }

  /** The highest loss within `lengthMs` of all intervals that ended after `from`. */
  worst(from: number, lengthMs: number): number {
    const ends = this.spans.flatMap(({ to }) => (to >= from ? [to] : []));
    return Math.max(0, ...ends.map((end) => this.between(end - lengthMs, end)));
  }

  /** Calls `expire` after `ms` and the time lost meanwhile; the returned function cancels it. */
  timeout(ms: number, expire: () => void): () => void {
    const start = performance.now();
    const check = (): void => {
      const left = ms + this.since(start) - (performance.now() - start);
      if (left > 0) timer = setTimeout(check, left);
      else expire();
    };
    let timer = setTimeout(check, ms);
    return () => clearTimeout(timer);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    const now = performance.now();
    const elapsed = now - this.sampledAt;
    const waited = this.pid === undefined ? 0 : waitingMs(this.pid);
    const late = Math.max(0, elapsed - SAMPLE_MS);
    const ms = Math.min(elapsed, late + Math.max(0, waited - this.waited));
    this.sampledAt = now;
    this.waited = waited;
    this.total += ms;
    if (ms > 1) this.spans.push({ from: now - elapsed, to: now, ms });
    while (this.spans[0] && this.spans[0].to < now - KEEP_MS) this.spans.shift();
  }
}

const SAMPLE_MS = 50;
const KEEP_MS = 60_000;

/**
 * Time that all threads of a process have waited for a processor: the main thread waits for the threads that collect
 * garbage. 0 on systems other than Linux.
 */
function waitingMs(pid: number): number {
  try {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks).reduce((sum, task) => {
      const [, waited] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
      return sum + Number(waited) / 1e6;
    }, 0);
  } catch {
    return 0;
  }
}
