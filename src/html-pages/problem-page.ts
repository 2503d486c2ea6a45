/** The page at `/` for a browser whose request is refused. Pure. It loads no files, which are refused as well. */
import { html } from './html.js';

export function problemPage(title: string, detail: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
      </head>
      <body>
        <h1>${title}</h1>
        <p>${detail}</p>
      </body>
    </html> `.text;
}
