import { json } from '../http/well-formed.js';
import type { Secrets } from '../secrets.js';
import { Counts } from './counts.js';
import type { Violations } from './violations.js';

interface Entry {
  readonly level: string;
  readonly msg: string;
  /** RFC 3339. */
  readonly time: string;
}

const ERRORS = ['error', 'fatal'];

/** Checks the log of a running gateway: each line is JSON, none contains a secret, none is an unexpected error. */
export class LogWatch {
  /** Lines by level. */
  readonly levels = new Counts();
  private readonly messages = new Counts();
  private readonly times = new Map<string, number>();
  /** When the last line was logged, by the gateway's clock, on the time scale of `performance.now()`. */
  latestTime = 0;

  /** `expectedErrors`: messages that may be logged at level `error` or above. */
  constructor(
    private readonly secrets: Secrets,
    private readonly violations: Pick<Violations, 'add'>,
    private readonly expectedErrors: readonly string[] = [],
  ) {}

  /** `complete` is false for a last line that the process did not finish before it was killed. */
  readonly take = (line: string, complete = true): void => {
    const entry = entryOf(line);
    for (const secret of this.secrets.in(line)) this.violations.add(`${secret} in the log`, entry?.msg);
    if (entry === undefined) {
      if (complete) this.violations.add('a log line is not JSON with a level', line.slice(0, 300));
      return;
    }
    this.levels.add(entry.level);
    this.messages.add(entry.msg);
    this.latestTime = Date.parse(entry.time) - performance.timeOrigin;
    this.times.set(entry.msg, this.latestTime);
    if (ERRORS.includes(entry.level) && !this.expectedErrors.includes(entry.msg))
      this.violations.add('the log has an error', line.slice(0, 2000));
  };

  /** How often `message` has been logged. */
  count(message: string): number {
    return this.messages.of(message);
  }

  /** When `message` was logged last, by the gateway's clock, on the time scale of `performance.now()`. */
  lastTime(message: string): number | undefined {
    return this.times.get(message);
  }
}

function entryOf(line: string): Entry | undefined {
  const entry = json(line) as Partial<Entry> | null | undefined;
  return typeof entry?.level === 'string' ? (entry as Entry) : undefined;
}
