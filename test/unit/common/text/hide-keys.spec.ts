import { describe, expect, it } from '@jest/globals';
import { hideKeys } from '../../../../src/common/text/hide-keys.js';

const KEY = 'my-secret_1';
/** As "keys add" makes it. */
const RANDOM = 'Zk3v9QwXy7Lr2TtB8nMfH5jDcP0sGaUeViWoKq4RxYz';

describe('a key in the text of a request is hidden', () => {
  it.each([
    ['?key=KEY', '?key=…'],
    ['?a=b&key=KEY&c=d', '?a=b&key=…&c=d'],
    ['GetCapabilities?key=KEY&key=KEY', 'GetCapabilities?key=…&key=…'],
    ['?kEy=KEY&Key=KEY', '?kEy=…&Key=…'],
    ['?access_token=KEY', '?access_token=…'],
    ['?token=KEY#x', '?token=…#x'],
    ['?%6bey=KEY', '?key=…'],
    ['?%6B%65%79=KEY', '?key=…'],
    ['?%256bey%253DKEY', '?key=…'],
    ['?acc%65ss%5Ftoken=KEY', '?access_token=…'],
    ['a%3Fkey%3DKEY%26b=c', 'a?key=…&b=c'],
    ['a;key=KEY;b', 'a;key=…;b'],
    ['a&amp;key=KEY&amp;b', 'a&amp;key=…&amp;b'],
    ['a&amp%3Bkey=KEY', 'a&amp;key=…'],
    ['?key[]=KEY', '?key[]=…'],
    ['?key%5B%5D=KEY', '?key[]=…'],
    ['?key= KEY', '?key= …'],
    ['?api_key=KEY', '?api_key=…'],
    ['X-API-Key: KEY', 'X-API-Key: …'],
    ['{"key": "KEY", "a": 1}', '{"key": "…", "a": 1}'],
    ["{'token':'KEY'}", "{'token':'…'}"],
    ['/k/KEY/xyz/all/hot/1/0/0.png', '/k/…/xyz/all/hot/1/0/0.png'],
    ['//k//KEY', '//k//…'],
    ['/heat/K/KEY?a', '/heat/K/…?a'],
    ['/%6b/KEY/xyz', '/k/…/xyz'],
    ['%2Fk%2FKEY%2Fxyz', '/k/…/xyz'],
    ['k/KEY/xyz', 'k/…/xyz'],
    ['https://user:KEY@maps.example/', 'https://…@maps.example/'],
    ['https%3A%2F%2Fuser%3AKEY%40maps.example', 'https://…@maps.example'],
    ['http://KEY@localhost', 'http://…@localhost'],
    ['Bearer KEY', 'Bearer …'],
    ['authorization: basic dXNlcjpLRVk=', 'authorization: basic …'],
    ['?Policy=KEY&Signature=KEY&Key-Pair-Id=KEY', '?Policy=…&Signature=…&Key-Pair-Id=…'],
    ['_strava4_session=KEY', '_strava4_session=…'],
    ['password=KEY', 'password=…'],
  ])('%s', (template, expected) => {
    expect(hideKeys(template.replaceAll('KEY', KEY))).toBe(expected.replaceAll('KEY', KEY));
  });

  it('by its random form alone', () => {
    expect(hideKeys(`/xyz/${RANDOM}/hot/1/0/0.png`)).toBe('/xyz/…/hot/1/0/0.png');
    expect(hideKeys('a5f3'.repeat(16))).toBe('…');
  });
});

it.each([
  '',
  'sport_BackcountrySkiRide-mobileblue',
  'GoogleMapsCompatible',
  'urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible',
  '/wmts?SERVICE=WMTS&REQUEST=GetTile&LAYER=all-hot',
  'keyboard, monkey/1, token',
  'https://maps.example/@2x/heat',
  '100%25 %zz %é%20',
  'image/png; mode=8bit',
])('other text stays as it is: %j', (text) => {
  expect(hideKeys(text)).toBe(text);
});

it('the search is linear in the length of the text', () => {
  // A quadratic search of one of these takes minutes.
  for (const part of ['key', 'key"', '/k/', '//', '//a', 'basic ', '%256b', 'a-'])
    expect(hideKeys(part.repeat(1_000_000)).length).toBeLessThanOrEqual(16 * 1024);
});
