/** What a fault has at hand to do harm, and to see that the harm is over. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Crowd } from '../clients/clients.js';
import type { Errand } from '../soak-request.js';
import type { Outcome } from '../clients/exchange.js';
import type { Files } from '../setup/files.js';
import type { Gateway } from '../setup/gateway.js';
import type { Key } from '../clients/keys.js';
import type { LogWatch } from '../checks/log-watch.js';
import type { Mix } from '../clients/request-mix.js';
import type { Random } from '../random.js';
import type { Referee } from '../checks/outcome-checker.js';
import type { Secrets } from '../../support/secrets.js';
import { GRACE_MS, RECOVERY_MS } from '../settings.js';
import type { Tally } from '../tally.js';
import type { Upstream } from '../setup/upstream.js';
import { json } from '../checks/well-formed.js';
import type { FaultWindow, Windows } from '../checks/fault-windows.js';
import type { Withheld } from '../checks/scheduling-delay.js';

/** One entry of the schedule: resolves when it is over and all is well again. */
export interface Fault {
  readonly name: string;
  play(stage: Stage): Promise<void>;
}

export interface Means {
  readonly upstream: Upstream;
  readonly gateway: Gateway;
  readonly windows: Windows;
  readonly files: Files;
  readonly log: LogWatch;
  readonly secrets: Secrets;
  readonly tally: Tally;
  readonly withheld: Withheld;
  readonly random: Random;
  readonly mix: Mix;
  readonly crowd: Crowd;
  readonly referee: Referee;
  /** Keys that are good from the beginning to the end. */
  readonly keys: readonly Key[];
  readonly adminKey: string;
}

export interface HealthIssue {
  readonly name: string;
  readonly allows: FaultWindow['allows'];
  readonly degrades?: boolean;
  /** How long it may last after its cause has gone. */
  readonly recoveryMs?: number;
}

export class Stage {
  private readonly agent = new Agent({ keepAlive: false });

  constructor(readonly means: Means) {}

  /** Plays `cause` in a window of its own, which ends when all is well again. */
  async under(trouble: HealthIssue, cause: () => Promise<void>): Promise<void> {
    const { name, allows, degrades = false, recoveryMs = RECOVERY_MS } = trouble;
    const window = this.means.windows.begin(name, allows, { degrades });
    await cause();
    await this.recovered(name, recoveryMs);
    window.until = performance.now() + GRACE_MS;
    await pause(GRACE_MS);
  }

  /** Resolves when a deep tile that nobody has cached is served, and `/health` is ok; it must be so within `ms`. */
  async recovered(name: string, ms: number): Promise<void> {
    const { tally } = this.means;
    const began = performance.now();
    const well = await this.eventually(ms, async () => {
      const tile = await this.ask(this.means.mix.unheardOf(this.means.random, 16));
      return tile.kind === 'answer' && tile.status === 200 && (await this.health()) === 'ok';
    });
    const { phaseNow } = tally;
    phaseNow.recoveryMs = Math.max(phaseNow.recoveryMs ?? 0, performance.now() - began);
    if (!well)
      tally.violation(`${name}: not well again within ${ms} ms; /health says ${await this.health()}`);
  }

  /**
   * Signed cookies become invalid. Not while new ones are on their way: they would be invalid on arrival, which is
   * another trouble.
   */
  async revokeKeyPair(): Promise<void> {
    const { upstream, tally } = this.means;
    if (!(await this.eventually(RECOVERY_MS, () => upstream.quiet)))
      tally.violation('the gateway asks for new cookies again and again');
    upstream.revokeKeyPair();
  }

  /** The same; resolves when there are new cookies, and no client may have noticed anything. */
  async revokeKeyPairUnnoticed(): Promise<void> {
    await this.revokeKeyPair();
    await this.ask(this.means.mix.unheardOf(this.means.random, 16));
  }

  /** The status that `/health` tells. */
  async health(): Promise<string> {
    const errand: Errand = {
      route: '/health',
      method: 'GET',
      path: '/health',
      headers: {},
      shown: '/health',
      expected: { kind: 'health' },
    };
    const outcome = await this.ask(errand);
    if (outcome.kind !== 'answer') return outcome.kind;
    return (json(outcome.body.toString()) as { status?: string } | undefined)?.status ?? 'nothing';
  }

  ask(errand: Errand): Promise<Outcome> {
    return this.means.crowd.send(errand, { agent: this.agent });
  }

  /** Whether `condition` came true within `ms`, and what this process loses of them. */
  async eventually(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
    const began = performance.now();
    while (!(await condition())) {
      if (performance.now() - began > ms + this.means.withheld.since(began)) return false;
      await pause(50);
    }
    return true;
  }
}
