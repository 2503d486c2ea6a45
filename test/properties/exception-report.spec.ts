import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { exceptionReport } from '../../src/http/errors/exception-report.js';
import { HttpProblem } from '../../src/http/errors/http-problem.js';
import { children, only, parseXml, text } from '../unit/support/xml.js';
import { quoted } from '../../src/common/quoted.js';
import { oddText } from './arbitraries.js';
import { expectXml, asXmlHasIt, xmlText } from './xml-text.js';
import { holds } from './holds.js';

describe('an exception report', () => {
  it('of any words is XML, and says the words but for letters that XML has not', () => {
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
        expect(asXmlHasIt(text(exception, 'ows:ExceptionText'))).toBe(asXmlHasIt(detail));
        expect(exception.getAttribute('exceptionCode')).toBe('InvalidParameterValue');
        expect(exception.hasAttribute('locator')).toBe(locator !== undefined);
        if (locator !== undefined)
          expect(asXmlHasIt(exception.getAttribute('locator')!)).toBe(asXmlHasIt(locator));
      }),
      500,
    );
  });
});

it('any text that a message quotes is short and can stand anywhere', () => {
  holds(
    fc.property(oddText(60), (words) => {
      const said = quoted(words);
      expect(said).toMatch(/^"[\x20-\x7e]*"$/);
      expect(said.slice(1, -1)).not.toMatch(/["<>&\\]/);
      expect(said.length).toBeLessThanOrEqual(45);
      if (/^[\w .,:-]{0,40}$/.test(words)) expect(said).toBe(`"${words}"`);
    }),
    500,
  );
});
