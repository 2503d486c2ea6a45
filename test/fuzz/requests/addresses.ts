/** Request targets: tiles in every encoding, valid or not, and documents. Pure. */
import type { Random } from '../../support/run/random.js';
import { badExtension, badName, badNumber, badSuffix, badVersion } from './bad-words.js';

interface Words {
  readonly sport: string;
  readonly color: string;
  readonly style: string;
  readonly set: string;
  readonly version: string;
  readonly z: string;
  readonly x: string;
  readonly y: string;
  readonly suffix: string;
  readonly extension: string;
}

const VALID: Omit<Words, 'x' | 'y'> = {
  sport: 'all',
  color: 'hot',
  style: 'default',
  set: 'GoogleMapsCompatible',
  version: '1.0.0',
  z: '5',
  suffix: '',
  extension: '.png',
};

const ENCODINGS: readonly (readonly [used: readonly (keyof Words)[], path: (words: Words) => string])[] = [
  [
    ['sport', 'color', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) => `/xyz/${w.sport}/${w.color}/${w.z}/${w.x}/${w.y}${w.suffix}${w.extension}`,
  ],
  [
    ['version', 'sport', 'color', 'style', 'set', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) =>
      `/wmts/${w.version}/${w.sport}-${w.color}/${w.style}/${w.set}/${w.z}/${w.y}/${w.x}${w.suffix}${w.extension}`,
  ],
  [
    ['version', 'sport', 'color', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) => `/tms/${w.version}/${w.sport}-${w.color}/${w.z}/${w.x}/${w.y}${w.suffix}${w.extension}`,
  ],
  [
    ['sport', 'color', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) =>
      `/identified/globalheat/${w.sport}/${w.color}/${w.z}/${w.x}/${w.y}${w.suffix}${w.extension}?v=19&px=256`,
  ],
  [
    ['sport', 'color', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) =>
      `/tiles-auth/${w.sport}/${w.color}/${w.z}/${w.x}/${w.y}${w.suffix}${w.extension}?Policy=a&Signature=b`,
  ],
  [
    ['sport', 'color', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) => `/${w.sport}/${w.color}/${w.z}/${w.x}/${w.y}${w.suffix}${w.extension}`,
  ],
  [
    ['sport', 'color', 'z', 'x', 'y', 'suffix', 'extension'],
    (w) => `/global/${w.color}/${w.sport}/${w.z}/${w.x}/${w.y}${w.suffix}${w.extension}`,
  ],
];

const BAD: Record<keyof Words, (random: Random) => string> = {
  sport: badName,
  color: badName,
  style: badName,
  set: badName,
  version: badVersion,
  z: badNumber,
  x: badNumber,
  y: badNumber,
  suffix: badSuffix,
  extension: badExtension,
};

/** A valid tile in any encoding with a path. Only for requests without permission, so that the upstream is not asked. */
export function validTile(random: Random): string {
  const [, path] = random.pick(ENCODINGS);
  return path(validWords(random));
}

/** A tile with one invalid word or several, perhaps with doubled slashes and an escaped `@`, which do not make it valid. */
export function invalidTile(random: Random): string {
  const [used, path] = random.pick(ENCODINGS);
  const words: Record<keyof Words, string> = { ...validWords(random) };
  do {
    const word = random.pick(used);
    words[word] = BAD[word](random);
  } while (random.chance(0.3));
  const target = path(words);
  return random.chance(0.2) ? target.replaceAll('/', '//').replaceAll('@', '%40') : target;
}

/** A tile with valid words in an invalid path. */
export function misshapenTile(random: Random): string {
  const path = validTile(random);
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
  const at = random.pick(slashes);
  const insert = (text: string) => path.slice(0, at) + text + path.slice(at);
  return random.pick([
    () => insert('/.'),
    () => insert('/..'),
    () => insert('/x/..'),
    () => insert('\\'),
    () => insert('%2f'),
    () => insert(`/${'a/'.repeat(random.below(2000))}`),
    () => insert(`/x${'/'.repeat(2 + random.below(5000))}`),
    () => path.toUpperCase(),
    () => path.replaceAll('/', '\\'),
    () => path.replaceAll('/', '%2F'),
    () => path.replace('.png', '.png/x'),
    () => path.slice(1),
    () => `.${path}`,
    () => `/admin${path}`,
    () => `/health${path}`,
    () => `/presets${path}`,
    () => `http://gateway.example${path}`,
    () => `https://upstream.example:443${path}`,
    () => `//upstream.example${path}`,
    () => `${path.split('/', 5).join('/')}/`,
  ])();
}

/**
 * A tile that stays invalid when some of its bytes are mutated: its sport shares neither prefix nor length with a known
 * one.
 */
export function mutableTile(random: Random): string {
  const [, path] = random.pick(ENCODINGS);
  return path({ ...validWords(random), sport: 'qqqqqqqqqqqq', color: 'vvvvvvvvvvvv' });
}

/** Documents that an API key gives access to. */
export const DOCUMENTS = [
  '/',
  '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities',
  '/wmts/1.0.0/WMTSCapabilities.xml',
  '/wmts/1.0.0/all-hot/WMTSCapabilities.xml',
  '/tms/1.0.0',
  '/tms/1.0.0/all-hot',
  '/tms/1.0.0/all-hot/tilemapresource.xml',
  '/tilejson/all/hot.json',
  '/tilejson/sport_Ride/bluered@2x.json',
];

/** Targets that resemble those of documents and do not exist. */
const MISSING = [
  '/wmts/1.0.0/Capabilities.xml',
  '/wmts/1.1.0/WMTSCapabilities.xml',
  '/wmts/1.0.0/nothing/WMTSCapabilities.xml',
  '/wmts/1.0.0/../WMTSCapabilities.xml',
  '/wmts/1.0.0/__proto__/WMTSCapabilities.xml',
  '/tms',
  '/tms/1.0.0/nothing',
  '/tms/1.0.0/all-hot@4x',
  '/tms/1.0.0/all-hot/0/tilemapresource.xml',
  '/tilejson',
  '/tilejson/all/pink.json',
  '/tilejson/all/hot@4x.json',
  '/tilejson/all/hot@2x@2x.json',
  '/tilejson/constructor/hot.json',
  '/tilejson/all/hot.js',
  '/presets/../../package.json',
  '/presets/nothing.xml',
  '/presets/%2e%2e/%2e%2e/etc/passwd',
  '/k',
  '/k/',
  '/.env',
  '/.git/config',
  '/etc/passwd',
  '/wp-login.php',
  '/admin',
  '/admin/',
  '/admin/cookies/x',
  '/health/x',
  '/metrics/x',
  '/livez/x',
  '/%',
  '/\\',
  '/;',
  '/&',
  '*',
  '.',
];

export const missing = (random: Random): string => random.pick(MISSING);

export const PROBES = ['/health', '/livez', '/readyz', '/metrics'];

function validWords(random: Random): Words {
  return { ...VALID, x: String(random.below(32)), y: String(random.below(32)) };
}
