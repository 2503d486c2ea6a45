/** The interface of a command. */
import type { ExitCode } from './exit-code.js';

export interface Command {
  /** The words that select it, such as `cookies import`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs for the help of the command, with an empty line between them. */
  readonly description: string;
  /** Names of the operands. Each of them is required. */
  readonly operands: readonly string[];
  /** Options by name, without `--` and without the {@link COMMON_OPTIONS}. */
  readonly options: Readonly<Record<string, Option>>;
  /** Can throw a {@link CommandFailure} or a `ConfigError`. Undefined when the command keeps the process running. */
  run(call: Call): Promise<Outcome | undefined>;
}

export interface Option {
  /** Name of the value in the help. An option without it is a switch. */
  readonly value?: string;
  /** One letter that stands for the name. */
  readonly short?: string;
  readonly help: string;
  /** For an option of another program: what to do instead. The help does not list it. */
  readonly refused?: string;
}

/** Options of every command. */
export const COMMON_OPTIONS = {
  config: { value: 'FILE', help: 'YAML file of settings. [GATEWAY_CONFIG]' },
  help: { short: 'h', help: 'Print this help.' },
} as const satisfies Record<string, Option>;

/** For commands that end with a result. */
export const JSON_OPTION: Option = { help: 'Print one JSON object instead of text.' };

export interface Call {
  /** One for each operand of the command. */
  readonly operands: readonly string[];
  /** Values of the options that have one. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints a line on stderr while the command runs. */
  readonly tell: (line: string) => void;
}

/** The result of a command. No field contains a cookie, e-mail address or password; the only secret is a new API key. */
export interface Outcome {
  readonly exit: ExitCode;
  /** The JSON object of `--json`; `exitCode` is added to it. */
  readonly report: Readonly<Record<string, unknown>>;
  /** The result as text, for stdout. */
  readonly text?: string;
  /** The problem as text, for stderr. */
  readonly problem?: string;
}

/** An expected failure, with its sentence and exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    readonly exit: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
