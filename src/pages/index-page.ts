/** The page at `/`. Pure. */
import { hash } from 'node:crypto';
import { maxZoom, type ZoomAvailability, type Layer, type TileSize } from '../catalog/index.js';

export interface IndexPageOptions {
  /** Returns the absolute URL of a path, with the API key. */
  readonly link: (path: string) => string;
  /** URL of the KVP encoding; ends in `?` or `&`. */
  readonly wmtsKvp: string;
  readonly layers: readonly Layer[];
  readonly zoomAvailability: ZoomAvailability;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit?: number | undefined;
  /** Why zoom levels are missing, and what to do; undefined if all are available. */
  readonly reason: string | undefined;
  readonly action: string | undefined;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const html = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
  code { background: #f3f0ee; padding: .1em .35em; border-radius: 3px; overflow-wrap: anywhere; }
  dt { font-weight: 600; margin-top: 1rem; }
  dd { margin: 0; }
  .map { background: #1d1f24; line-height: 0; border-radius: 6px; overflow: hidden; display: grid;
    grid-template-columns: repeat(4, 1fr); max-width: 40rem; }
  .map img { width: 100%; }
  .notice { border-left: 4px solid #fc4c02; background: #fff4ee; padding: .5rem 1rem; }
  .layers { columns: 16rem; font-size: .9rem; list-style: none; padding: 0; }
  footer { margin-top: 3rem; font-size: .85rem; color: #666; }
`;

/** Source expression of the Content-Security-Policy for the inline style of the page (CSP level 3, 2.3.1). */
export const STYLE_HASH = `sha256-${hash('sha256', STYLE, 'base64')}`;

export function indexPage(options: IndexPageOptions): string {
  const { link, wmtsKvp, layers, zoomAvailability, zoomLimit, reason, action } = options;
  const topZoom = (size: TileSize) => maxZoom(size, zoomAvailability, zoomLimit);
  const first = layers[0];
  const url = (title: string, value: string) => `<dt>${html(title)}</dt><dd><code>${html(value)}</code></dd>`;
  const tile = (z: number, x: number, y: number) =>
    html(link(`/xyz/${first?.sport.id}/${first?.color.id}/${z}/${x}/${y}@2x.png`));
  const cells = Array.from(
    { length: 16 },
    (_, i) => `<img alt="" src="${tile(2, i % 4, Math.floor(i / 4))}">`,
  );
  const notice = reason
    ? `<p class="notice"><strong>${html(capitalised(reason))}.</strong> ${html(capitalised(action ?? ''))}.${
        zoomAvailability === 'anonymous'
          ? ` Until then the gateway serves zoom 0 to ${topZoom(256)} (256 px) and 0 to ${topZoom(512)} (512 px).`
          : ''
      }</p>`
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>strava-heatmap-gateway</title>
<link rel="icon" href="${html(link(`/xyz/${first?.sport.id}/${first?.color.id}/0/0/0.png`))}">
<style>${STYLE}</style>
</head>
<body>
<h1>strava-heatmap-gateway</h1>
<p>The Strava Global Heatmap for map applications: ${layers.length} layers, one for each sport and colour.</p>
${notice}
<div class="map">${cells.join('')}</div>
<h2>URLs</h2>
<dl>
${url('WMTS (QGIS, ArcGIS, JOSM)', `${wmtsKvp}SERVICE=WMTS&REQUEST=GetCapabilities`)}
${url('WMTS, RESTful', link('/wmts/1.0.0/WMTSCapabilities.xml'))}
${url(`XYZ, 256 px, zoom 0-${topZoom(256)}`, link('/xyz/{sport}/{color}/{z}/{x}/{y}.png'))}
${url(`XYZ, 512 px, zoom 0-${topZoom(512)}`, link('/xyz/{sport}/{color}/{z}/{x}/{y}@2x.png'))}
${zoomAvailability === 'full' ? url(`XYZ, 1024 px, zoom 0-${topZoom(1024)}`, link('/xyz/{sport}/{color}/{z}/{x}/{y}@4x.png')) : ''}
${url('Health, with the state of the cookies', link('/health'))}
</dl>
<h2>Layers</h2>
<ul class="layers">${layers.map(({ identifier }) => `<li><code>${html(identifier)}</code></li>`).join('')}</ul>
<footer>Unofficial, not affiliated with Strava. Heatmap &copy; Strava.</footer>
</body>
</html>
`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
