import { describe, expect, it } from '@jest/globals';
import { CommandFailure, JSON_OPTION, type Command } from '../../../src/cli/command.js';
import { readCall } from '../../../src/cli/read-call.js';
import { VERSION } from '../../../src/common/version.js';

const command = (name: string, rest: Partial<Command> = {}): Command => ({
  name,
  summary: `Summary of ${name}.`,
  description: `Description of ${name}.`,
  operands: [],
  options: {},
  run: () => Promise.resolve(undefined),
  ...rest,
});

const serve = command('serve', {
  options: {
    port: { value: 'PORT', help: 'Port.' },
    cookies: { value: 'FILE', help: 'Cookie file.' },
    apikeys: { value: 'FILE', help: 'Key file.' },
    target: { value: 'URL', help: 'Tile host.' },
    password: { value: 'TEXT', help: 'Never printed.', refused: 'set STRAVA_PASSWORD instead' },
    version: { short: 'v', help: 'Version.' },
  },
});
const login = command('login', { options: { headless: { help: 'No window.' }, json: JSON_OPTION } });
const add = command('keys add', {
  operands: ['NAME'],
  options: { 'max-zoom': { value: 'ZOOM', help: 'Zoom.' } },
});
const list = command('keys list');

const read = (...words: string[]) => readCall(words, [serve, login, add, list], serve);

function call(...words: string[]) {
  const reading = read(...words);
  if (reading.kind !== 'call') throw new Error(`not a call: ${reading.text}`);
  const { operands, flags, switches } = reading.call;
  return { command: reading.command.name, operands, flags, switches: [...switches] };
}

function textOf(...words: string[]): string {
  const reading = read(...words);
  if (reading.kind !== 'text') throw new Error('not a text');
  return reading.text;
}

/** The sentence of a refusal. */
function refusal(...words: string[]): string {
  try {
    read(...words);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandFailure);
    expect((error as CommandFailure).exit).toBe(2);
    return (error as Error).message;
  }
  throw new Error('not refused');
}

