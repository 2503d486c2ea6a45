/** The form that selects the layer of the map. The script of the page shows it. Pure. */
import type { Color, Layer, Sport } from '../catalog/index.js';
import { html, type Markup } from './html.js';

export function layerPickers(layers: readonly Layer[]): Markup {
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
