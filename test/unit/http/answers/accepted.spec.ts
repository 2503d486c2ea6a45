import { describe, expect, it } from '@jest/globals';
import {
  acceptsGzip,
  acceptsXml,
  prefersImage,
  prefersXmlToJson,
} from '../../../../src/http/answers/accepted.js';

/** Without the header when there is no value. */
const accept = (value: string | undefined) => (value === undefined ? {} : { accept: value });

describe('Accept', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/xml',
    'TEXT/XML',
    'application/*',
    'text/*;q=0.1',
    'application/xml;charset=UTF-8',
    'application/xml;q=0, text/xml',
    'application/json, */*;q=0.1',
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  ])('allows an XML document: %j', (value) => {
    expect(acceptsXml(accept(value))).toBe(true);
  });

  it.each([
    'application/xml;q=0',
    'application/xml;q=0.000, text/xml;q=0',
    '*/*;q=0',
    'application/json',
    'application/xml;charset=latin1',
    'image/*',
    'xml',
    ',',
  ])('does not allow an XML document: %j', (value) => {
    expect(acceptsXml(accept(value))).toBe(false);
  });

  it.each([
    'image/png',
    'image/*',
    'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
    'video/*;q=0.8, image/png, */*;q=0.5',
  ])('prefers an image: %j', (value) => {
    expect(prefersImage(accept(value))).toBe(true);
  });

  it.each([
    undefined,
    '*/*',
    'image/webp,*/*',
    'application/problem+json, image/png;q=0.9',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
    'application/xml',
  ])('does not prefer an image: %j', (value) => {
    expect(prefersImage(accept(value))).toBe(false);
  });

  it.each([
    'application/xml',
    'text/xml',
    'text/*',
    'application/xml, */*',
    'text/html, text/xml;q=0.9',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'application/json, application/xml',
  ])('prefers an XML error to a JSON error: %j', (value) => {
    expect(prefersXmlToJson(accept(value))).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'image/png',
    'image/avif,image/webp,*/*',
    'application/xml;q=0',
    'application/xml;q=0, */*',
    'application/xml;q=0.5, application/problem+json',
    'application/atom+xml',
  ])('does not prefer an XML error to a JSON error: %j', (value) => {
    expect(prefersXmlToJson(accept(value))).toBe(false);
  });
});

describe('a header of more than 1,024 characters', () => {
  const long = (entry: string) => `${entry}, `.repeat(1024);

  it('counts as absent', () => {
    expect(acceptsXml(accept(long('image/png')))).toBe(true);
    expect(prefersXmlToJson(accept(long('application/xml')))).toBe(false);
    expect(acceptsGzip({ 'accept-encoding': long('gzip') })).toBe(false);
  });
});

describe('Accept-Encoding', () => {
  it.each(['gzip', 'GZIP', '*', 'deflate, gzip;q=0.5', 'identity, gzip', '*;q=0.1', 'gzip;q=1, *;q=0'])(
    'allows gzip: %j',
    (value) => {
      expect(acceptsGzip({ 'accept-encoding': value })).toBe(true);
    },
  );

  it.each([
    '',
    'identity',
    'br',
    'x-gzip',
    'gzip;q=0',
    'gzip; q=0.000',
    '*, gzip;q=0',
    '*;q=0',
    'gzip;q=0, *',
  ])('does not allow gzip: %j', (value) => {
    expect(acceptsGzip({ 'accept-encoding': value })).toBe(false);
  });

  it('does not allow gzip when it is absent', () => {
    expect(acceptsGzip({})).toBe(false);
  });
});
