/** What happened, in numbers, and what must not have happened, in words. */

/** Examples that are kept of each kind of violation; there may be thousands of one kind. */
const EXAMPLES = 4;

export interface Violation {
  readonly problem: string;
  count: number;
  /** When, in which phase, and where it was seen. */
  readonly examples: string[];
}

export interface Phase {
  readonly name: string;
  seconds: number;
  /** Requests by what became of them: a status, or a word. */
  readonly outcomes: Map<string, number>;
  refreshes: number;
  upstreamRequests: number;
  /** The longest time until all was well again after the cause had gone, in milliseconds; undefined without trouble. */
  recoveryMs?: number;
}

export class Tally {
  /** By route, then by status or word. */
  readonly routes = new Map<string, Map<string, number>>();
  readonly phases = new Map<string, Phase>();
  readonly hits: number[] = [];
  readonly misses: number[] = [];
  /** By kind: the problem without its numbers and values. */
  readonly violations = new Map<string, Violation>();
  violationCount = 0;
  requests = 0;
  /** Requests that were under way when a listener closed, and were answered. */
  finishedAfterClosing = 0;
  /** Answers that were looked at with indulgence because the machine had withheld most of a deadline. */
  starved = 0;
  /** What cannot be said in numbers, e.g. how long a changed key file took. */
  readonly notes: string[] = [];
  private readonly start = performance.now();
  private current = this.phase('start');

  /** What is counted from now on is counted for the phase `name`. */
  enter(name: string): Phase {
    return (this.current = this.phase(name));
  }

  get phaseNow(): Phase {
    return this.current;
  }

  /** `phase` is the one in which the request began. */
  count(route: string, outcome: string, phase: Phase): void {
    this.requests++;
    let outcomes = this.routes.get(route);
    if (!outcomes) this.routes.set(route, (outcomes = new Map()));
    countUp(outcomes, outcome);
    countUp(phase.outcomes, outcome);
  }

  /** `where` tells which request it was. */
  violation(problem: string, where = ''): void {
    this.violationCount++;
    const kind = problem.replace(/"[^"]*"|\d+/g, '#');
    let violation = this.violations.get(kind);
    if (!violation) this.violations.set(kind, (violation = { problem, count: 0, examples: [] }));
    violation.count++;
    if (violation.examples.length >= EXAMPLES) return;
    const at = ((performance.now() - this.start) / 1000).toFixed(1);
    violation.examples.push(`${at.padStart(6)} s, ${this.current.name}: ${where || problem}`);
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  private phase(name: string): Phase {
    let phase = this.phases.get(name);
    if (!phase) {
      phase = { name, seconds: 0, outcomes: new Map(), refreshes: 0, upstreamRequests: 0 };
      this.phases.set(name, phase);
    }
    return phase;
  }
}

function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
