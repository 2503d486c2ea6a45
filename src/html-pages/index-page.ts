/** The page at `/`. Without its script it shows the URLs; the script (`web/`) adds the map and the settings for clients. Pure. */
import {
  maxZoom,
  type Color,
  type Layer,
  type Sport,
  type TileSize,
  type ZoomAvailability,
} from '../catalog/index.js';
import { html, type Markup } from './html.js';
import { pageFrame, type PageFiles } from './page-frame.js';

export interface IndexPageOptions {
  readonly files: PageFiles;
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
  /** When the signed cookies expire, in milliseconds since the epoch; undefined without them. */
  readonly expiresAt: number | undefined;
  /** XYZ template of the base map, if configured. */
  readonly basemap: string | undefined;
}

export function indexPage(options: IndexPageOptions): string {
  const { files, link, wmtsKvp, layers, zoomAvailability, zoomLimit, basemap } = options;
  const topZoom = (size: TileSize) => maxZoom(size, zoomAvailability, zoomLimit);
  const icon = layers[0] && link(`/xyz/${layers[0].sport.id}/${layers[0].color.id}/0/0/0.png`);
  return pageFrame(
    { files, title: 'Strava heatmap', page: 'index', icon },
    html`<header>
        <h1>Strava heatmap</h1>
        <p>${layers.length} layers, one for each sport and colour, for QGIS, JOSM, phones and web maps.</p>
      </header>
      <main>
        ${session(options, topZoom)} ${pickers(layers)}
        <div
          id="map"
          role="application"
          aria-label="Map of the chosen layer"
          tabindex="0"
          data-basemap="${basemap ?? ''}"
        ></div>
        <p id="map-problem" role="status"></p>
        <section aria-labelledby="clients-title">
          <h2 id="clients-title">Use it in your map program</h2>
          <div id="clients"></div>
        </section>
        <section aria-labelledby="urls-title">
          <h2 id="urls-title">URLs</h2>
          <dl>
            ${url('WMTS (QGIS, ArcGIS, JOSM)', `${wmtsKvp}SERVICE=WMTS&REQUEST=GetCapabilities`)}
            ${url('WMTS, RESTful', link('/wmts/1.0.0/WMTSCapabilities.xml'))}
            ${url(`XYZ, 256 px, zoom 0-${topZoom(256)}`, link('/xyz/{sport}/{color}/{z}/{x}/{y}.png'))}
            ${url(`XYZ, 512 px, zoom 0-${topZoom(512)}`, link('/xyz/{sport}/{color}/{z}/{x}/{y}@2x.png'))}
            ${zoomAvailability === 'full' && url(`XYZ, 1024 px, zoom 0-${topZoom(1024)}`, link('/xyz/{sport}/{color}/{z}/{x}/{y}@4x.png'))}
            ${url('TileJSON', link('/tilejson/{sport}/{color}.json'))}
            ${url('Settings for clients, as JSON', link('/presets'))}
            ${url('Health, with the state of the cookies', link('/health'))}
          </dl>
          <details>
            <summary>All layers</summary>
            <ul class="layers">
              ${layers.map(({ identifier }) => html`<li><code>${identifier}</code></li>`)}
            </ul>
          </details>
        </section>
      </main>
      <footer>Unofficial, not affiliated with Strava. Heatmap © Strava.</footer>`,
  );
}

function url(title: string, value: string): Markup {
  return html`<dt>${title}</dt>
    <dd><code>${value}</code></dd>`;
}

/** The state of the session, what still works, and the ways to add a session. */
function session(
  { reason, action, expiresAt, zoomAvailability }: IndexPageOptions,
  topZoom: (size: TileSize) => number,
): Markup {
  if (reason === undefined)
    return html`<p>
      Strava session: valid.
      ${expiresAt !== undefined && html`Its cookies expire at ${timeOf(new Date(expiresAt))}; the gateway renews them before.`}
    </p>`;
  const limited = html`Until then the gateway serves zoom 0 to ${topZoom(256)} (256 px) and 0 to
  ${topZoom(512)} (512 px).`;
  return html`<div class="notice">
    <p>
      <strong>${capitalised(reason)}.</strong> ${action && html`${capitalised(action)}.`}
      ${zoomAvailability === 'anonymous' && limited}
    </p>
    <details>
      <summary>Add your Strava session</summary>
      <p>Use one of these ways; the gateway reads new cookies without a restart.</p>
      <ul>
        <li>
          Browser extension: install the folder <code>extension</code> of the project, log in to Strava, and
          click <em>Export</em> or <em>Push</em>.
        </li>
        <li>Command: <code>npx strava-heatmap-gateway login</code> opens a browser window; log in there.</li>
        <li>
          File: export the cookies of strava.com with any cookie exporter, then run
          <code>npx strava-heatmap-gateway cookies import FILE</code>.
        </li>
      </ul>
    </details>
  </div>`;
}

function timeOf(date: Date): Markup {
  const text = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

function pickers(layers: readonly Layer[]): Markup {
  const sports = unique(layers.map(({ sport }) => sport));
  const colors = unique(layers.map(({ color }) => color));
  return html`<form id="pickers" hidden>
    <label
      >Find a sport <input id="sport-filter" type="search" autocomplete="off" placeholder="e.g. ride"
    /></label>
    <label
      >Sport
      <select id="sport">
        ${groups(sports)}
      </select></label
    >
    <label
      >Colour
      <select id="color">
        ${colors.map((color) => option(color))}
      </select></label
    >
    <label
      >Tiles
      <select id="size">
        <option value="256">256 px</option>
        <option value="512">512 px</option>
      </select></label
    >
    <label>Opacity <input id="opacity" type="range" min="10" max="100" step="5" value="100" /></label>
  </form>`;
}

const GROUP_TITLES: Readonly<Record<Sport['group'], string>> = {
  top: 'All',
  foot: 'Foot',
  cycle: 'Cycle',
  water: 'Water',
  winter: 'Winter',
  other: 'Other',
  virtual: 'Virtual and indoor',
  weak: 'Little data',
  'no-data': 'No data seen',
  added: 'Added',
};

function groups(sports: readonly Sport[]): Markup[] {
  return unique(sports.map(({ group }) => ({ id: group }))).map(({ id }) => {
    const members = sports.filter(({ group }) => group === id);
    return html`<optgroup label="${GROUP_TITLES[id]}">
      ${members.map((sport) => option(sport, sport.keywords))}
    </optgroup>`;
  });
}

function option({ id, title }: Sport | Color, keywords: readonly string[] = []): Markup {
  return html`<option value="${id}" data-keywords="${keywords.join(' ')}">${title}</option>`;
}

function unique<T extends { readonly id: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
