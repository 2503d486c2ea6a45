/** The page at `/`. Without its script it shows the URLs; the script (`web/`) adds the map and the settings for clients. Pure. */
import { maxZoom, type Layer, type TileSize, type ZoomAvailability } from '../catalog/index.js';
import { html, type Markup } from './html.js';
import { layerPickers } from './layer-pickers.js';
import { pageFrame, type PageFiles } from './page-frame.js';
import { sessionState, waysToAddSession, type SessionState } from './session-section.js';

export interface IndexPageOptions extends SessionState {
  readonly files: PageFiles;
  /** Base URL of the gateway, without an API key. */
  readonly baseUrl: string;
  /** Returns the absolute URL of a path, with the API key. */
  readonly link: (path: string) => string;
  /** URL of the KVP encoding; ends in `?` or `&`. */
  readonly wmtsKvp: string;
  readonly layers: readonly Layer[];
  readonly zoomAvailability: ZoomAvailability;
  /** XYZ template of the base map, if configured. */
  readonly basemap: string | undefined;
  /** Set if `baseUrl` is for this machine only; with the settings by which the gateway listens to the network, unless it does. */
  readonly localOnly: { readonly settings: string | undefined } | undefined;
}

export function indexPage(options: IndexPageOptions): string {
  const { files, link, layers, baseUrl, basemap } = options;
  const icon = layers[0] && link(`/xyz/${layers[0].sport.id}/${layers[0].color.id}/0/0/0.png`);
  return pageFrame(
    { files, title: 'Strava heatmap', page: 'index', icon },
    html`<a id="skip" href="#clients-title">Skip to the settings for map programs</a>
      <header>
        <h1>Strava heatmap</h1>
        <p>${layers.length} layers, one for each sport and colour, for QGIS, JOSM, phones and web maps.</p>
      </header>
      <main>
        ${sessionState(options)} ${waysToAddSession(baseUrl)} ${layerPickers(layers)}
        <div
          id="map"
          role="application"
          aria-label="Map of the chosen layer"
          aria-describedby="map-keys"
          tabindex="0"
          data-basemap="${basemap ?? ''}"
        ></div>
        <p id="map-keys" class="hint" hidden>Keyboard: arrow keys move the map, + and - zoom.</p>
        <p id="map-problem" role="status"></p>
        <section aria-labelledby="clients-title">
          <h2 id="clients-title" tabindex="-1">Use it in your map program</h2>
          ${phone(options)}
          <div id="clients"></div>
        </section>
        <section aria-labelledby="urls-title">
          <h2 id="urls-title">URLs</h2>
          ${urls(options)}
          <details>
            <summary>All layers</summary>
            <ul class="layers">
              ${layers.map(({ identifier }) => html`<li><code>${identifier}</code></li>`)}
            </ul>
          </details>
        </section>
      </main>
      <footer>Unofficial, not affiliated with Strava. Heatmap © Strava.</footer>
      <div id="announcement" class="unseen" role="status"></div>`,
  );
}

function urls({ link, wmtsKvp, zoomAvailability, zoomLimit }: IndexPageOptions): Markup {
  const xyz = (size: TileSize, suffix: string) =>
    url(
      `XYZ, ${size} px, zoom 0-${maxZoom(size, zoomAvailability, zoomLimit)}`,
      link(`/xyz/{sport}/{color}/{z}/{x}/{y}${suffix}.png`),
    );
  return html`<dl id="urls">
    ${url('WMTS (QGIS, ArcGIS, JOSM)', `${wmtsKvp}SERVICE=WMTS&REQUEST=GetCapabilities`)}
    ${url('WMTS, RESTful', link('/wmts/1.0.0/WMTSCapabilities.xml'))} ${xyz(256, '')} ${xyz(512, '@2x')}
    ${zoomAvailability === 'full' && xyz(1024, '@4x')}
    ${url('TileJSON', link('/tilejson/{sport}/{color}.json'))}
    ${url('Settings for clients, as JSON', link('/presets'))}
    ${url('Health, with the state of the cookies', link('/health'))}
  </dl>`;
}

function url(title: string, value: string): Markup {
  return html`<dt>${title}</dt>
    <dd class="copy"><code data-copy="${title}">${value}</code></dd>`;
}

/** How to open the page on a phone, if its URL is for this machine only. */
function phone({ localOnly, baseUrl }: IndexPageOptions): Markup | undefined {
  if (localOnly === undefined) return undefined;
  const { settings } = localOnly;
  const { port } = new URL(baseUrl);
  const start =
    settings !== undefined &&
    html`start the gateway with <code>${settings}</code> in a network that you trust, and`;
  return html`<p>
    For a phone in the same network, ${start} open <code>http://ADDRESS${port && `:${port}`}/</code> there.
    ADDRESS is the network address of this computer.
  </p>`;
}
