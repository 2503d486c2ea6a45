/** What every command is made of. */
import type { ExitCode } from './exit-code.js';

export interface Command {
  /** The words that call it, e.g. `cookies import`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs for its own help, each line within 100 characters. */
  readonly description: string;
  /** Names of its operands, all of them needed. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** May throw a {@link CommandFailure} or a `ConfigError`. */
  run(call: Call): Promise<Outcome>;
}

export interface Option {
  /** What its value is called in the help; an option without one is a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Call {
  /** As many as the command has names for. */
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Says something at once, beside the outcome: a line on stderr. */
  readonly tell: (line: string) => void;
}

/** How a command ended. Neither field may hold a cookie, e-mail or password; a new API key is the one secret shown. */
export interface Outcome {
  readonly exit: ExitCode;
  /** The one object that `--json` prints; `exitCode` is added to it. */
  readonly report: Readonly<Record<string, unknown>>;
  /** The same for people, on stdout. */
  readonly text?: string;
  /** What went wrong, for people, on stderr. */
  readonly problem?: string;
}

/** A failure that has its sentence and exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    readonly exit: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
