/** Links between pages: the file and the heading exist. Links to other sites: the URL is well-formed and uses HTTPS. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Page } from './pages.js';

export function brokenLinks(pages: readonly Page[]): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap(({ path, links }) =>
    links.flatMap(({ place, url }) => {
      const problem = /^[a-z]+:/.test(url) ? externalProblem(url) : internalProblem(path, url, byPath);
      return problem === undefined ? [] : [`${place} ${url}: ${problem}`];
    }),
  );
}

function externalProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return 'not a URL';
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || hostname === '127.0.0.1' ? undefined : 'not https';
}

function internalProblem(from: string, url: string, pages: ReadonlyMap<string, Page>): string | undefined {
  const [file, anchor] = url.split('#', 2) as [string, string?];
  const path = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (!existsSync(path)) return `no file ${path}`;
  if (anchor === undefined || pages.get(path)?.anchors.has(anchor) === true) return undefined;
  return `no heading for #${anchor} in ${path}`;
}
