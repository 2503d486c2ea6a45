/** Options that npm takes for itself: `npm start --port 9000` passes at most "9000" to the program. Pure. */
import type { Command } from './command.js';

/** Not those that npm, or a program that it runs, has itself. */
const OWN_OPTIONS = ['cookies', 'port', 'host', 'apikeys', 'public-url', 'allow-origins', 'config'];

/** The sentence for an option of `command` that npm has taken; undefined if there is none. */
export function npmOptionProblem(
  env: Readonly<Record<string, string | undefined>>,
  { options }: Command,
): string | undefined {
  if (env['npm_lifecycle_event'] !== 'start') return undefined;
  const taken = OWN_OPTIONS.find((name) => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined);
  if (taken === undefined) return undefined;
  const value = options[taken]?.value ?? 'VALUE';
  return `npm took the option --${taken} for itself; write "npm start -- --${taken} ${value}"`;
}
