import { announce } from './dom.js';

/** Shows only those options of `select` whose text contains the words of `input`. The chosen option stays. */
export function filterOptions(input: HTMLInputElement, select: HTMLSelectElement): void {
  const options = [...select.options].map((option) => ({
    option,
    group: option.parentElement!,
    text: `${option.text} ${option.value} ${option.dataset['keywords'] ?? ''}`.toLowerCase(),
  }));
  const groups = [...select.children];
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = select.value;
    const found = options.filter(
      ({ option, text }) => option.value === chosen || words.every((word) => text.includes(word)),
    );
    // Removed, because Safari shows hidden options.
    for (const { option } of options) option.remove();
    for (const { option, group } of found) group.append(option);
    select.replaceChildren(...groups.filter((group) => group.childElementCount > 0));
    // A removal selects another option.
    select.value = chosen;
    announce(`${found.length} sports`);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const match = [...select.options].find(({ value }) => value !== select.value) ?? select.options[0];
    if (match && input.value !== '') select.value = match.value;
    select.dispatchEvent(new Event('change'));
    announce(`Sport: ${select.selectedOptions[0]?.text ?? ''}`);
  });
}
