/** The state of the Strava session, what still works, and the ways to add a session. Pure. */
import { maxZoom } from '../catalog/index.js';
import { html, type Markup } from './html.js';

/** The report of `/health`. */
export interface HealthReport {
  readonly status: 'ok' | 'anonymous' | 'degraded';
  /** RFC 3339, or null without signed cookies. */
  readonly cookies_expire: string | null;
  readonly reason: string | null;
  readonly action: string | null;
}

export interface SessionState {
  readonly health: HealthReport;
  /** Whether there are signed cookies for tile requests. */
  readonly hasCookies: boolean;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit?: number | undefined;
}

/** The script replaces the content while the page is open; a screen reader announces the change. */
export function sessionState(state: SessionState): Markup {
  return html`<div id="state" role="status">${content(state)}</div>`;
}

function content({ health, hasCookies, zoomLimit }: SessionState): Markup {
  const { status, cookies_expire: expiry, reason, action } = health;
  if (status === 'ok')
    return html`<p>
      The Strava session is valid.
      ${expiry !== null && html`Its cookies expire at ${timeOf(expiry)}; the gateway renews them before.`}
    </p>`;
  const anonymousZooms = [256, 512] as const;
  const zooms = anonymousZooms
    .map((size) => `0 to ${maxZoom(size, 'anonymous', zoomLimit)} (${size} px)`)
    .join(' and ');
  const works =
    status === 'anonymous'
      ? `Zoom ${zooms} works. Beyond, WMTS, TileJSON and the settings below enlarge the last zoom level; an XYZ URL alone gets no tile.`
      : `Tiles in the cache of the gateway are still served.${hasCookies ? '' : ` Zoom ${zooms} needs no session.`}`;
  return html`<div class="notice">
    <p><strong>${sentence(reason)}</strong> ${sentence(action)}</p>
    <p>${works}</p>
  </div>`;
}

/** `url`: base URL of the gateway, without an API key. */
export function waysToAddSession(url: string): Markup {
  return html`<details id="session">
    <summary>Add or replace the Strava session</summary>
    <p>Choose one way. The gateway reads new cookies without a restart.</p>
    <ul>
      <li>
        Browser extension: load the folder <code>extension</code> of the project, log in to Strava, enter this
        URL and the <code>ADMIN_KEY</code> of the gateway, and click <em>Push cookies to the gateway</em>.
        <span class="copy"><code data-copy="URL for the extension">${url}</code></span>
      </li>
      <li>
        Command, on a computer with a browser: a window opens; log in there.
        <span class="copy"><code data-copy="login command">npx strava-heatmap-gateway login</code></span>
      </li>
      <li>
        File: export the cookies of strava.com with any cookie exporter, and import the file.
        <span class="copy"
          ><code data-copy="import command">npx strava-heatmap-gateway cookies import FILE</code></span
        >
      </li>
    </ul>
  </details>`;
}

function timeOf(expiry: string): Markup {
  return html`<time datetime="${expiry}">${readable(expiry)}</time>`;
}

function sentence(clause: string | null): string {
  return clause ? readable(`${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`) : '';
}

/** The text with its times (RFC 3339, UTC) as people write them, to the minute. */
function readable(text: string): string {
  return text.replace(/(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z/g, '$1 $2 UTC');
}
