/** What a fault of the schedule uses to cause failures and to wait for recovery. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltGateway } from '../../support/built-gateway.js';
import { json } from '../../support/http/well-formed.js';
import type { LogWatch } from '../../support/run/log-watch.js';
import type { Random } from '../../support/run/random.js';
import type { Secrets } from '../../support/secrets.js';
import type { FaultWindow, FaultWindows } from '../checks/fault-windows.js';
import type { OutcomeChecker } from '../checks/outcome-checker.js';
import type { SchedulingDelay } from '../checks/scheduling-delay.js';
import type { Clients } from '../clients/clients.js';
import type { Outcome } from '../clients/exchange.js';
import type { Key, LimitedKey } from '../clients/keys.js';
import type { RequestMix } from '../clients/request-mix.js';
import { GRACE_MS, RECOVERY_MS } from '../settings.js';
import type { Files } from '../setup/files.js';
import type { Gateway } from '../setup/gateway.js';
import type { Upstream } from '../setup/upstream.js';
import type { SoakRequest } from '../soak-request.js';
import type { Tally } from '../tally.js';

/** One entry of the schedule; resolves when the gateway has recovered. */
export interface Fault {
  readonly name: string;
  play(context: FaultContext): Promise<void>;
}

export interface System {
  readonly upstream: Upstream;
  readonly gateway: Gateway;
  readonly windows: FaultWindows;
  readonly files: Files;
  readonly log: LogWatch;
  readonly secrets: Secrets;
  readonly tally: Tally;
  readonly delay: SchedulingDelay;
  readonly random: Random;
  readonly mix: RequestMix;
  readonly clients: Clients;
  readonly checker: OutcomeChecker;
  /** Keys that are valid during the whole soak. */
  readonly keys: readonly Key[];
  readonly adminKey: string;
  /** A key whose limit ends within seconds, one that floods, one that does not, and one with a limit that lasts. */
  readonly limitedKey: LimitedKey;
  readonly greedyKey: Key;
  readonly politeKey: Key;
  readonly burstKey: LimitedKey;
  /** Starts a second gateway with the same upstream and keys. */
  readonly startAnother: (env: Readonly<Record<string, string>>) => Promise<BuiltGateway>;
}

/** The failures that a fault may cause. */
export interface Impact {
  readonly name: string;
  readonly allows: FaultWindow['allows'];
  readonly degrades?: boolean;
  readonly blanks?: boolean;
  /** Time limit for the recovery after the cause has ended. */
  readonly recoveryMs?: number;
}

export class FaultContext {
  private readonly agent = new Agent({ keepAlive: false });

  constructor(readonly system: System) {}

  /** Plays `cause` in a fault window that ends with the recovery. */
  async inWindow(impact: Impact, cause: () => Promise<void>): Promise<void> {
    const { name, allows, degrades = false, blanks = false, recoveryMs = RECOVERY_MS } = impact;
    const window = this.system.windows.open(allows, { degrades, blanks });
    await cause();
    await this.awaitRecovery(name, recoveryMs);
    window.until = performance.now() + GRACE_MS;
    await sleep(GRACE_MS);
  }

  /**
   * Signed cookies become invalid. Waits until no refresh is in flight, whose cookies would be invalid on arrival: that is
   * another fault.
   */
  async revokeKeyPair(): Promise<void> {
    const { upstream, tally } = this.system;
    if (!(await this.eventually(RECOVERY_MS, () => upstream.hasNoRecentRefresh)))
      tally.add('the gateway refreshes its cookies again and again');
    upstream.revokeKeyPair();
  }

  /** Signed cookies become invalid and are refreshed; no client may get an error. */
  async revokeKeyPairAndRefresh(): Promise<void> {
    await this.revokeKeyPair();
    await this.send(this.system.mix.uncached(this.system.random, 16));
  }

  /** The status in `/health`. */
  async health(): Promise<string> {
    const outcome = await this.send({
      route: '/health',
      method: 'GET',
      path: '/health',
      headers: {},
      shown: '/health',
      expected: { kind: 'health' },
    });
    if (outcome.kind !== 'response') return outcome.kind;
    return (json(outcome.body.toString()) as { status?: string } | undefined)?.status ?? 'nothing';
  }

  send(request: SoakRequest): Promise<Outcome> {
    return this.system.clients.send(request, { agent: this.agent });
  }

  /** Whether `condition` became true within `ms`, extended by the scheduling delay. */
  async eventually(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
    const start = performance.now();
    while (!(await condition())) {
      if (performance.now() - start > ms + this.system.delay.since(start)) return false;
      await sleep(50);
    }
    return true;
  }

  /** Resolves when an uncached tile at zoom 16 is served and `/health` is ok; a violation when not within `ms`. */
  private async awaitRecovery(name: string, ms: number): Promise<void> {
    const { tally, mix, random } = this.system;
    const start = performance.now();
    const recovered = await this.eventually(ms, async () => {
      const tile = await this.send(mix.uncached(random, 16));
      return tile.kind === 'response' && tile.status === 200 && (await this.health()) === 'ok';
    });
    const { currentPhase } = tally;
    currentPhase.recoveryMs = Math.max(currentPhase.recoveryMs ?? 0, performance.now() - start);
    if (!recovered)
      tally.add(`${name}: no recovery within ${ms} ms; the status in /health is ${await this.health()}`);
  }
}
