/** Runs one command and says how it ended: text for people or JSON for scripts on stdout, problems on stderr. */
import { ConfigError } from '../config/index.js';
import { CommandFailure, type Call, type Command, type Outcome } from './command.js';
import { cookiesCheck } from './commands/cookies-check.js';
import { cookiesImport } from './commands/cookies-import.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { commandList } from './help-text.js';
import { keysAdd } from './commands/keys-add.js';
import { keysList } from './commands/keys-list.js';
import { keysRevoke } from './commands/keys-revoke.js';
import { login } from './commands/login.js';
import { readCall } from './read-call.js';

const COMMANDS: readonly Command[] = [login, cookiesImport, cookiesCheck, keysAdd, keysList, keysRevoke];

/** The commands, a line each, for the help of the program. */
export const COMMAND_LIST = commandList(COMMANDS);

export interface Terminal {
  readonly env: Call['env'];
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Gives the exit code; never rejects. `words` begins with a command. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { env, out, err } = terminal;
  const tell = (line: string) => err(`${line}\n`);
  try {
    const reading = readCall(words, COMMANDS);
    if (reading.kind === 'help') {
      out(reading.text);
      return EXIT.ok;
    }
    const { command, call } = reading;
    const outcome = await command.run({ ...call, env, tell }).catch(outcomeOf);
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

/** A thrown error as an outcome: a sentence, never a stack. */
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
