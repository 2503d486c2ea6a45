/** The pages of the clients are complete: each client of the presets is in the table, and pictures and links exist. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CLIENTS } from '../../src/presets/clients.js';

const FOLDER = 'docs/clients';
const PICTURES = 'docs/images/clients';
const MAX_PICTURE_BYTES = 200_000;

const pages = new Map(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const),
);
const rows = pages
  .get('README.md')!
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const rowsOf = (id: string) => rows.filter(([, , presets]) => presets!.includes(`\`${id}\``));
const linksOf = (text: string) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, url]) => url!);

describe('the table of clients', () => {
  it.each([...new Set(CLIENTS.map(({ id }) => id))])(
    'has one row for the preset %s, with a page that names the client',
    (id) => {
      expect(rowsOf(id)).toHaveLength(1);
      const [, client, , , page] = rowsOf(id)[0]!;
      const [name] = linksOf(page!)[0]!.split('#');
      const [firstName] = client!.split(',');
      expect(pages.get(name!)).toContain(firstName);
    },
  );

  it('has no preset that does not exist', () => {
    const named = rows.flatMap(([, , presets]) => [...presets!.matchAll(/`([^`]+)`/g)].map(([, id]) => id!));
    expect(named.sort()).toEqual([...new Set(CLIENTS.map(({ id }) => id))].sort());
  });
});

describe('the files of the presets', () => {
  const text = [...pages.values()].join('\n');
  it.each(
    CLIENTS.flatMap(({ id, file }) =>
      file
        ? [
            file.layers === 'one'
              ? `/presets/${id}/{Layer}.${file.extension}`
              : `/presets/${id}.${file.extension}`,
          ]
        : [],
    ),
  )('%s is in the pages', (path) => {
    expect(text).toContain(path.replace('{Layer}', path.startsWith('/presets/gdal') ? 'all-hot' : '{Layer}'));
  });
});

describe('the pictures', () => {
  it.each(readdirSync(PICTURES))('%s is small and in a page', (name) => {
    expect(statSync(join(PICTURES, name)).size).toBeLessThan(MAX_PICTURE_BYTES);
    expect([...pages.values()].some((text) => text.includes(`../images/clients/${name}`))).toBe(true);
  });
});

describe('the links', () => {
  it.each([...pages.keys()])('of %s lead to files', (name) => {
    const local = linksOf(pages.get(name)!).filter((url) => !/^(?:https:|#)/.test(url));
    for (const url of local) {
      const path = normalize(join(dirname(join(FOLDER, name)), url.split('#')[0]!));
      expect([path, existsSync(path)]).toEqual([path, true]);
    }
  });
});
