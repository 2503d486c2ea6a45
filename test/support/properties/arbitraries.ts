/** Untrusted input: text with everything that can confuse a parser, and valid input with small errors. */
import fc from 'fast-check';

const CONTROLS = ['\0', '\x01', '\x1b', '\x7f', '\x85', '\t', '\n', '\r\n', '\r', '\u2028'];
const CHARACTERS = ['\uFEFF', '\uFFFE', '\uD800', '\uDC00', '😀', 'é', 'ſ', 'K', '١', '９'];
const WORDS = ['__proto__', '..', '$&', '$1', '%00', '%2F', '//', ']]>', '<!--', '&lt;'];
const PUNCTUATION = [
  '"',
  "'",
  '<',
  '>',
  '&',
  '{',
  '}',
  '[',
  ']',
  '(',
  '|',
  '\\',
  ' ',
  '%',
  '*',
  '?',
  '#',
  '@',
];
const STOPS = [':', ';', ',', '=', '-', '+', '/'];
const ODD_PARTS = [...CONTROLS, ...CHARACTERS, ...WORDS, ...PUNCTUATION, ...STOPS];

const character = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 });
const anyCharacter = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });

/** Any text of control characters, unpaired surrogates, markup and plain characters, without the letters of {@link LEAK}. */
export const oddText = (maxLength = 30): fc.Arbitrary<string> =>
  fc
    .string({
      unit: fc.oneof(fc.constantFrom(...ODD_PARTS), anyCharacter, character),
      maxLength,
      size: 'max',
    })
    .map((text) => text.replace(/[QXZ]/g, (letter) => letter.toLowerCase()));

/** Matches a text that contains a part of a secret. No message of the gateway has such a sequence. */
export const LEAK = /[QXZ]{3}/;
/** A secret of which {@link LEAK} finds any part. */
export const secretText = (minLength = 8, maxLength = 40): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('Q', 'X', 'Z'), minLength, maxLength, size: 'max' });

/** `text` after encoding and decoding as UTF-8: unpaired surrogates become U+FFFD. */
export const wellFormed = (text: string): string => Buffer.from(text).toString();

/** The text in random case. */
export const recased = (text: string): fc.Arbitrary<string> => fc.mixedCase(fc.constant(text));

/** `text` with one to three small changes: characters inserted, deleted or replaced, or the end cut off. */
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

/** One of `words` with a small error, or any text. */
export const wrong = (...words: readonly string[]): fc.Arbitrary<string> => {
  const word = fc.constantFrom(...words);
  const odd = fc.oneof(fc.constantFrom(...ODD_PARTS), fc.constantFrom(' ', '\t', '\n'));
  const end = fc.oneof(fc.constant(''), odd);
  const extended = fc.tuple(end, word, end).map((parts) => parts.join(''));
  return fc.oneof({ arbitrary: extended, weight: 2 }, edited(word), word.chain(recased), oddText());
};

/** One of `words`, the same with a small error, or any text. */
export const nearly = (...words: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(fc.constantFrom(...words), wrong(...words));

/** `whole` with one of its parts replaced, or several. */
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

/** Text that people and programs write for a number. */
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

/** An expiry of a cookie, in whole seconds since the epoch. */
export const epochSeconds: fc.Arbitrary<number> = fc.integer({ min: 0, max: 253_402_300_799 });
