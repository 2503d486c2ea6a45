/** Key-value pairs as clients get them wrong. Pure. */
import { badName, badNumber } from './bad-words.js';
import type { Random } from '../random.js';

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

/** Clients repeat these with the same value, and that is taken. */
const REPEATABLE = ['SERVICE', 'REQUEST', 'VERSION'];
const NUMBERS = ['TILEMATRIX', 'TILEROW', 'TILECOL'];

/** A GetTile request that exists: to be sent only by whom it is closed to. */
export const goodGetTile = (random: Random): string => `/wmts?${written(random, GET_TILE)}`;

/** A GetTile request with a parameter that is missing, empty, repeated or wrong. */
export function brokenGetTile(random: Random): string {
  let pairs = [...GET_TILE];
  // Each parameter once: two wrongs may make a right.
  for (const [name, value] of shuffled(random, GET_TILE).slice(0, 1 + random.int(3))) {
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

/** An operation that there is not. */
export function unknownOperation(random: Random): string {
  const operation = random.pick(['GetMap', 'getfeature', 'GetTile ', 'DescribeLayer', '*', 'null', 'a,b']);
  return `/wmts?service=WMTS&request=${encodeURIComponent(operation)}&VERSION=1.0.0`;
}

/** The operation that the standard knows and this gateway does not offer. */
export const getFeatureInfo = (random: Random): string =>
  `/wmts?service=WMTS&request=${random.pick(['GetFeatureInfo', 'GETFEATUREINFO'])}&I=${value(random, badNumber(random))}`;

/** GetCapabilities with odd parameters: some are refused, and some do not matter. */
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

/** In any order and any case. */
function written(random: Random, pairs: readonly Pair[]): string {
  return shuffled(random, pairs)
    .map(([name, text]) => {
      const cased = random.pick([name, name, name.toLowerCase(), mixed(name)]);
      return `${cased}=${value(random, text)}`;
    })
    .join('&');
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const keyed = list.map((item) => [random.int(1000), item] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item);
}

const mixed = (name: string): string => name.replace(/.(.)/g, (pair) => pair[0] + pair[1]!.toLowerCase());

/** Escaped or not; what is no escape of anything good when it is left alone. */
function value(random: Random, text: string): string {
  const escaped = text.replace(/[^\w.~-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return random.chance(0.6) || text === '%31' ? escaped : text;
}

/** Parameters of no meaning, or of a meaning in JavaScript. */
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
