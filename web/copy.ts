/** Buttons that copy the text of an element. */
import { announce, element } from './dom.js';

/** `name` says what is copied, for users who do not see the place of the button. */
export function copyButton(source: HTMLElement, name: string): HTMLButtonElement {
  const label = element('span', {}, 'Copy');
  const button = element(
    'button',
    { type: 'button' },
    label,
    element('span', { class: 'unseen' }, ` ${name}`),
  );
  const say = (text: string) => {
    label.textContent = text;
    announce(`${text}: ${name}`);
    setTimeout(() => (label.textContent = 'Copy'), 2000);
  };
  button.addEventListener('click', () => {
    copy(source).then(
      () => say('Copied'),
      () => say('Select the text and copy it'),
    );
  });
  return button;
}

/** Adds a button to each element with `data-copy`. */
export function addCopyButtons(target: ParentNode): void {
  for (const source of target.querySelectorAll<HTMLElement>('[data-copy]'))
    source.after(copyButton(source, source.dataset['copy']!));
}

/** Browsers offer the clipboard only to pages from HTTPS or this machine; elsewhere the text is selected and copied. */
async function copy(source: HTMLElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(source.textContent);
  getSelection()?.selectAllChildren(source);
  if (!document.execCommand('copy')) throw new Error('The browser refuses to copy.');
}
