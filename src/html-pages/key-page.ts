/** The page at `/` for a browser without an API key. Pure. */
import { html } from './html.js';
import { pageFrame, type PageFiles } from './page-frame.js';

/** `problem`: why the key of the request was refused. */
export function keyPage(files: PageFiles, problem: string): string {
  return pageFrame(
    { files, title: 'API key - Strava heatmap', page: 'key' },
    html`<main>
      <h1>Strava heatmap</h1>
      <form id="key-form">
        <p><label for="key">API key</label></p>
        <p>
          <input
            id="key"
            type="password"
            autocomplete="current-password"
            required
            aria-describedby="key-problem"
          />
          <button type="submit">Open</button>
        </p>
        <p id="key-problem" role="alert">${problem}</p>
        <p>The operator of this gateway gives out keys. The page keeps the key in memory only.</p>
        <noscript
          ><p>Without JavaScript, add the key to the URL: <code>?key=KEY</code>.</p></noscript
        >
      </form>
    </main>`,
  );
}
