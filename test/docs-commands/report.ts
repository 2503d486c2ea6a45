/** What became of each command, block and URL. The stand-ins of programs run as processes of their own and append to a file. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface Entry {
  readonly how: 'ran' | 'checked' | 'not run' | 'FAILED';
  readonly what: string;
  /** By what a command was checked, why it was not run, or how it failed. */
  readonly detail?: string;
}

export function append(file: string, entry: Entry): void {
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

export function entriesOf(file: string): Entry[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

/** A missing program fails where all programs are required, as in CI. */
export const missing = (program: string): Omit<Entry, 'what'> => ({
  how: process.env['REQUIRE_PROGRAMS'] ? 'FAILED' : 'not run',
  detail: `requires ${program}`,
});

export function line({ how, what, detail }: Entry, place: string): string {
  const oneLine = what.replaceAll(/\s*\\?\n\s*/g, ' ; ');
  return `${how.padEnd(8)} ${place.padEnd(38)} ${oneLine}${detail === undefined ? '' : `  (${detail})`}`;
}