describe('the command line', () => {
  it.each([
    [['--port', '9000', '--cookies=a=b', '--config', 'x']],
    [['--cookies', 'a=b', '--config=x', '--port=9000']],
  ])('runs the same command with and without "serve": %j', (words) => {
    const expected = {
      command: 'serve',
      operands: [],
      flags: { port: '9000', cookies: 'a=b', config: 'x' },
      switches: [],
    };
    expect(call(...words)).toEqual(expected);
    expect(call('serve', ...words)).toEqual(expected);
  });

  const GO_CALL = {
    cookies: 'c.json',
    port: '9000',
    apikeys: 'k.json',
    target: 'https://content-a.strava.com/',
  };
  it.each([
    [
      'strava-heatmap-proxy',
      '--cookies c.json --port 9000 --apikeys k.json --target https://content-a.strava.com/',
    ],
    ['its forks', '-cookies c.json -apikeys k.json -port 9000 -target https://content-a.strava.com/'],
    ['Go with "="', '-cookies=c.json -port=9000 -apikeys=k.json -target=https://content-a.strava.com/'],
    ['both forms', '-cookies c.json --port=9000 -apikeys=k.json --target https://content-a.strava.com/'],
  ])('takes the flags of Go programs as %s write them', (_name, line) => {
    expect(call(...line.split(' '))).toEqual({
      command: 'serve',
      operands: [],
      flags: GO_CALL,
      switches: [],
    });
    expect(call('serve', ...line.split(' ')).flags).toEqual(GO_CALL);
  });

  it('takes a single dash before the options of every command, and short options beside them', () => {
    expect(call('keys', 'add', 'bob', '-max-zoom', '12').flags).toEqual({ 'max-zoom': '12' });
    expect(call('login', '-json', '-headless').switches).toEqual(['json', 'headless']);
    expect(call('keys', 'add', '--', '-max-zoom').operands).toEqual(['-max-zoom']);
    expect(textOf('-help')).toBe(textOf('-h'));
    expect(textOf('-version')).toBe(textOf('-v'));
  });

  it('takes the values that Go accepts for a switch', () => {
    for (const on of ['-json=true', '--json=1', '-json=T', '--json=TRUE'])
      expect(call('login', on).switches).toEqual(['json']);
    for (const off of ['-json=false', '--json=0', '-json=f', '--help=false'])
      expect(call('login', off).switches).toEqual([]);
  });

  it('runs "serve" without any word', () => {
    expect(call()).toEqual({ command: 'serve', operands: [], flags: {}, switches: [] });
  });

  it('takes operands and options in any order', () => {
    const expected = { command: 'keys add', operands: ['bob'], flags: { 'max-zoom': '12' }, switches: [] };
    expect(call('keys', 'add', 'bob', '--max-zoom', '12')).toEqual(expected);
    expect(call('keys', 'add', '--max-zoom=12', 'bob')).toEqual(expected);
    expect(call('keys', 'add', '--max-zoom=12', '--', 'bob')).toEqual(expected);
    expect(call('login', '--json', '--headless').switches).toEqual(['json', 'headless']);
  });

  it('takes the last value of a repeated option, an empty value, and a value with a dash after "="', () => {
    expect(call('--port', '1', '--port', '2').flags).toEqual({ port: '2' });
    expect(call('--port', '').flags).toEqual({ port: '' });
    expect(call('--port=-1').flags).toEqual({ port: '-1' });
  });

  it.each([
    [
      ['frobnicate'],
      'unknown command "frobnicate"; the commands are serve, login, keys (see "strava-heatmap-gateway --help")',
    ],
    [[''], 'unknown command ""; the commands are serve, login, keys (see "strava-heatmap-gateway --help")'],
    [['log'], 'unknown command "log"; did you mean "login"? (see "strava-heatmap-gateway --help")'],
    [['loginn'], 'unknown command "loginn"; did you mean "login"? (see "strava-heatmap-gateway --help")'],
    [['key'], 'unknown command "key"; did you mean "keys"? (see "strava-heatmap-gateway --help")'],
    [
      ['keys'],
      'a command is missing after "keys"; the commands are keys add, keys list (see "strava-heatmap-gateway keys --help")',
    ],
    [
      ['keys', '--json'],
      'a command is missing after "keys"; the commands are keys add, keys list (see "strava-heatmap-gateway keys --help")',
    ],
    [
      ['keys', 'lists'],
      'unknown command "keys lists"; did you mean "keys list"? (see "strava-heatmap-gateway keys --help")',
    ],
    [
      ['keys', 'x'],
      'unknown command "keys x"; the commands are keys add, keys list (see "strava-heatmap-gateway keys --help")',
    ],
    [['keys', 'add'], 'NAME is missing (see "strava-heatmap-gateway keys add --help")'],
    [['keys', 'add', 'a', 'b'], 'unexpected argument "b" (see "strava-heatmap-gateway keys add --help")'],
    [['--port', '1', 'login'], 'unexpected argument "login" (see "strava-heatmap-gateway serve --help")'],
    [['login', '--port', '1'], 'unknown option "--port" (see "strava-heatmap-gateway login --help")'],
    [['--pot', '1'], 'unknown option "--pot" (see "strava-heatmap-gateway serve --help")'],
    [
      ['--cookie', 'x'],
      'unknown option "--cookie"; did you mean "--cookies"? (see "strava-heatmap-gateway serve --help")',
    ],
    [
      ['-cookie', 'x'],
      'unknown option "-cookie"; did you mean "--cookies"? (see "strava-heatmap-gateway serve --help")',
    ],
    [
      ['-prot=1'],
      'unknown option "-prot"; did you mean "--port"? (see "strava-heatmap-gateway serve --help")',
    ],
    [
      ['-c', 'x'],
      'unknown option "-c"; did you mean "--cookies"? (see "strava-heatmap-gateway serve --help")',
    ],
    [['-port'], '-port needs a value: -port PORT (see "strava-heatmap-gateway serve --help")'],
    [
      ['-port', '-cookies', 'x'],
      '-port needs a value: -port PORT (see "strava-heatmap-gateway serve --help")',
    ],
    [
      ['-password', 'canary'],
      '-password is not accepted; set STRAVA_PASSWORD instead (see "strava-heatmap-gateway serve --help")',
    ],
    [['login', '-json=maybe'], '-json takes no value (see "strava-heatmap-gateway login --help")'],
    [
      ['--cokies', 'x'],
      'unknown option "--cokies"; did you mean "--cookies"? (see "strava-heatmap-gateway serve --help")',
    ],
    [
      ['--api-keys', 'x'],
      'unknown option "--api-keys"; did you mean "--apikeys"? (see "strava-heatmap-gateway serve --help")',
    ],
    [
      ['--tagret', 'x'],
      'unknown option "--tagret"; did you mean "--target"? (see "strava-heatmap-gateway serve --help")',
    ],
    [['-x'], 'unknown option "-x" (see "strava-heatmap-gateway serve --help")'],
    [['-'], 'unexpected argument "-" (see "strava-heatmap-gateway serve --help")'],
    [['--__proto__'], 'unknown option "--__proto__" (see "strava-heatmap-gateway serve --help")'],
    [
      ['--no-version'],
      'unknown option "--no-version"; did you mean "--version"? (see "strava-heatmap-gateway serve --help")',
    ],
    [['--port'], '--port needs a value: --port PORT (see "strava-heatmap-gateway serve --help")'],
    [
      ['--port', '--cookies', 'x'],
      '--port needs a value: --port PORT (see "strava-heatmap-gateway serve --help")',
    ],
    [['login', '--json=yes'], '--json takes no value (see "strava-heatmap-gateway login --help")'],
    [['login', '--version'], 'unknown option "--version" (see "strava-heatmap-gateway login --help")'],
  ])('refuses %j with one sentence', (words, sentence) => {
    expect(refusal(...words)).toBe(sentence);
  });

  it('prints the version', () => {
    for (const words of [['--version'], ['-v'], ['serve', '-v'], ['--port', '1', '--version']])
      expect(textOf(...words)).toBe(`${VERSION}\n`);
  });

  it('has help for the program, each group and each command', () => {
    expect(textOf('serve', '--help')).not.toContain('password');
    for (const words of [['--help'], ['-h'], ['--port', '1', '--help'], ['-hv']])
      expect(textOf(...words)).toContain('Usage: strava-heatmap-gateway [COMMAND] [options]');
    expect(textOf('serve', '--help')).toContain('Usage: strava-heatmap-gateway serve [options]');
    expect(textOf('keys', '-h')).toContain('Usage: strava-heatmap-gateway keys COMMAND [options]');
    expect(textOf('keys', 'add', '-h')).toContain('Usage: strava-heatmap-gateway keys add NAME [options]');
  });
});
