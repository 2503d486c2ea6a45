/** What strangers send: text with everything that a parser may trip over, and good things a little wrong. */
import fc from 'fast-check';

const CONTROLS = ['\0', '\x01', '\x1b', '\x7f', '\x85', '\t', '\n', '\r\n', '\r', '\u2028'];
const LETTERS = ['\uFEFF', '\uFFFE', '\uD800', '\uDC00', '😀', 'é', 'ſ', 'K', '١', '９'];
const WORDS = ['__proto__', '..', '$&', '$1', '%00', '%2F', '//', ']]>', '<!--', '&lt;'];
const SIGNS = ['"', "'", '<', '>', '&', '{', '}', '[', ']', '(', '|', '\\', ' ', '%', '*', '?', '#', '@'];
const STOPS = [':', ';', ',', '=', '-', '+', '/'];
const ODD_PARTS = [...CONTROLS, ...LETTERS, ...WORDS, ...SIGNS, ...STOPS];

const letter = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 });
const anyLetter = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });

/** Any text, of control characters, halves of letters, markup and plain letters. */
export const oddText = (maxLength = 30): fc.Arbitrary<string> =>
  fc.string({ unit: fc.oneof(fc.constantFrom(...ODD_PARTS), anyLetter, letter), maxLength, size: 'max' });

/** Matches a text that has some of a secret in it. No message of ours has such a sequence. */
export const LEAK = /[QXZ]{3}/;
/** A secret that {@link LEAK} finds again, even a part of it. */
export const secretText = (minLength = 8, maxLength = 40): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('Q', 'X', 'Z'), minLength, maxLength, size: 'max' });

/** `text` as it comes out of UTF-8: halves of letters become U+FFFD. */
export const wellFormed = (text: string): string => Buffer.from(text).toString();

/** Letters of any case. */
export const recased = (text: string): fc.Arbitrary<string> => fc.mixedCase(fc.constant(text));

/** `text` with one to three small changes: something put in, left out or written over, or the end cut off. */
export function edited(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.nat(3), fc.constant(Number.POSITIVE_INFINITY)),
    put: oddText(3),
  });
  return fc.tuple(text, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([original, edits]) =>
    edits.reduce((changed, { at, length, put }) => {
      const start = Math.floor(at * (changed.length + 1));
      return changed.slice(0, start) + put + changed.slice(start + length);
    }, original),
  );
}

/** One of `words` a little wrong, or any text. */
export const wrong = (...words: readonly string[]): fc.Arbitrary<string> => {
  const word = fc.constantFrom(...words);
  const odd = fc.oneof(fc.constantFrom(...ODD_PARTS), fc.constantFrom(' ', '\t', '\n'));
  const end = fc.oneof(fc.constant(''), odd);
  const extended = fc.tuple(end, word, end).map((parts) => parts.join(''));
  return fc.oneof({ arbitrary: extended, weight: 2 }, edited(word), word.chain(recased), oddText());
};

/** One of `words`, the same a little wrong, or any text. */
export const nearly = (...words: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(fc.constantFrom(...words), wrong(...words));

/** `whole` with one of its parts another, or several of them. */
export function altered<T extends object>(
  whole: T,
  others: { readonly [K in keyof T]?: fc.Arbitrary<T[K]> },
): fc.Arbitrary<T> {
  const parts = Object.entries(others) as [string, fc.Arbitrary<unknown>][];
  const chosen = fc.oneof(
    { arbitrary: fc.constantFrom(...parts).map((part) => [part]), weight: 2 },
    fc.subarray(parts, { minLength: 1 }),
  );
  return chosen
    .chain((some) => fc.record(Object.fromEntries(some)))
    .map((changes) => ({ ...whole, ...changes }));
}

/** What people and programs write for a number. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: -2, max: 20 }).map(String),
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.stringMatching(/^-?[1-9]\d{12,16}$/),
  fc.double().map(String),
  fc.nat(70_000).map((n) => `0x${n.toString(16)}`),
  fc.nat(20).map((n) => `${n}e${n}`),
  fc.constantFrom('', '-0', '+1', '00', '01', '1.0', '.5', '1e0', '١', '1_0', 'NaN', 'Infinity', '1n', '９'),
  edited(fc.nat(70_000).map(String)),
);

/** A time that a cookie may end at, in whole seconds since the epoch. */
export const epochSeconds: fc.Arbitrary<number> = fc.integer({ min: 0, max: 253_402_300_799 });
