/** Runs one command and prints its result: text or JSON on stdout, problems on stderr. */
import { ConfigError } from '../config/index.js';
import { CommandFailure, type Call, type Command, type Outcome } from './command.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { npmOptionProblem } from './npm-options.js';
import { readCall } from './read-call.js';

export interface Terminal {
  readonly env: Call['env'];
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Returns the exit code, or undefined when the command keeps the process running. Never rejects. */
export async function runCommand(
  words: readonly string[],
  commands: readonly Command[],
  initial: Command,
  terminal: Terminal,
): Promise<ExitCode | undefined> {
  const { env, out, err } = terminal;
  const tell = (line: string) => err(`${line}\n`);
  const npmOption = npmOptionProblem(env, initial);
  if (npmOption !== undefined) {
    tell(npmOption);
    return EXIT.usage;
  }
  try {
    const reading = readCall(words, commands, initial);
    if (reading.kind === 'text') {
      out(reading.text);
      return EXIT.ok;
    }
    const { command, call } = reading;
    const outcome = await command.run({ ...call, env, tell }).catch(outcomeOf);
    if (outcome === undefined) return undefined;
    if (outcome.problem !== undefined) tell(outcome.problem);
    if (call.switches.has('json'))
      out(`${JSON.stringify({ ...outcome.report, exitCode: outcome.exit }, null, 2)}\n`);
    else if (outcome.text !== undefined) out(`${outcome.text}\n`);
    return outcome.exit;
  } catch (error) {
    const { exit, problem } = outcomeOf(error);
    tell(problem);
    return exit;
  }
}

/** A thrown error as an outcome: a sentence without a stack. */
function outcomeOf(error: unknown): Outcome & { readonly problem: string } {
  const usage = error instanceof ConfigError;
  const exit = usage ? EXIT.usage : error instanceof CommandFailure ? error.exit : EXIT.failed;
  const problem = usage ? error.problems.join('\n') : (error as Error).message;
  return {
    exit,
    report: { status: usage || exit === EXIT.usage ? 'usage' : 'failed', detail: problem },
    problem,
  };
}
