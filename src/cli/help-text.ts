/** The help texts, generated from the table of commands. Pure. */
import { PROGRAM } from '../common/program-name.js';
import { VERSION } from '../common/version.js';
import { COMMON_OPTIONS, type Command, type Option } from './command.js';
import { EXIT_CODES } from './exit-code.js';

const LINE_LENGTH = 100;

/** `initial` is the command that runs when none is named. */
export function programHelp(commands: readonly Command[], initial: Command): string {
  return page(
    `strava-heatmap-gateway ${VERSION}\nTile gateway for the Strava Global Heatmap: WMTS, XYZ, TMS and TileJSON.`,
    `Usage: ${PROGRAM} [COMMAND] [options]`,
    `Commands:\n${commandList(commands)}`,
    `Without a command, the program runs "${initial.name}" with these options:\n${optionList(initial)}`,
    paragraph(
      `"${PROGRAM} COMMAND --help" prints the options of a command. The name in brackets is the environment variable ` +
        'with the same meaning. config/default.yaml lists all settings.',
    ),
  );
}

/** Help for the commands that begin with the word `group`. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  return page(
    `Usage: ${PROGRAM} ${group} COMMAND [options]`,
    `Commands:\n${commandList(commands)}`,
    paragraph(`"${PROGRAM} ${group} COMMAND --help" prints the options of a command.`),
  );
}

export function commandHelp(command: Command): string {
  return page(
    `Usage: ${[PROGRAM, command.name, ...command.operands].join(' ')} [options]`,
    ...command.description.split('\n\n').map(paragraph),
    `Options:\n${optionList(command)}`,
    paragraph(EXIT_CODES),
  );
}

function page(...parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function commandList(commands: readonly Command[]): string {
  return table(commands.map(({ name, operands, summary }) => [[name, ...operands].join(' '), summary]));
}

function optionList({ options }: Command): string {
  const all: Readonly<Record<string, Option>> = { ...options, ...COMMON_OPTIONS };
  return table(
    Object.entries(all)
      .filter(([, { refused }]) => refused === undefined)
      .map(([name, { value, short, help }]) => [
        `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`,
        help,
      ]),
  );
}

/** Two columns, of which the second is wrapped. */
function table(rows: readonly (readonly [term: string, text: string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length)) + 4;
  const spaces = ' '.repeat(width);
  return rows
    .map(([term, text]) => `  ${term}`.padEnd(width) + wrapped(text, LINE_LENGTH - width).join(`\n${spaces}`))
    .join('\n');
}

function paragraph(text: string): string {
  return wrapped(text, LINE_LENGTH).join('\n');
}

function wrapped(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= length)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
