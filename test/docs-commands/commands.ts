/** The commands in the pages, in the form in which they run in a checkout of their own. */
import type { Code } from './pages.js';

/** Text of a page, and what stands for it. */
export type Substitution = readonly [RegExp, string];

export const substitute = (text: string, all: readonly Substitution[]) =>
  all.reduce((changed, [pattern, value]) => changed.replaceAll(pattern, value), text);

export const startsServer = (text: string) => /\bnpm (?:start|run demo)\b/.test(text);

/** Whether a block sends requests to a gateway that runs already, or reads its log. */
export const needsGateway = (text: string) => /127\.0\.0\.1|\bgateway\.log\b/.test(text);

/** A block whose last program prints a result: no output means that it does not do what the page says. */
export const printsResult = (text: string) =>
  /\b(?:curl|jq|redis-cli)\b/.test(text) && !/curl[^|]* -[a-zA-Z]*[oO]/.test(text);

const GATEWAY = /^(?:npx )?strava-heatmap-gateway(?= |$)/;
const ASSIGNMENTS = /^(?:[A-Z][A-Z0-9_]*=\S+ )*/;
const SUBCOMMAND = /^(?:keys (?:add|list|revoke)|cookies (?:import|check)|login --)/;

/** The command that proves inline code such as `npm run dev`, or undefined for code of another kind. */
export function inlineCommand(code: string): string | undefined {
  const command = code.replace(ASSIGNMENTS, '');
  if (GATEWAY.test(command)) return helpOf(command.replace(GATEWAY, ''));
  if (SUBCOMMAND.test(command)) return helpOf(command);
  if (/^(?:npm|docker|helm|kubectl|git|curl) /.test(command)) return code;
  const [, interpreter, file] = /^(bash|node) ([\w./-]*\/[\w.-]+)/.exec(command) ?? [];
  if (file === undefined) return undefined;
  return `${interpreter === 'bash' ? 'bash -n' : 'node --check'} ${file}`;
}

const helpOf = (words: string) => `node dist/main.js ${words.replace(/COMMAND.*/, '')} --help`;

/** The commands of a synopsis such as `strava-heatmap-gateway keys list [--json]`, with the options that it names. */
export function synopses({ text }: Code): { command: string; options: string[] }[] {
  return text
    .replaceAll(/\n\s+/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^(?:[A-Z_]+=\S+ )*/, ''))
    .map((line) => ({
      command: helpOf(line.replace(GATEWAY, '').replace(/ (?:\[|--|[A-Z]).*/, '')),
      options: line.match(/--[a-z-]+/g) ?? [],
    }));
}

export const isSynopsis = ({ text }: Code) =>
  text.split(/\n(?!\s)/).every((line) => GATEWAY.test(line.replace(ASSIGNMENTS, '')));

/** The setting that inline code such as `PORT=9000` names. */
export const settingIn = (code: string) => /^([A-Z][A-Z0-9_]+)=\S+$/.exec(code)?.[1];
