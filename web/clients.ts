/** One card for each client: a URL to copy, a file to download, a link to open, a QR code for phones, and the steps. */
import type { IndexEntry } from '../src/presets/presets-index.js';
import { element } from './dom.js';
import { readJson } from './gateway.js';

export async function loadPresets(layer: string, key: string | undefined): Promise<readonly IndexEntry[]> {
  const index = (await readJson(`presets?layer=${encodeURIComponent(layer)}`, key)) as {
    readonly clients: readonly IndexEntry[];
  };
  return index.clients;
}

export interface ClientCards {
  show(layer: string, presets: readonly IndexEntry[]): void;
  fail(problem: string): void;
}

export function clientCards(target: HTMLElement): ClientCards {
  const status = element('p', { role: 'status' });
  const list = element('div', { class: 'cards' });
  target.append(status, list);
  return {
    show(layer, presets) {
      status.textContent = `Settings for the layer ${layer}.`;
      list.replaceChildren(...presets.map(card));
    },
    fail(problem) {
      status.textContent = problem;
      list.replaceChildren();
    },
  };
}

function card(preset: IndexEntry): HTMLElement {
  const { title, steps, template, snippet, link, href, fileName, minZoom, maxZoom, tileSize } = preset;
  const text = template ?? snippet;
  const actions = [
    ...(text === undefined ? [] : [copyButton(text, title)]),
    ...(href === undefined
      ? []
      : [
          element('a', { class: 'button', href, download: fileName ?? '' }, `Download ${fileName ?? 'file'}`),
        ]),
    ...(link === undefined
      ? []
      : [
          element(
            'a',
            { class: 'button', href: link, target: '_blank', rel: 'noreferrer' },
            `Open in ${title}`,
          ),
          qrButton(link, title),
        ]),
  ];
  return element(
    'details',
    {},
    element('summary', {}, title),
    ...(text === undefined
      ? []
      : [element('pre', { tabindex: '0', 'aria-label': `${title}: text to copy` }, text)]),
    element('p', { class: 'actions' }, ...actions),
    element('ol', {}, ...steps.map((step) => element('li', {}, step))),
    element('p', { class: 'limits' }, `Zoom ${minZoom} to ${maxZoom}, tiles of ${tileSize} px`),
  );
}

function copyButton(text: string, title: string): HTMLButtonElement {
  const button = element('button', { type: 'button', 'aria-label': `Copy for ${title}` }, 'Copy');
  button.addEventListener('click', () => {
    copy(text, button).then(
      () => flash(button, 'Copied'),
      () => flash(button, 'Select the text and copy it'),
    );
  });
  return button;
}

/** Browsers offer the clipboard only to pages from HTTPS or this machine; elsewhere the text is selected and copied. */
async function copy(text: string, button: HTMLElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const source = button.closest('details')?.querySelector('pre');
  if (source) getSelection()?.selectAllChildren(source);
  if (!document.execCommand('copy')) throw new Error('The browser refuses to copy.');
}

function flash(button: HTMLButtonElement, text: string): void {
  const before = button.textContent;
  button.textContent = text;
  setTimeout(() => (button.textContent = before), 2000);
}

function qrButton(link: string, title: string): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', 'aria-expanded': 'false', 'aria-label': `QR code for ${title}` },
    'QR code',
  );
  button.addEventListener('click', () => {
    const place = button.closest('details')!;
    const shown = place.querySelector('.qr');
    button.setAttribute('aria-expanded', String(!shown));
    if (shown) return shown.remove();
    void import('./qr.js').then(({ qrCode }) => {
      button
        .closest('p')!
        .after(element('div', { class: 'qr' }, qrCode(link, `QR code of the link for ${title}`)));
    });
  });
  return button;
}
