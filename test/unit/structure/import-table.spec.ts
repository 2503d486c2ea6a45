import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { IMPORT_TABLE } from '../../../scripts/import-table.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const src = join(root, 'src');
const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
  .map((entry) => relative(src, join(entry.parentPath, entry.name)));

/** The folder of `src`, or the file directly in it. */
const moduleOf = (path: string) => path.split('/', 1)[0]!;

/** The paths, relative to `src`, that `file` imports from there. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)].map(([, target = '']) =>
    normalize(join(dirname(file), target)),
  );
}

/** Permissions of the table that cover an import of `path`. */
const permissionsFor = (path: string) => [path, path.replace(/\.js$/, '.ts'), moduleOf(path)];

describe('the import table', () => {
  it('has a row for each folder of src and each file directly in it, and no other row', () => {
    expect([...new Set(files.map(moduleOf))].sort()).toEqual(Object.keys(IMPORT_TABLE).sort());
  });

  it('names modules that exist', () => {
    for (const { imports } of Object.values(IMPORT_TABLE))
      for (const name of imports)
        expect([
          ...Object.keys(IMPORT_TABLE),
          ...files.map((file) => file.replace(/\.ts$/, '.js')),
        ]).toContain(name);
  });

  it.each(Object.keys(IMPORT_TABLE))('allows %s exactly the modules that it imports', (module) => {
    const own = files.filter((file) => moduleOf(file) === module);
    const imported = own.flatMap(importsOf).filter((path) => !permissionsFor(path).includes(module));
    const { imports } = IMPORT_TABLE[module]!;
    const allowed = (path: string) => permissionsFor(path).some((name) => imports.includes(name));
    expect(imported.filter((path) => !allowed(path))).toEqual([]);
    const used = new Set(imported.flatMap(permissionsFor));
    expect(imports.filter((name) => !used.has(name))).toEqual([]);
  });

  it('covers every depth of folders that src has', () => {
    expect(files.filter((file) => file.split('/').length > 3)).toEqual([]);
  });

  it('is the source of the lint rules and of the table in CONTRIBUTING', async () => {
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'scripts/import-table.mjs'), '--check'],
      { cwd: root },
    ).catch((error: unknown) => error as { stderr: string });
    expect(stderr).toBe('');
  });

  it('lists each module after all that it imports, so it has no cycle', () => {
    const order = Object.keys(IMPORT_TABLE);
    for (const [module, { imports }] of Object.entries(IMPORT_TABLE))
      for (const name of imports)
        expect([
          module,
          name,
          order.indexOf(name in IMPORT_TABLE ? name : moduleOf(name)) < order.indexOf(module),
        ]).toEqual([module, name, true]);
  });
});
