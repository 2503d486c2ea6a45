/** The script of the page at `/`: layer pickers, map and settings for clients. Without it the page still shows every URL. */
import './style.css';
import { clientCards, loadPresets } from './clients.js';
import { onChoice, readChoice, writeChoice, type Choice } from './choice.js';
import { addCopyButtons } from './copy.js';
import { byId } from './dom.js';
import { filterOptions } from './filter.js';
import { messageOf } from './gateway.js';
import { keyForm } from './key-form.js';
import { watchState } from './state.js';

if (document.body.dataset['page'] === 'key') keyForm(start);
else start(undefined);

/** `key`: the API key of the key form, which is kept in memory only. */
function start(key: string | undefined): void {
  const sport = byId('sport', HTMLSelectElement);
  const color = byId('color', HTMLSelectElement);
  const size = byId('size', HTMLSelectElement);
  const opacity = byId('opacity', HTMLInputElement);
  filterOptions(byId('sport-filter', HTMLInputElement), sport);

  const choose = (choice: Choice) => {
    sport.value = choice.sport;
    color.value = choice.color;
    size.value = String(choice.size);
    opacity.value = String(choice.opacity);
  };
  const chosen = (): Choice => ({
    ...readChoice(),
    sport: sport.value,
    color: color.value,
    size: size.value === '512' ? 512 : 256,
    opacity: Number(opacity.value),
  });
  const initial = { ...chosen(), ...readChoice() };
  choose(isOffered(initial, sport, color) ? initial : chosen());
  byId('pickers', HTMLFormElement).hidden = false;
  byId('map-keys', HTMLElement).hidden = false;
  addCopyButtons(document);
  byId('skip', HTMLAnchorElement).addEventListener('click', (event) => {
    // The hash of the URL is for the layer.
    event.preventDefault();
    byId('clients-title', HTMLElement).focus();
  });

  const cards = clientCards(byId('clients', HTMLElement));
  let shown = '';
  const showCards = async ({ sport: s, color: c }: Choice) => {
    const layer = `${s}-${c}`;
    if (layer === shown) return;
    shown = layer;
    cards.show(layer, await loadPresets(layer, key));
  };

  const askSoon = watchState(key, () => {
    shown = '';
    void map.then((shownMap) => shownMap.reload());
    update();
  });
  // The map library is the largest part of the page; the text does not wait for it.
  const map = import('./map.js').then(({ showMap }) =>
    showMap(byId('map', HTMLElement), key, {
      onMove: (view) => writeChoice({ ...chosen(), view }),
      onTileError: askSoon,
    }),
  );
  const problem = byId('map-problem', HTMLElement);
  const update = () => {
    const choice = chosen();
    writeChoice(choice);
    map
      .then((shownMap) => shownMap.show(choice))
      .then(
        () => (problem.textContent = ''),
        (error: unknown) => (problem.textContent = messageOf(error)),
      );
    showCards(choice).catch((error: unknown) => cards.fail(messageOf(error)));
  };
  for (const picker of [sport, color, size]) picker.addEventListener('change', update);
  opacity.addEventListener('input', update);
  onChoice((choice) => {
    if (!isOffered(choice, sport, color)) return;
    choose(choice);
    update();
  });
  update();
}

function isOffered({ sport, color }: Choice, sports: HTMLSelectElement, colors: HTMLSelectElement): boolean {
  const has = (select: HTMLSelectElement, value: string) =>
    [...select.options].some((option) => option.value === value);
  return has(sports, sport) && has(colors, color);
}
