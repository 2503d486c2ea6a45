/** One card for each client: a URL to copy, a file to download, a link to open, a QR code for phones, and the steps. */
import type { IndexEntry } from '../src/presets/presets-index.js';
import { copyButton } from './copy.js';
import { element } from './dom.js';
import { readJson } from './gateway.js';

/** Clients on phones, which open the link or the file of a QR code. */
const PHONE_CLIENTS = new Set(['osmand', 'locus', 'guru', 'oruxmaps', 'alpinequest', 'cartograph']);

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
  const source = element(
    'pre',
    { tabindex: '0', role: 'group', 'aria-label': `${title}: text to copy` },
    text ?? '',
  );
  const download = `Download ${fileName ?? 'file'}`;
  const open = { class: 'button', href: link ?? '', target: '_blank', rel: 'noreferrer' };
  return element(
    'details',
    {},
    element('summary', {}, title),
    ...(text === undefined ? [] : [source]),
    element(
      'p',
      { class: 'actions' },
      ...(text === undefined ? [] : [copyButton(source, `for ${title}`)]),
      ...(href === undefined
        ? []
        : [element('a', { class: 'button', href, download: fileName ?? '' }, download)]),
      ...(link === undefined ? [] : [element('a', open, `Open in ${title}`)]),
      ...(PHONE_CLIENTS.has(preset.id) ? [qrButton((link ?? href)!, title)] : []),
    ),
    element('ol', {}, ...steps.map((step) => element('li', {}, step))),
    element('p', { class: 'hint' }, `Zoom ${minZoom} to ${maxZoom}, tiles of ${tileSize} px`),
  );
}

function qrButton(link: string, title: string): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', 'aria-expanded': 'false' },
    'QR code',
    element('span', { class: 'unseen' }, ` for ${title}`),
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
