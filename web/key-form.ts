/** The page that asks for an API key: with a valid key it becomes the page of the gateway. The key stays in memory. */
import { byId } from './dom.js';

export function keyForm(start: (key: string) => void): void {
  const form = byId('key-form', HTMLFormElement);
  const input = byId('key', HTMLInputElement);
  const problem = byId('key-problem', HTMLElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    open(input.value.trim()).catch((error: unknown) => {
      problem.textContent = error instanceof Error ? error.message : String(error);
      input.setAttribute('aria-invalid', 'true');
      input.focus();
    });
  });

  async function open(key: string): Promise<void> {
    // With the key in the query, every URL of the page has it, ready to copy. The address bar does not change.
    const page = new URL('?' + new URLSearchParams({ key }), document.baseURI);
    const response = await fetch(page, { headers: { accept: 'text/html' } });
    const text = await response.text();
    if (response.status === 401) throw new Error('The gateway does not accept this key.');
    if (!response.ok) throw new Error(`The gateway responded with status ${response.status}.`);
    const opened = new DOMParser().parseFromString(text, 'text/html');
    document.title = opened.title;
    document.body.replaceWith(opened.body);
    start(key);
  }
}
