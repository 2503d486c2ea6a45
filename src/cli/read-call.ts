/** From the words of the command line to a command and its call. Pure. */
import { parseArgs } from 'node:util';
import { CommandFailure, type Call, type Command } from './command.js';
import { EXIT } from './exit-code.js';
import { commandHelp, COMMON_OPTIONS, groupHelp, PROGRAM } from './help-text.js';

export type Reading =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'call'; readonly command: Command; readonly call: Omit<Call, 'env' | 'tell'> };

/** Throws a {@link CommandFailure} of a usage error, with a hint. `words` does not begin with a flag. */
export function readCall(words: readonly string[], commands: readonly Command[]): Reading {
  const [first = '', second = ''] = words;
  const single = commands.find(({ name }) => name === first);
  if (single) return readArguments(single, words.slice(1));
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0)
    throw unknown(first, [...new Set(commands.map(({ name }) => name.split(' ')[0]!))], '');
  if (['--help', '-h'].includes(second)) return { kind: 'help', text: groupHelp(first, group) };
  const command = group.find(({ name }) => name === `${first} ${second}`);
  if (command) return readArguments(command, words.slice(2));
  throw unknown(
    second,
    group.map(({ name }) => name.split(' ')[1]!),
    `${first} `,
  );
}

function readArguments(command: Command, args: string[]): Reading {
  const options = { ...command.options, ...COMMON_OPTIONS };
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args,
      options: Object.fromEntries(
        Object.entries(options).map(([flag, { value }]) => [
          flag,
          { type: value ? 'string' : 'boolean', ...(flag === 'help' ? { short: 'h' } : {}) } as const,
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw usage(command.name, (error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help', text: commandHelp(command) };
  const missing = command.operands.slice(positionals.length);
  if (missing.length > 0) throw usage(command.name, `${missing.join(' ')} is missing`);
  if (positionals.length > command.operands.length)
    throw usage(command.name, `"${positionals[command.operands.length]}" is one argument too many`);
  const entries = Object.entries(values);
  return {
    kind: 'call',
    command,
    call: {
      operands: positionals,
      flags: Object.fromEntries(
        entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
      switches: new Set(entries.filter(([, value]) => value === true).map(([flag]) => flag)),
    },
  };
}

export function usage(name: string, problem: string): CommandFailure {
  return new CommandFailure(EXIT.usage, `${problem} (see "${PROGRAM} ${name} --help")`);
}

function unknown(word: string, known: readonly string[], group: string): CommandFailure {
  const near = known.find(
    (name) => word !== '' && (name.startsWith(word.slice(0, 3)) || word.startsWith(name)),
  );
  const found =
    word === '' || word.startsWith('-') ? 'a command is missing' : `there is no command "${group}${word}"`;
  const hint = near
    ? `did you mean "${group}${near}"?`
    : `there are ${known.map((name) => group + name).join(', ')}`;
  return new CommandFailure(EXIT.usage, `${found}; ${hint} (see "${PROGRAM} ${group}--help")`);
}
