/** A page of a web site, and the functions of its `page-functions.js`. */
import type { BrowserContext, Page } from 'playwright-core';
import type { Picture } from '../clients/pixels.js';

/** What of `fetch`'s options are used here; they travel into the page as JSON. */
export interface ReadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cache?: 'default' | 'no-cache' | 'force-cache';
  readonly mode?: 'cors' | 'no-cors';
}

export interface ReadAnswer {
  /** `cors`, `basic` or `opaque` (Fetch standard, 2.2.6). */
  readonly type: string;
  readonly status: number;
  /** Those that the page is let see. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface PictureAttributes {
  readonly crossOrigin?: 'anonymous';
  readonly referrerPolicy?: 'no-referrer';
}

type InPage<T> = Omit<T, 'body' | 'data'> & { readonly body?: string; readonly data?: string };

declare function read(url: string, init: ReadOptions): Promise<InPage<ReadAnswer> & { refused?: string }>;
declare function draw(
  url: string,
  attributes: PictureAttributes,
): Promise<InPage<Picture> & { tainted?: string }>;
declare function embed(name: string, attributes: Readonly<Record<string, string>>): Promise<'load' | 'error'>;

/** `fetch` in the page: the answer, or the name of the error with which it is rejected. */
export async function readIn(
  page: Page,
  url: string,
  options: ReadOptions = {},
): Promise<ReadAnswer | string> {
  const answer = await page.evaluate(([url, options]) => read(url, options), [url, options] as const);
  return answer.refused ?? { ...answer, body: Buffer.from(answer.body!, 'base64') };
}

/** The same where the page must see the answer. */
export async function readableIn(page: Page, url: string, options: ReadOptions = {}): Promise<ReadAnswer> {
  const answer = await readIn(page, url, options);
  if (typeof answer === 'string') throw new Error(`${page.url()} may not read ${url}: ${answer}`);
  return answer;
}

/** A picture drawn on a canvas: its pixels, or only its width when the page may not read them; 0 when it does not load. */
export async function drawIn(
  page: Page,
  url: string,
  attributes: PictureAttributes = {},
): Promise<Picture | { readonly width: number; readonly tainted?: string }> {
  const { data, ...rest } = await page.evaluate(([url, attributes]) => draw(url, attributes), [
    url,
    attributes,
  ] as const);
  return data === undefined ? rest : { ...rest, data: Buffer.from(data, 'base64') };
}

/** Whether an element with these attributes loads. */
export function embedIn(
  page: Page,
  name: 'iframe' | 'img' | 'link' | 'script',
  attributes: Readonly<Record<string, string>>,
): Promise<'load' | 'error'> {
  return page.evaluate(([name, attributes]) => embed(name, attributes), [name, attributes] as const);
}

export async function openPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  return page;
}
