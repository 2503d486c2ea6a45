/** KVP (key-value pair) requests of WMTS with mistakes. Pure. */
import type { Random } from '../../support/run/random.js';
import { badName, badNumber } from './bad-words.js';

type Pair = readonly [name: string, value: string];

const GET_TILE: readonly Pair[] = [
  ['SERVICE', 'WMTS'],
  ['REQUEST', 'GetTile'],
  ['VERSION', '1.0.0'],
  ['LAYER', 'all-hot'],
  ['STYLE', 'default'],
  ['FORMAT', 'image/png'],
  ['TILEMATRIXSET', 'GoogleMapsCompatible'],
  ['TILEMATRIX', '5'],
  ['TILEROW', '10'],
  ['TILECOL', '16'],
];

/** May occur twice with the same value, because some clients append them to a URL that has them. */
const REPEATABLE = ['SERVICE', 'REQUEST', 'VERSION'];
const NUMBERS = ['TILEMATRIX', 'TILEROW', 'TILECOL'];

/** A valid GetTile request. Only for requests without permission, so that the upstream is not asked. */
export const validGetTile = (random: Random): string => `/wmts?${written(random, GET_TILE)}`;

/** A GetTile request with parameters that are missing, empty, repeated or invalid. */
export function invalidGetTile(random: Random): string {
  let pairs = [...GET_TILE];
  // Each parameter once: a second change may undo the first.
  for (const [name, value] of random.shuffled(GET_TILE).slice(0, 1 + random.below(3))) {
    pairs = random.pick([
      () => pairs.filter(([other]) => other !== name),
      () => pairs.map((pair): Pair => (pair[0] === name ? [name, ''] : pair)),
      () => pairs.map((pair): Pair => (pair[0] === name ? [name, bad(random, name)] : pair)),
      () => pairs.map((pair): Pair => (pair[0] === name ? [`${name}[]`, value] : pair)),
      () => [...pairs, [name, REPEATABLE.includes(name) ? bad(random, name) : value] as const],
    ])();
  }
  return `/wmts?${written(random, pairs)}${stray(random)}`;
}

/** An operation that does not exist. */
export function unknownOperation(random: Random): string {
  const operation = random.pick(['GetMap', 'getfeature', 'GetTile ', 'DescribeLayer', '*', 'null', 'a,b']);
  return `/wmts?service=WMTS&request=${encodeURIComponent(operation)}&VERSION=1.0.0`;
}

/** An operation of the standard that the gateway does not implement. */
export const getFeatureInfo = (random: Random): string =>
  `/wmts?service=WMTS&request=${random.pick(['GetFeatureInfo', 'GETFEATUREINFO'])}&I=${value(random, badNumber(random))}`;

/** GetCapabilities with unusual parameters: some are refused, others are ignored. */
export function oddGetCapabilities(random: Random): string {
  const odd = random.pick([
    () => `AcceptVersions=${value(random, badName(random))}`,
    () => `Sections=${value(random, badName(random))}`,
    () => `Sections=Contents,${value(random, badName(random))}`,
    () => `updateSequence=${value(random, badNumber(random))}`,
    () => `sports=${value(random, badName(random))}`,
    () => `colors=${value(random, badName(random))}&colors=hot`,
    () => `AcceptFormats=${value(random, badName(random))}`,
    () => `SECTIONS=All&sections=All`,
    () => stray(random),
  ])();
  return `/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&${odd}`;
}

const bad = (random: Random, name: string): string =>
  NUMBERS.includes(name) ? badNumber(random) : badName(random);

/** In random order, with names in random case. */
function written(random: Random, pairs: readonly Pair[]): string {
  return random
    .shuffled(pairs)
    .map(([name, text]) => {
      const cased = random.pick([name, name, name.toLowerCase(), mixed(name)]);
      return `${cased}=${value(random, text)}`;
    })
    .join('&');
}

const mixed = (name: string): string => name.replace(/.(.)/g, (pair) => pair[0] + pair[1]!.toLowerCase());

/** Numbers that are valid in a query unless they are encoded: `%31` is decoded, and `;` before a name separates parameters. */
const ALWAYS_ENCODED = ['%31', '0;jsessionid=1'];

/** Percent-encoded or not. */
function value(random: Random, text: string): string {
  const escaped = text.replace(/[^\w.~-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return random.chance(0.6) || ALWAYS_ENCODED.includes(text) ? escaped : text;
}

/** Unknown parameters, and names that have a meaning in JavaScript. */
function stray(random: Random): string {
  return random.pick([
    '',
    '&',
    '&&&&',
    '&=',
    '&=x',
    '&_ts=1&_ts=2',
    '&__proto__=1',
    '&__proto__[service]=WMTS',
    '&constructor=1&toString=2',
    '&a[b][c]=d',
    '&%',
    '&%zz=%zz',
    '&%00=%00',
    '?',
    '&transparent=%ff%fe',
    `&${'a&'.repeat(1000)}`,
    `&${'a=b&'.repeat(1500)}`,
    `&x=${'y'.repeat(8000)}`,
  ]);
}
