/** The detail of a 404 for a URL without a route: it names the URL to use. Pure. */

const XYZ = '/xyz/{sport}/{color}/{z}/{x}/{y}.png';
const TILES = `tiles are at ${XYZ}`;
const WMTS = 'the WMTS is at /wmts?SERVICE=WMTS&REQUEST=GetCapabilities';
const PATHS_OF_OGC_SERVICES =
  /^\/(?:.*\/)?(?:ows|wms|wfs|wmts|gwc|tilecache|mapserv(?:er)?|mapproxy|geoserver|services?|capabilities(?:\.xml)?|wmtscapabilities(?:\.xml)?)(?:\/|$)/i;

/** For the URLs of other programs and common guesses. The first match counts. */
const HINTS: readonly (readonly [path: RegExp, hint: string])[] = [
  [
    /^\/personal\//i,
    `the gateway has no personal heatmap; tiles of the global heatmap are at ${XYZ} or /global/{color}/{sport}/{z}/{x}/{y}.png`,
  ],
  [/^\/tms(?:\/|$)/i, 'the TMS is at /tms/1.0.0, its tiles at /tms/1.0.0/{sport}-{color}/{z}/{x}/{y}.png'],
  [
    /^\/wmts\/.*\/\d+\/\d+\/\d+/i,
    'RESTful tiles are at /wmts/1.0.0/{Layer}/default/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png',
  ],
  [/\/-?\d+\/-?\d+\/-?\d+(?:@\w+)?(?:\.\w+)?\/?$/, TILES],
  [/^\/xyz(?:\/|$)/i, TILES],
  [/(?:^\/tilejson(?:\/|$)|\.json\/?$)/i, 'TileJSON documents are at /tilejson/{sport}/{color}.json'],
  [PATHS_OF_OGC_SERVICES, WMTS],
  [/^\/(?:status|healthz?|ping)(?:\/|$)/i, 'the state of the gateway is at /health'],
  [/^\/(?:live|ready|healthy|liveness|readiness)z?(?:\/|$)/i, 'the probes are at /livez and /readyz'],
];

export function notFoundDetail(target: string): string {
  const [path = ''] = target.split('?', 1);
  const hint = isOgcRequest(target) ? WMTS : HINTS.find(([known]) => known.test(path))?.[1];
  return `There is nothing at this URL; ${hint ?? 'the page at / lists the URLs'}.`;
}

/** Whether the query is that of an OGC service, whose clients read exception reports. */
export function isOgcRequest(target: string): boolean {
  return /[?&;]service=/i.test(target);
}
