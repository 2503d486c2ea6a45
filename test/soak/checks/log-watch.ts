/** Reads what the gateway logs: JSON lines, no secret, nothing unforeseen. */
import type { Secrets } from '../../support/secrets.js';
import type { Tally } from '../tally.js';
import { json } from './well-formed.js';

interface Entry {
  readonly msg: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export class LogWatch {
  lines = 0;
  /** How often each message came, and when last. */
  private readonly messages = new Map<string, { readonly count: number; readonly at: number }>();

  constructor(
    private readonly secrets: Secrets,
    private readonly tally: Tally,
  ) {}

  /** `whole` is false for the last line of a process that was killed. */
  take(line: string, whole: boolean): void {
    this.lines++;
    const entry = json(line) as Entry | undefined;
    for (const secret of this.secrets.in(line)) this.tally.violation(`${secret} in the log`, entry?.msg);
    if (line.includes('unforeseen error')) this.tally.violation('an unforeseen error', line.slice(0, 600));
    if (entry) {
      const count = (this.messages.get(entry.msg)?.count ?? 0) + 1;
      this.messages.set(entry.msg, { count, at: entry.time - performance.timeOrigin });
    } else if (whole) {
      this.tally.violation('a line of the log that is no JSON', line.slice(0, 80));
    }
  }

  /** How often `message` has come. */
  count(message: string): number {
    return this.messages.get(message)?.count ?? 0;
  }

  /** When `message` came last, by the gateway's own word, as `performance.now()` would have told it. */
  lastTime(message: string): number | undefined {
    return this.messages.get(message)?.at;
  }
}
