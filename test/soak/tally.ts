/** Counts of a soak for its report, and its violations. */
import { Counts } from '../support/run/counts.js';
import { Violations } from '../support/run/violations.js';

export interface Phase {
  readonly name: string;
  seconds: number;
  /** Requests by status, or by the kind of an outcome without a response. */
  readonly outcomes: Counts;
  refreshes: number;
  upstreamRequests: number;
  /** The longest recovery after the cause of a fault had ended, in milliseconds; undefined without a fault. */
  recoveryMs?: number;
}

export class Tally extends Violations {
  /** Outcomes by route. */
  readonly routes = new Map<string, Counts>();
  readonly phases = new Map<string, Phase>();
  /** Latencies of tiles in milliseconds. */
  readonly hits: number[] = [];
  readonly misses: number[] = [];
  requests = 0;
  faults = 0;
  /** Requests that were in flight when a listener closed, and were answered. */
  finishedAfterClosing = 0;
  /** Responses accepted with the statuses of a timeout, because the machine delayed the gateway. */
  excusedByDelay = 0;
  /** Observations that are not counts, such as how long a changed key file took. */
  readonly notes: string[] = [];
  private readonly start = performance.now();
  private current = this.phase('start');

  /** Counts for the phase `name` from now on. */
  enter(name: string): Phase {
    return (this.current = this.phase(name));
  }

  get currentPhase(): Phase {
    return this.current;
  }

  /** `phase` is the one in which the request started. */
  countOutcome(route: string, outcome: string, phase: Phase): void {
    this.requests++;
    const outcomes = this.routes.get(route) ?? new Counts();
    this.routes.set(route, outcomes);
    outcomes.add(outcome);
    phase.outcomes.add(outcome);
  }

  /** `where` identifies the request. */
  override add(problem: string, where = problem): void {
    const at = ((performance.now() - this.start) / 1000).toFixed(1);
    super.add(problem, `${at.padStart(6)} s, ${this.current.name}: ${where}`);
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  private phase(name: string): Phase {
    const phase = this.phases.get(name) ?? {
      name,
      seconds: 0,
      outcomes: new Counts(),
      refreshes: 0,
      upstreamRequests: 0,
    };
    this.phases.set(name, phase);
    return phase;
  }
}
