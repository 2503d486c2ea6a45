/** Words of an earlier style that must not return to texts that people read; CONTRIBUTING has the rules. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PLACES = [
  'src',
  'docs',
  'extension',
  'config',
  'helm',
  'scripts',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];
const TEXT = /\.(?:ts|js|mjs|mts|md|json|html|css|ya?ml|tpl|gotmpl|txt|sh)$/;

/** Each with what to write instead. */
const WORDS: Readonly<Record<string, string>> = {
  'whoever|nobody|somebody|anybody|everybody':
    'the thing of the system: the client, the request, the replica',
  'askers?': 'client, caller',
  letters: 'characters',
  'shallow|deeper|deepest': 'low zoom, higher zoom, max zoom',
  'is well|is due|goes on': 'works, is needed, continues',
  'tells|holds': 'reports, says; contains',
  'in force': 'in use, current',
  'fruitless|troubles?': 'useless, issue, problem',
};

function filesOf(path: string): string[] {
  const absolute = join(root, path);
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .filter((name) => TEXT.test(name))
    .map((name) => join(path, name));
}

const files = PLACES.flatMap(filesOf);

it.each(Object.entries(WORDS))('no text says "%s": write %s', (words) => {
  const pattern = new RegExp(String.raw`\b(?:${words})\b`, 'i');
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
