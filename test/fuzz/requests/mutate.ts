/** Random small changes to a text. Pure. */
import type { Random } from '../../support/run/random.js';

const SPECIAL = '/?#&=;%.:@\\\0\r\n\t "\'<>{}[]|^`~*,+-0123456789\x7f\x80\xff';

/** A Latin-1 text with one to eight changes. */
export function mutate(random: Random, text: string): string {
  let result = text;
  for (let left = 1 + random.below(8); left > 0 && result.length > 0; left--) {
    const at = random.below(result.length);
    const length = random.below(Math.min(20, result.length - at));
    const before = result.slice(0, at);
    const after = result.slice(at);
    result = random.pick([
      () => before + String.fromCharCode(after.charCodeAt(0) ^ (1 << random.below(8))) + after.slice(1),
      () => before + random.text(SPECIAL, 1) + after.slice(1),
      () => before + random.text(SPECIAL, 1) + after,
      () => before + random.noise(3) + after,
      () => before + after.slice(length),
      () => before + after.slice(0, length).repeat(2 + random.below(5)) + after.slice(length),
      () => before + reversed(after.slice(0, length)) + after.slice(length),
      () => before + encodeURIComponent(after.slice(0, length)) + after.slice(length),
    ])();
  }
  return result;
}

const reversed = (text: string): string => text.split('').reverse().join('');
