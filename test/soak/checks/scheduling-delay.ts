/** The time that the machine withholds, because it has other things to do: no bound is meant to cover that. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Clients and simulator share this process, so what its event loop is late is no time of the gateway's; and the time
 * for which the gateway was ready to run and had to wait is none either. A gateway that is busy, or blocked by itself,
 * gets nothing of it.
 */
export class Withheld {
  /** All of it so far, in milliseconds. */
  total = 0;
  /** What was withheld from one look to the next. */
  private readonly spans: { readonly from: number; readonly to: number; readonly ms: number }[] = [];
  private readonly timer = setInterval(() => this.look(), LOOK_MS);
  private lookedAt = performance.now();
  private pid: number | undefined;
  private waited = 0;

  /** From now on the waiting of that process counts. */
  watch(pid: number): void {
    this.pid = pid;
    this.waited = waitedMs(pid);
  }

  /** Milliseconds between two times of `performance.now()`, as far as the last minute goes. */
  between(from: number, to: number): number {
    // Where this process was late, nobody has looked yet.
    if (performance.now() - this.lookedAt > LOOK_MS) this.look();
    return this.spans.reduce((sum, span) => (from <= span.to && span.from <= to ? sum + span.ms : sum), 0);
  }

  since(from: number): number {
    return this.between(from, Infinity);
  }

  /** The most that was withheld within any stretch of `stretchMs` that ended since `from`. */
  worst(from: number, stretchMs: number): number {
    const ends = this.spans.flatMap(({ to }) => (to >= from ? [to] : []));
    return Math.max(0, ...ends.map((end) => this.between(end - stretchMs, end)));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    const elapsed = now - this.lookedAt;
    const waited = this.pid === undefined ? 0 : waitedMs(this.pid);
    const late = Math.max(0, elapsed - LOOK_MS);
    const ms = Math.min(elapsed, late + Math.max(0, waited - this.waited));
    this.lookedAt = now;
    this.waited = waited;
    this.total += ms;
    if (ms > 1) this.spans.push({ from: now - elapsed, to: now, ms });
    while (this.spans[0] && this.spans[0].to < now - KEPT_MS) this.spans.shift();
  }
}

const LOOK_MS = 50;
const KEPT_MS = 60_000;

/**
 * For how long the threads of a process have waited for a processor, all together: its main thread waits for those
 * that help it to collect garbage. 0 where the system does not tell (Linux does).
 */
function waitedMs(pid: number): number {
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
