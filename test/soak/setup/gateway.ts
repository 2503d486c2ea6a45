/** The gateway under test: a sequence of processes on one port, each checked at its end. */
import { writeFileSync } from 'node:fs';
import { startBuiltGateway, type BuiltGateway } from '../../support/built-gateway.js';
import type { LogWatch } from '../../support/run/log-watch.js';
import type { Secrets } from '../../support/secrets.js';
import type { SchedulingDelay } from '../checks/scheduling-delay.js';
import { EXIT_MS } from '../settings.js';
import type { Tally } from '../tally.js';

export class Gateway {
  starts = 0;
  private process: BuiltGateway | undefined;

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly clockShiftFile: string,
    private readonly log: LogWatch,
    private readonly secrets: Secrets,
    private readonly tally: Tally,
    private readonly delay: SchedulingDelay,
  ) {}

  /** Resolves when the gateway listens; throws when it does not. */
  async start(): Promise<void> {
    this.starts++;
    writeFileSync(this.clockShiftFile, '0');
    const started = await startBuiltGateway(
      {
        ...this.env,
        CLOCK_SHIFT_FILE: this.clockShiftFile,
        NODE_OPTIONS: `--import ${new URL('shifted-clock.js', import.meta.url).href}`,
      },
      this.log.take,
    );
    this.process = started;
    this.delay.watch(started.pid);
    void started.ended.then(({ code, signal }) => {
      // `take` has cleared the field when the end is intended.
      if (this.process === started) this.tally.add(`the process ended unexpectedly (${code ?? signal})`);
    });
  }

  /** Moves the wall clock of the process to `shiftMs` from the time of the system. */
  shiftClock(shiftMs: number): void {
    writeFileSync(this.clockShiftFile, String(shiftMs));
    this.process?.signal('SIGUSR2');
  }

  /** Sends SIGTERM; the process must end within the time limit and with code 0. */
  async terminate(): Promise<void> {
    const process = this.take();
    if (!process) return;
    const start = performance.now();
    const cancelTimeout = this.delay.timeout(EXIT_MS, () => {
      this.tally.add(`the process did not end within ${EXIT_MS} ms of SIGTERM`);
      process.signal('SIGKILL');
    });
    process.signal('SIGTERM');
    const { code, signal } = await process.ended;
    cancelTimeout();
    if (code !== 0) this.tally.add(`SIGTERM ended the process with ${code ?? signal} instead of 0`);
    this.checkStderr(process);
    this.tally.note(`SIGTERM: ended after ${Math.round(performance.now() - start)} ms with ${code}`);
  }

  /** Sends SIGKILL; resolves when the process has ended. */
  async kill(): Promise<void> {
    const process = this.take();
    if (!process) return;
    process.signal('SIGKILL');
    await process.ended;
    this.checkStderr(process);
  }

  private take(): BuiltGateway | undefined {
    const { process } = this;
    this.process = undefined;
    return process;
  }

  private checkStderr(process: BuiltGateway): void {
    const text = process.stderr();
    if (text === '') return;
    const leaked = this.secrets.in(text);
    this.tally.add('there is output on standard error', leaked.join(', ') || text.slice(0, 600));
  }
}
