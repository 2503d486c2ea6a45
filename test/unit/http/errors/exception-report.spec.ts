import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { hideKeys } from '../../../../src/common/text/hide-keys.js';
import { quoted } from '../../../../src/common/text/quoted.js';
import { exceptionReport } from '../../../../src/http/errors/exception-report.js';
import { HttpProblem } from '../../../../src/http/errors/http-problem.js';
import { oddText } from '../../../support/properties/arbitraries.js';
import { holds } from '../../../support/properties/holds.js';
import { asXmlHasIt, expectXml, xmlText } from '../../../support/properties/xml-text.js';
import { children, only, OWS, parseXml, text as textOf } from '../../../support/xml.js';

function parse(failure: HttpProblem) {
  const root = parseXml(exceptionReport(failure));
  const exception = only(root, 'ows:Exception');
  return { root, exception, text: textOf(exception, 'ows:ExceptionText') };
}

describe('an exception report', () => {
  it('is a report of version 1.0.0 with one exception', () => {
    const failure = new HttpProblem(400, 'Words.', { exceptionCode: 'TileOutOfRange', locator: 'TileRow' });
    const { root, exception, text } = parse(failure);
    expect([root.namespaceURI, root.nodeName, root.getAttribute('version')]).toEqual([
      OWS,
      'ows:ExceptionReport',
      '1.0.0',
    ]);
    expect([exception.getAttribute('exceptionCode'), exception.getAttribute('locator'), text]).toEqual([
      'TileOutOfRange',
      'TileRow',
      'Words.',
    ]);
    expect(exceptionReport(failure)).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>/);
  });

  it('has NoApplicableCode and no locator where nothing more is known', () => {
    const { exception } = parse(new HttpProblem(502, 'Words.'));
    expect([exception.getAttribute('exceptionCode'), exception.hasAttribute('locator')]).toEqual([
      'NoApplicableCode',
      false,
    ]);
  });

  it('escapes markup in the text and in the locator', () => {
    const hostile = `<ows:Exception/> & "x" 'y' ]]> <!-- é ١`;
    const { root, exception, text } = parse(new HttpProblem(400, hostile, { locator: hostile }));
    expect([text, exception.getAttribute('locator')]).toEqual([hostile, hostile]);
    expect(children(root)).toHaveLength(1);
  });
});

describe('properties', () => {
  describe('an exception report', () => {
    it('of any text is XML, and repeats it except for characters not allowed in XML', () => {
      holds(
        fc.property(xmlText, fc.option(xmlText, { nil: undefined }), (detail, locator) => {
          const source = exceptionReport(
            new HttpProblem(400, detail, {
              exceptionCode: 'InvalidParameterValue',
              ...(locator !== undefined && { locator }),
            }),
          );
          expectXml(source);
          const root = parseXml(source);
          const exception = only(root, 'ows:Exception');
          expect([children(root).length, children(exception).length]).toEqual([1, 1]);
          expect(asXmlHasIt(textOf(exception, 'ows:ExceptionText'))).toBe(asXmlHasIt(detail));
          expect(exception.getAttribute('exceptionCode')).toBe('InvalidParameterValue');
          expect(exception.hasAttribute('locator')).toBe(locator !== undefined);
          if (locator !== undefined)
            expect(asXmlHasIt(exception.getAttribute('locator')!)).toBe(asXmlHasIt(locator));
        }),
        500,
      );
    });
  });

  it('any input without a key that a message quotes arrives unchanged, in the text and in the locator', () => {
    holds(
      fc.property(oddText(60), (input) => {
        const message = quoted(input);
        expect(message).toMatch(/^"[^\p{C}\p{Zl}\p{Zp}]*"$/u);
        expect(message.length).toBeLessThanOrEqual(45);
        const hidesNothing = hideKeys(input) === input;
        if (hidesNothing && /^[\x20-\x7e]{0,40}$/.test(input)) expect(message).toBe(`"${input}"`);
        const source = exceptionReport(new HttpProblem(400, message, { locator: message }));
        expectXml(source);
        const exception = only(parseXml(source), 'ows:Exception');
        expect(textOf(exception, 'ows:ExceptionText')).toBe(message);
        expect(exception.getAttribute('locator')).toBe(message);
      }),
      500,
    );
  });
});
