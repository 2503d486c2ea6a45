/** What happened so far: counts for the report, and the violations. */
import type { Outcome } from './connection.js';
import { shown } from './http-answer.js';
import { faultsOf, isShedding, type Secrets } from './checks/response-check.js';
import type { Volley } from './fuzz-case.js';

/** Beyond that they are counted only: they are likely to be one and the same. */
const MOST_SHOWN = 20;

export class Tally {
  readonly kinds = new Map<string, number>();
  readonly statuses = new Map<string, number>();
  /** By what is wrong: how often, and the first cases in full. */
  readonly violations = new Map<string, { count: number; readonly cases: string[] }>();
  requests = 0;
  connections = 0;
  unanswered = 0;
  shed = 0;

  constructor(private readonly secrets: Secrets) {}

  /** Counts what was sent and judges what came back; `number` is that of the volley. */
  add(number: number, volley: Volley, { answers, unanswered, faults }: Outcome): void {
    this.connections++;
    this.requests += volley.shots.length;
    this.unanswered += unanswered;
    for (const { kind } of volley.shots) count(this.kinds, kind);
    for (const { what, shot, found } of faults) {
      const came = found === undefined ? '' : `\n      came ${shown(found)}`;
      this.violation(what, `volley ${number} (${shot.kind}): ${shown(shot.bytes)}${came}`);
    }
    for (const { shot, answer } of answers) {
      count(this.statuses, String(answer.status));
      if (isShedding(answer)) this.shed++;
      for (const fault of faultsOf(answer, shot, this.secrets))
        this.violation(
          fault,
          `volley ${number} (${shot.kind}): ${shown(shot.bytes)}\n      answered ${shown(answer.head)}`,
        );
    }
  }

  violation(what: string, where?: string): void {
    const known = this.violations.get(what) ?? { count: 0, cases: [] };
    known.count++;
    if (where !== undefined && known.cases.length < 3 && this.violations.size < MOST_SHOWN)
      known.cases.push(where);
    this.violations.set(what, known);
  }

  get violationCount(): number {
    return [...this.violations.values()].reduce((sum, { count: times }) => sum + times, 0);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
