/** Keeps the state of the session current: asks /health while the page is visible, and shows what the gateway then says. */
import { addCopyButtons } from './copy.js';
import { byId, element } from './dom.js';
import { messageOf, readText } from './gateway.js';

const INTERVAL_MS = 20_000;
const SOON_MS = 2_000;

interface Health {
  readonly text: string;
  readonly status: string;
}

/** `onRecovery` is called when more tiles may be available. Returns a function that asks soon, for a tile that failed. */
export function watchState(key: string | undefined, onRecovery: () => void): () => void {
  /** The last response; undefined at first, because the page has the state of its load, and null without a response. */
  let known: Health | null | undefined;
  const check = async () => {
    if (document.hidden) return;
    const text = await readText('health', 'application/json', key);
    const { status } = JSON.parse(text) as Health;
    const before = known;
    if (before !== undefined && before?.text !== text) await showNewState(key);
    known = { text, status };
    if (before !== undefined && before?.status !== status && status !== 'degraded') onRecovery();
  };
  const checkOrSay = () => {
    check().catch((error: unknown) => {
      if (known !== null) showProblem(messageOf(error));
      known = null;
    });
  };
  setInterval(checkOrSay, INTERVAL_MS);
  document.addEventListener('visibilitychange', checkOrSay);
  checkOrSay();
  let soon: ReturnType<typeof setTimeout> | undefined;
  return () => {
    soon ??= setTimeout(() => {
      soon = undefined;
      checkOrSay();
    }, SOON_MS);
  };
}

/** The state and the URLs with their zoom levels, from a new copy of the page. */
async function showNewState(key: string | undefined): Promise<void> {
  const page = new DOMParser().parseFromString(await readText('', 'text/html', key), 'text/html');
  for (const id of ['state', 'urls'])
    byId(id, HTMLElement).replaceChildren(...(page.getElementById(id)?.childNodes ?? []));
  addCopyButtons(byId('urls', HTMLElement));
}

function showProblem(problem: string): void {
  const advice = `Start the gateway again, or check the network. The page asks again every ${INTERVAL_MS / 1000} seconds.`;
  byId('state', HTMLElement).replaceChildren(
    element(
      'div',
      { class: 'notice' },
      element('p', {}, element('strong', {}, problem), ` ${advice}`),
      element('p', {}, 'The map shows only tiles that the browser has kept.'),
    ),
  );
}
