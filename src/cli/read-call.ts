/** From the words of the command line to a command and its call. Pure. */
import { parseArgs } from 'node:util';
import { nearest } from '../common/text/nearest.js';
import { PROGRAM } from '../common/program-name.js';
import { VERSION } from '../common/version.js';
import { COMMON_OPTIONS, CommandFailure, type Call, type Command, type Option } from './command.js';
import { EXIT } from './exit-code.js';
import { commandHelp, groupHelp, programHelp } from './help-text.js';

export type Reading =
  /** A help text or the version. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly command: Command; readonly call: Omit<Call, 'env' | 'tell'> };

/**
 * `initial` is the command for words that name none: no words, or an option first. Throws a {@link CommandFailure} with
 * the exit code for invalid usage.
 */
export function readCall(words: readonly string[], commands: readonly Command[], initial: Command): Reading {
  const [first, second] = words;
  if (first === undefined || first.startsWith('-'))
    return readArguments(initial, words, () => programHelp(commands, initial));
  const single = commands.find(({ name }) => name === first);
  if (single) return readArguments(single, words.slice(1));
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0)
    throw unknownCommand(first, [...new Set(commands.map(({ name }) => name.split(' ')[0]!))]);
  if (second === '--help' || second === '-h') return { kind: 'text', text: groupHelp(first, group) };
  const command = group.find(({ name }) => name === `${first} ${second}`);
  if (command) return readArguments(command, words.slice(2));
  const names = group.map(({ name }) => name);
  if (second === undefined || second.startsWith('-'))
    throw usage(first, `a command is missing after "${first}"; the commands are ${names.join(', ')}`);
  throw unknownCommand(`${first} ${second}`, names, first);
}

function readArguments(
  command: Command,
  words: readonly string[],
  help: () => string = () => commandHelp(command),
): Reading {
  const options: Readonly<Record<string, Option>> = { ...command.options, ...COMMON_OPTIONS };
  const { values, positionals, tokens } = parseArgs({
    args: withTwoDashes(words, options),
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value ? 'string' : 'boolean', ...(short && { short }) } as const,
      ]),
    ),
    allowPositionals: true,
    // The messages of the strict mode advise "--", which no command needs.
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const written = words[token.index]!.startsWith('--') ? token.rawName : token.rawName.replace(/^--/, '-');
    checkOption({ ...token, rawName: written }, options, command.name);
  }
  const entries = Object.entries(values);
  const switches = new Set(
    entries.filter(([name, value]) => !options[name]!.value && isOn(value)).map(([name]) => name),
  );
  if (switches.has('help')) return { kind: 'text', text: help() };
  if (switches.has('version')) return { kind: 'text', text: `${VERSION}\n` };
  const missing = command.operands.slice(positionals.length);
  if (missing.length > 0) throw usage(command.name, `${missing.join(' ')} is missing`);
  if (positionals.length > command.operands.length)
    throw usage(command.name, `unexpected argument "${positionals[command.operands.length]}"`);
  return {
    kind: 'call',
    command,
    call: {
      operands: positionals,
      flags: Object.fromEntries(
        entries.filter((entry): entry is [string, string] => Boolean(options[entry[0]]!.value)),
      ),
      switches,
    },
  };
}

/**
 * Long options with a single dash, `-port 8080` or `-port=8080`, become `--port`: the flag package of Go takes both, and so
 * do the command lines of the proxies written in it. A group of short options, `-hv`, stays.
 */
function withTwoDashes(words: readonly string[], options: Readonly<Record<string, Option>>): string[] {
  const shortNames = Object.values(options).map(({ short = '' }) => short);
  const shortGroup = new RegExp(`^-[${shortNames.join('')}]+$`);
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const isAfterEnd = end !== -1 && index > end;
    const isLong = /^-[^-]{2}/.test(word) && !shortGroup.test(word);
    return isLong && !isAfterEnd ? `-${word}` : word;
  });
}

/** The values that the flag package of Go accepts after the name of a switch, `-json=false`. */
const SWITCH_VALUE = /^(?:1|t|true|0|f|false)$/i;

function isOn(value: unknown): boolean {
  return value === true || /^(?:1|t|true)$/i.test(String(value));
}

interface OptionToken {
  readonly name: string;
  /** As it was written, with its dashes. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value follows after `=`. */
  readonly inlineValue: boolean | undefined;
}

function checkOption(
  { name, rawName, value, inlineValue }: OptionToken,
  options: Readonly<Record<string, Option>>,
  command: string,
): void {
  if (!Object.hasOwn(options, name)) {
    const near = suggested(name, Object.keys(options));
    throw usage(
      command,
      `unknown option "${rawName}"${near === undefined ? '' : `; did you mean "--${near}"?`}`,
    );
  }
  const { value: valueName, refused } = options[name]!;
  if (refused !== undefined) throw usage(command, `${rawName} is not accepted; ${refused}`);
  if (valueName === undefined && value !== undefined && !SWITCH_VALUE.test(value))
    throw usage(command, `${rawName} takes no value`);
  // A value that looks like an option is a forgotten value, unless it is written as --name=-value.
  if (valueName !== undefined && (value === undefined || (!inlineValue && value.startsWith('-'))))
    throw usage(command, `${rawName} needs a value: ${rawName} ${valueName}`);
}

/** An error that refers to the help of `name`, a command, a group of commands or, when empty, the program. */
export function usage(name: string, problem: string): CommandFailure {
  return new CommandFailure(
    EXIT.usage,
    `${problem} (see "${[PROGRAM, name, '--help'].filter(Boolean).join(' ')}")`,
  );
}

function unknownCommand(word: string, known: readonly string[], group = ''): CommandFailure {
  const near = suggested(word, known);
  const hint = near === undefined ? `the commands are ${known.join(', ')}` : `did you mean "${near}"?`;
  return usage(group, `unknown command "${word}"; ${hint}`);
}

/** The name that `word` is a misspelling, an abbreviation or an extension of. */
function suggested(word: string, names: readonly string[]): string | undefined {
  const beginning = word.slice(0, word.lastIndexOf(' ') + 1 + 3);
  return word === ''
    ? undefined
    : (nearest(word, names) ?? names.find((name) => name.startsWith(beginning) || word.startsWith(name)));
}
