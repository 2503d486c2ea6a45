/** The resource of a CloudFront policy: a pattern for the whole URL, in which `*` matches any text and `?` one character. Pure. */

/** Path and query of a tile at the tile host, as far as a pattern can depend on them. */
const ANY_TILE = '/identified/globalheat/all/hot/0/0/0.png?px=256&v=20';

/** Whether `resource` gives access to the tiles below `tilesUrl`. A policy without a resource gives access to everything. */
export function opensTiles(resource: string | undefined, tilesUrl: string): boolean {
  return resource === undefined || matches(resource, new URL(tilesUrl).href.replace(/\/$/, '') + ANY_TILE);
}

/** Not a RegExp, whose backtracking is exponential for many stars. */
function matches(pattern: string, text: string): boolean {
  // The positions in `text` up to which the pattern read so far matches; each of its characters advances them.
  let positions = new Set([0]);
  for (const char of pattern.split('')) {
    const next = new Set<number>();
    if (char === '*') for (let at = Math.min(...positions); at <= text.length; at++) next.add(at);
    else
      for (const at of positions)
        if (at < text.length && (char === '?' || char === text[at])) next.add(at + 1);
    positions = next;
  }
  return positions.has(text.length);
}
