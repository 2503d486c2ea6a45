/** Requests whose query has a valid key where no parser looks for one: it must not get into the log or an error. Pure. */
import type { Random } from '../../support/run/random.js';
import { NESTED_KEY } from '../credentials.js';
import { DOCUMENTS, invalidTile, missing } from './addresses.js';

const KEY = NESTED_KEY;

/** What follows the `?`. */
const QUERIES: readonly string[] = [
  `SERVICE=WMTS&REQUEST=GetCapabilities?key=${KEY}&key=${KEY}`,
  `SERVICE=WMTS?key=${KEY}`,
  `SERVICE=WMTS&REQUEST=GetTile&LAYER=all-hot?KEY=${KEY}`,
  `SERVICE=WMTS&REQUEST=GetTile&TILEROW=1;key=${KEY}`,
  `SERVICE=WMTS&VERSION=1.0.0&key=${KEY}?v=1`,
  `sports=all?key=${KEY}`,
  `sports=all%3Fkey%3D${KEY}`,
  `sports=all%26key%3D${KEY}`,
  `sports=all&amp;key=${KEY}`,
  `?key=${KEY}`,
  `&?key=${KEY}&key=x`,
  `key==${KEY}`,
  `key=${KEY}${KEY}`,
  `key=${KEY},${KEY}`,
  `key=${KEY}#x`,
  `key=${KEY}%00`,
  `key=${KEY}%`,
  `key=x&key=${KEY}`,
  `key[]=${KEY}`,
  `key%5B0%5D=${KEY}`,
  `%6b%65%79=${KEY}`,
  `k%65y=${KEY}&key=x`,
  `a=key=${KEY}`,
  `a=b;key=${KEY}`,
  `url=https%3A%2F%2Fmap.example%2F%3Fkey%3D${KEY}`,
  `v=19/key=${KEY}`,
  `apikey=${KEY}`,
  `access_token=${KEY}&key=x`,
  `%2526key%253D${KEY}`,
  `{"key":"${KEY}"}`.replaceAll('"', '%22'),
];

/** With a query that has the key; documents and addresses without a tile. */
export function hiddenKeyTarget(random: Random): string {
  const target = random.pick([
    () => '/wmts',
    () => random.pick(DOCUMENTS),
    () => invalidTile(random),
    () => missing(random),
  ])();
  return `${target.split('?', 1)[0]}?${random.pick(QUERIES)}`;
}
