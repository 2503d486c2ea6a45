/** The gateway under test: one process after another on one port, each held to what it owes at its end. */
import { startGatewayProcess, type GatewayProcess } from './gateway-process.js';
import type { LogWatch } from '../checks/log-watch.js';
import type { Secrets } from '../../support/secrets.js';
import { EXIT_MS } from '../settings.js';
import type { Tally } from '../tally.js';
import type { Withheld } from '../checks/scheduling-delay.js';

export class Gateway {
  starts = 0;
  private process: GatewayProcess | undefined;

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly log: LogWatch,
    private readonly secrets: Secrets,
    private readonly tally: Tally,
    private readonly withheld: Withheld,
  ) {}

  /** Resolves when it listens; throws when it does not. */
  async start(): Promise<void> {
    this.starts++;
    this.process = await startGatewayProcess(this.env, (line, whole) => this.log.take(line, whole));
    const started = this.process;
    this.withheld.watch(started.pid);
    void started.ended.then(({ code, signal }) => {
      // Whoever ends it on purpose has forgotten it before.
      if (this.process === started) this.tally.violation(`the process ended by itself (${code ?? signal})`);
    });
  }

  /** SIGTERM; resolves when the process has ended, and it must do so in time and with 0. */
  async terminate(): Promise<void> {
    const process = this.forget();
    const began = performance.now();
    const giveUp = (): void => {
      const left = EXIT_MS + this.withheld.since(began) - (performance.now() - began);
      if (left > 0) return void (overdue = setTimeout(giveUp, left));
      this.tally.violation(`no end within ${EXIT_MS} ms of SIGTERM`);
      process?.signal('SIGKILL');
    };
    let overdue = setTimeout(giveUp, EXIT_MS);
    process?.signal('SIGTERM');
    const end = await process?.ended;
    clearTimeout(overdue);
    if (end && end.code !== 0) this.tally.violation(`SIGTERM led to ${end.code ?? end.signal}, not to 0`);
    this.checkStderr(process);
    this.tally.note(`SIGTERM: ended after ${Math.round(performance.now() - began)} ms with ${end?.code}`);
  }

  /** Kill -9; resolves when the process is gone. */
  async kill(): Promise<void> {
    const process = this.forget();
    process?.signal('SIGKILL');
    await process?.ended;
    this.checkStderr(process);
  }

  private forget(): GatewayProcess | undefined {
    const { process } = this;
    this.process = undefined;
    return process;
  }

  private checkStderr(process: GatewayProcess | undefined): void {
    const text = process?.stderr() ?? '';
    if (text === '') return;
    const leaked = this.secrets.in(text);
    this.tally.violation(`stderr is not empty: ${leaked.join(', ') || text.slice(0, 600)}`);
  }
}
