/** The Markdown pages of the project: their headings, links and code, each with its line. */
import { readFileSync } from 'node:fs';
import type { Parser } from 'prettier';
import { parsers } from 'prettier/plugins/markdown';

export interface Code {
  /** Path and line, such as `README.md:12`. */
  readonly place: string;
  readonly text: string;
  /** Language of a fenced block, empty without one; `inline` for code in a sentence. */
  readonly language: string;
}

export interface Link {
  readonly place: string;
  readonly url: string;
}

export interface Page {
  readonly path: string;
  readonly codes: readonly Code[];
  readonly links: readonly Link[];
  /** The anchors that GitHub gives to its headings. */
  readonly anchors: ReadonlySet<string>;
}

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly lang?: string | null;
  readonly url?: string;
  readonly children?: readonly Node[];
  readonly position: { readonly start: { readonly line: number } };
}

export async function readPage(path: string): Promise<Page> {
  const { parse } = parsers.markdown as Parser<Node>;
  const root = await parse(readFileSync(path, 'utf8'), {} as never);
  const nodes = [...descendants(root)];
  const place = ({ position }: Node) => `${path}:${position.start.line}`;
  return {
    path,
    codes: nodes.flatMap((node) =>
      node.type === 'code' || node.type === 'inlineCode'
        ? [
            {
              place: place(node),
              text: node.value!,
              language: node.type === 'inlineCode' ? 'inline' : (node.lang ?? ''),
            },
          ]
        : [],
    ),
    links: nodes.flatMap((node) => [
      ...(node.url === undefined ? [] : [{ place: place(node), url: node.url }]),
      ...(node.type === 'html' ? htmlLinks(node).map((url) => ({ place: place(node), url })) : []),
    ]),
    anchors: anchorsOf(nodes.filter(({ type }) => type === 'heading').map(textOf)),
  };
}

function* descendants(node: Node): Iterable<Node> {
  yield node;
  for (const child of node.children ?? []) yield* descendants(child);
}

const textOf = (node: Node): string => node.value ?? (node.children ?? []).map(textOf).join('');

const htmlLinks = ({ value = '' }: Node) =>
  [...value.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);

/** GitHub numbers equal anchors. */
function anchorsOf(titles: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const title of titles) {
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let numbered = anchor;
    for (let number = 1; anchors.has(numbered); number++) numbered = `${anchor}-${number}`;
    anchors.add(numbered);
  }
  return anchors;
}
