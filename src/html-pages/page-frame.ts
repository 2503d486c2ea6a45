/** What all pages share: head, style and script. Pure. */
import { html, type Markup } from './html.js';

/** URLs of the bundled files of the page. */
export interface PageFiles {
  /** Relative URL of the root of the gateway; ends in a slash. */
  readonly base: string;
  readonly script: string;
  readonly style: string;
}

export interface FrameOptions {
  readonly files: PageFiles;
  readonly title: string;
  /** Selects what the script does. */
  readonly page: 'index' | 'key';
  readonly icon?: string | undefined;
}

export function pageFrame({ files, title, page, icon }: FrameOptions, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="${icon ?? 'data:,'}" />
        <link rel="stylesheet" href="${files.style}" />
        <script type="module" src="${files.script}"></script>
      </head>
      <body data-page="${page}" data-base="${files.base}">
        ${body}
      </body>
    </html> `.text;
}
