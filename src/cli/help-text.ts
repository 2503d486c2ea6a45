/** The help of each level, written from the commands themselves. Pure. */
import type { Command, Option } from './command.js';
import { EXIT_CODES } from './exit-code.js';

export const PROGRAM = 'strava-heatmap-gateway';

/** Options that every command has. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  config: { value: 'FILE', help: 'YAML file of settings (or GATEWAY_CONFIG)' },
  json: { help: 'print one JSON object for scripts' },
  help: { help: 'print this' },
};

export function commandHelp({ name, description, operands, options }: Command): string {
  const all = Object.entries({ ...options, ...COMMON_OPTIONS });
  const spelled = all.map(
    ([flag, { value, help }]) => [`--${flag}${value ? ` ${value}` : ''}`, help] as const,
  );
  const width = Math.max(...spelled.map(([flag]) => flag.length)) + 2;
  return `Usage: ${[PROGRAM, name, ...operands].join(' ')} [options]

${description}

${spelled.map(([flag, help]) => `  ${flag.padEnd(width)}${help}`).join('\n')}

${EXIT_CODES}`;
}

/** One line for each command of `commands`. */
export function commandList(commands: readonly Command[]): string {
  const spelled = commands.map(
    ({ name, operands, summary }) => [[name, ...operands].join(' '), summary] as const,
  );
  const width = Math.max(...spelled.map(([words]) => words.length)) + 2;
  return spelled.map(([words, summary]) => `  ${words.padEnd(width)}${summary}`).join('\n');
}

export function groupHelp(group: string, commands: readonly Command[]): string {
  return `Usage: ${PROGRAM} ${group} COMMAND

${commandList(commands)}

"${PROGRAM} ${group} COMMAND --help" tells the options of each.
`;
}
