import { hash } from 'node:crypto';
import type { Secrets } from '../../support/secrets.js';
import type { Outcome, ReceivedResponse } from '../clients/exchange.js';
import { LIVEZ_MS, UPSTREAM_TIMEOUT_MS } from '../settings.js';
import type { SoakRequest } from '../soak-request.js';
import type { Phase, Tally } from '../tally.js';
import type { FaultWindows } from './fault-windows.js';
import { responseViolations, textOf } from './response-violations.js';
import type { SchedulingDelay } from './scheduling-delay.js';

/** Headers of the upstream that the gateway must not forward. */
const UPSTREAM_HEADERS = ['set-cookie', 'server', 'via', 'x-amz-cf-id', 'x-upstream-canary'];

/** Statuses of a request whose upstream request or refresh timed out. */
const TIMEOUT_STATUSES = [503, 504];
/** The gateway pauses after a refresh that failed. */
const BACKOFF_MS = 6000;

export interface OutcomeCheckerOptions {
  readonly windows: FaultWindows;
  readonly secrets: Secrets;
  readonly tally: Tally;
  readonly delay: SchedulingDelay;
  /** Host and port of each upstream host; no response may contain one. */
  readonly upstreamHosts: readonly string[];
}

/** Counts every outcome and reports its violations. */
export class OutcomeChecker {
  /** ETags by {@link SoakRequest.etagName}: the same content always has the same ETag. */
  readonly etags = new Map<string, string>();
  /** Digests of documents that have been searched: a text cannot contain a secret that was created after it. */
  private readonly searched = new Set<string>();
  private readonly pending: { readonly request: SoakRequest; readonly outcome: Outcome }[] = [];

  constructor(private readonly options: OutcomeCheckerOptions) {}

  /** `phase` is the one in which the request started. */
  record(request: SoakRequest, outcome: Outcome, phase: Phase): void {
    const { tally } = this.options;
    const name = outcome.kind === 'response' ? String(outcome.status) : outcome.kind;
    tally.countOutcome(request.route, name, phase);
    if (outcome.kind === 'broken' || request.expected.kind === 'readyz')
      this.pending.push({ request, outcome });
    else this.check(request, outcome);
  }

  /** Checks the outcomes that depend on when the process handled SIGTERM; to be called when that is known. */
  checkPending(): void {
    for (const { request, outcome } of this.pending.splice(0)) this.check(request, outcome);
  }

  /** Whether no fault could affect a request between `from` and `to`. */
  isFaultFree(from: number, to: number): boolean {
    return this.options.windows.during(from, to).length === 0;
  }

  private check(request: SoakRequest, outcome: Outcome): void {
    const { windows, tally } = this.options;
    const { from, to } = outcome;
    if (outcome.kind === 'response') {
      if (windows.spansClosing(from, to)) tally.finishedAfterClosing++;
      const violations = [
        ...this.contentViolations(request, outcome),
        ...this.leaks(request, outcome),
        ...this.latencyViolations(request, outcome),
      ];
      for (const violation of violations) this.report(request, violation);
    } else if (outcome.kind === 'timeout') {
      this.report(
        request,
        `no complete response within ${((to - from) / 1000).toFixed(1)} s (${outcome.detail})`,
      );
    } else if (outcome.kind === 'broken' && !windows.mayFail(from, to)) {
      this.report(request, `the connection failed: ${outcome.detail}`);
    }
  }

  private contentViolations(request: SoakRequest, response: ReceivedResponse): string[] {
    const { windows, tally } = this.options;
    const { expected, etagName = '' } = request;
    const during = windows.during(response.from, response.to);
    const excused = expected.kind === 'tile' ? during.flatMap(({ allows }) => allows(expected.tile)) : [];
    const blank = during.some(({ blanks }) => blanks);
    const circumstances = {
      excused,
      blank,
      degraded: during.some(({ degrades }) => degrades),
      draining: windows.draining(response.from, response.to),
      // A transparent tile has another one.
      etag: blank ? undefined : this.etags.get(etagName),
    };
    let violations = responseViolations(request, response, circumstances);
    if (violations.length > 0 && this.wasDelayed(response)) {
      tally.excusedByDelay++;
      violations = responseViolations(request, response, {
        ...circumstances,
        excused: [...excused, ...TIMEOUT_STATUSES],
        degraded: true,
      });
    }
    if (!blank && etagName !== '' && response.status === 200 && response.headers.etag !== undefined)
      this.etags.set(etagName, response.headers.etag);
    return violations;
  }

  /** Whether the machine may have made a refresh time out; many tiles depend on it for some seconds. */
  private wasDelayed({ from }: ReceivedResponse): boolean {
    const length = UPSTREAM_TIMEOUT_MS / 2;
    return this.options.delay.worst(from - BACKOFF_MS, length) > 0.8 * length;
  }

  private leaks({ expected }: SoakRequest, response: ReceivedResponse): string[] {
    const { secrets, upstreamHosts } = this.options;
    const inHead = [
      ...UPSTREAM_HEADERS.filter((name) => name in response.headers).map((name) => `the header ${name}`),
      ...secrets.in(response.head).map((secret) => `${secret} in the head`),
    ];
    const text = textOf(response);
    const repeated = expected.kind === 'document' ? expected.repeated?.name : undefined;
    if (expected.kind === 'document' && this.wasSearched(repeated, text)) return inHead;
    return [
      ...inHead,
      ...secrets.in(text, repeated).map((secret) => `${secret} in the body`),
      ...upstreamHosts
        .filter((host) => text.includes(host))
        .map((host) => `the upstream host ${host} in the body`),
    ];
  }

  /** Whether this document has been searched before; from now on it has. */
  private wasSearched(repeated: string | undefined, text: string): boolean {
    const digest = hash('sha1', `${repeated} ${text}`);
    const known = this.searched.has(digest);
    this.searched.add(digest);
    return known;
  }

  private latencyViolations({ expected }: SoakRequest, { from, to }: ReceivedResponse): string[] {
    if (expected.kind !== 'livez') return [];
    const ms = to - from - this.options.delay.since(from);
    return ms > LIVEZ_MS ? [`/livez took ${Math.round(ms)} ms`] : [];
  }

  private report({ method, shown }: SoakRequest, violation: string): void {
    this.options.tally.add(violation, `${method} ${shown}`);
  }
}
