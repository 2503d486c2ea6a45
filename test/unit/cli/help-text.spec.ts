import { describe, expect, it } from '@jest/globals';
import { TASKS } from '../../../src/cli/index.js';
import { commandHelp, groupHelp, programHelp } from '../../../src/cli/help-text.js';
import { serve } from '../../../src/serve.js';
import { SETTINGS } from '../../../src/config/index.js';
import type { Setting } from '../../../src/config/settings.js';

const COMMANDS = [serve, ...TASKS];
const texts: [string, string][] = [
  ['the program', programHelp(COMMANDS, serve)],
  [
    'keys',
    groupHelp(
      'keys',
      COMMANDS.filter(({ name }) => name.startsWith('keys ')),
    ),
  ],
  ...COMMANDS.map((command): [string, string] => [command.name, commandHelp(command)]),
];

describe('the help', () => {
  it.each(texts)('of %s fits a terminal of 100 columns and ends with one line break', (_name, text) => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toMatch(/undefined| \n/);
  });

  it('of the program lists every command with its operands and summary', () => {
    const text = programHelp(COMMANDS, serve);
    for (const { name, operands, summary } of COMMANDS)
      expect(text).toMatch(
        new RegExp(`^  ${[name, ...operands].join(' ')} +${summary.replaceAll('.', '\\.')}$`, 'm'),
      );
  });

  it('of each command lists every option with its value', () => {
    for (const command of COMMANDS)
      for (const [name, { value, short, refused }] of Object.entries(command.options)) {
        if (refused !== undefined) {
          expect(commandHelp(command)).not.toContain(`--${name}`);
          continue;
        }
        expect(commandHelp(command)).toMatch(
          new RegExp(`^  ${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''} `, 'm'),
        );
      }
  });

  it('of serve names the value and the environment variable of every setting with a flag', () => {
    const text = commandHelp(serve).replaceAll(/\n {6,}/g, ' ');
    for (const { flag, env } of Object.values<Setting>(SETTINGS))
      if (flag !== undefined)
        expect(text).toMatch(new RegExp(`^  --${flag} (?!VALUE)[A-Z]+ .*\\[${env}\\]$`, 'm'));
  });
});
