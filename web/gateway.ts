/** Requests of the page to its gateway. */

export interface TileJson {
  readonly tiles: readonly string[];
  readonly maxzoom: number;
  readonly attribution: string;
}

const TIMEOUT_MS = 15_000;

/** URL of `path` next to the page, with `/k/{key}` or `?key=` as in the URL of the page. */
function urlOf(path: string, key: string | undefined): URL {
  const url = new URL(`${document.body.dataset['base'] ?? './'}${path}`, document.baseURI);
  // The documents repeat a key of the query in the URLs that clients get. The key of the form replaces a wrong one in the URL.
  const query = key === undefined ? new URLSearchParams(location.search) : new URLSearchParams({ key });
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}

/** The text at `path`; throws an Error with the detail of the gateway's problem. */
export async function readText(path: string, accept: string, key: string | undefined): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // The browser keeps documents for minutes, but zoom levels change with the session.
  const options = { headers: { accept }, cache: 'no-cache', signal } as const;
  const response = await fetch(urlOf(path, key), options).catch(() => {
    throw new Error('The gateway does not respond.');
  });
  if (response.ok) return response.text();
  const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string };
  throw new Error(problem.detail ?? `The gateway responded with status ${response.status}.`);
}

/** The JSON document at `path`; throws as {@link readText}. */
export async function readJson(path: string, key: string | undefined): Promise<unknown> {
  return JSON.parse(await readText(path, 'application/json', key));
}

/** The TileJSON document of a layer. */
export async function readTileJson(
  sport: string,
  color: string,
  size: 256 | 512,
  key: string | undefined,
): Promise<TileJson> {
  return (await readJson(`tilejson/${sport}/${color}${size === 512 ? '@2x' : ''}.json`, key)) as TileJson;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
