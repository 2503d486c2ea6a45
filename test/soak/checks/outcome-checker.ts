/** Takes every outcome, counts it, and says what is wrong with it. */
import { hash } from 'node:crypto';
import type { Errand } from '../soak-request.js';
import type { Answer, Outcome } from '../clients/exchange.js';
import type { Secrets } from '../../support/secrets.js';
import { LIVEZ_MS, UPSTREAM_TIMEOUT_MS } from '../settings.js';
import type { Phase, Tally } from '../tally.js';
import { problemsOf, textOf } from './response-violations.js';
import type { Windows } from './fault-windows.js';
import type { Withheld } from './scheduling-delay.js';

/** Headers of the upstream, which has no business with clients. */
const FOREIGN_HEADERS = ['set-cookie', 'server', 'via', 'x-amz-cf-id', 'x-upstream-canary'];

/** Statuses with which a request fails for a deadline, or for a refresh that missed its own. */
const OVERDUE = [503, 504];
/** After a refresh that failed, the next one comes after a pause. */
const AFTERMATH_MS = 6000;

export interface RefereeOptions {
  readonly windows: Windows;
  readonly secrets: Secrets;
  readonly tally: Tally;
  readonly withheld: Withheld;
  /** Host and port of each of the upstream's hosts: no answer names them. */
  readonly upstreamHosts: readonly string[];
}

export class Referee {
  /** ETags of everything so far, by {@link Errand.validated}: the same thing has the same one, always. */
  readonly validators = new Map<string, string>();
  /** Digests of documents that were looked at: a text cannot hold a secret that was made after it. */
  private readonly examined = new Set<string>();
  private readonly pending: { readonly errand: Errand; readonly outcome: Outcome }[] = [];

  constructor(private readonly options: RefereeOptions) {}

  /** `phase` is the one in which the errand began. */
  take(errand: Errand, outcome: Outcome, phase: Phase): void {
    const { tally } = this.options;
    tally.count(errand.route, outcome.kind === 'answer' ? String(outcome.status) : outcome.kind, phase);
    if (outcome.kind === 'broken' || errand.expected.kind === 'readyz')
      this.pending.push({ errand, outcome });
    else this.judge(errand, outcome);
  }

  /** Judges what depends on when the process was told to stop: to be called when that is known. */
  settle(): void {
    for (const { errand, outcome } of this.pending.splice(0)) this.judge(errand, outcome);
  }

  private judge(errand: Errand, outcome: Outcome): void {
    const { windows, tally } = this.options;
    if (outcome.kind === 'answer') {
      if (windows.spansClosing(outcome.from, outcome.to)) tally.finishedAfterClosing++;
      const problems = [
        ...this.problems(errand, outcome),
        ...this.leaks(errand, outcome),
        ...this.delay(errand, outcome),
      ];
      for (const problem of problems) this.violation(errand, problem);
    } else if (outcome.kind === 'hung') {
      const seconds = ((outcome.to - outcome.from) / 1000).toFixed(1);
      this.violation(errand, `no end within ${seconds} s (${outcome.detail})`);
    } else if (outcome.kind === 'broken' && !windows.mayFail(outcome.from, outcome.to)) {
      this.violation(errand, `the connection failed: ${outcome.detail}`);
    }
  }

  /** Whether no fault could show in what began at `from` and ended at `to`. */
  calm(from: number, to: number): boolean {
    return this.options.windows.during(from, to).length === 0;
  }

  private problems(errand: Errand, answer: Answer): string[] {
    const { windows, tally } = this.options;
    const { expected, validated = '' } = errand;
    const during = windows.during(answer.from, answer.to);
    const excused = expected.kind === 'tile' ? during.flatMap(({ allows }) => allows(expected.tile)) : [];
    const circumstances = {
      excused,
      degraded: during.some(({ degrades }) => degrades),
      draining: windows.draining(answer.from, answer.to),
      etag: this.validators.get(validated),
    };
    let problems = problemsOf(errand, answer, circumstances);
    if (problems.length > 0 && this.isStarved(answer)) {
      tally.starved++;
      problems = problemsOf(errand, answer, {
        ...circumstances,
        excused: [...excused, ...OVERDUE],
        degraded: true,
      });
    }
    if (validated !== '' && answer.status === 200 && answer.headers.etag !== undefined)
      this.validators.set(validated, answer.headers.etag);
    return problems;
  }

  /** Whether a refresh, of which everything depends for some seconds, may have missed its deadline for want of time. */
  private isStarved({ from }: Answer): boolean {
    const stretch = UPSTREAM_TIMEOUT_MS / 2;
    return this.options.withheld.worst(from - AFTERMATH_MS, stretch) > 0.8 * stretch;
  }

  private leaks({ expected }: Errand, answer: Answer): string[] {
    const { secrets, upstreamHosts } = this.options;
    const inHead = [
      ...FOREIGN_HEADERS.filter((name) => name in answer.headers).map((name) => `the header ${name}`),
      ...secrets.in(answer.head).map((secret) => `${secret} in the head`),
    ];
    const text = textOf(answer);
    const repeated = expected.kind === 'document' ? expected.repeated?.name : undefined;
    if (this.isExamined(expected.kind, repeated, text)) return inHead;
    return [
      ...inHead,
      ...secrets.in(text, repeated).map((secret) => `${secret} in the body`),
      ...upstreamHosts
        .filter((host) => text.includes(host))
        .map((host) => `the upstream's ${host} in the body`),
    ];
  }

  /** Whether this very document has been looked at before; from now on it has. */
  private isExamined(kind: string, repeated: string | undefined, text: string): boolean {
    if (kind !== 'document') return false;
    const digest = hash('sha1', `${repeated} ${text}`);
    const known = this.examined.has(digest);
    this.examined.add(digest);
    return known;
  }

  private delay({ expected }: Errand, { from, to }: Answer): string[] {
    if (expected.kind !== 'livez') return [];
    const ms = to - from - this.options.withheld.since(from);
    return ms > LIVEZ_MS ? [`/livez took ${Math.round(ms)} ms`] : [];
  }

  private violation({ method, shown }: Errand, problem: string): void {
    this.options.tally.violation(problem, `${method} ${shown}`);
  }
}
