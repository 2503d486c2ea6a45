import { describe, expect, it } from '@jest/globals';
import { exceptionReport } from '../../../../src/http/errors/exception-report.js';
import { HttpProblem } from '../../../../src/http/index.js';
import { children, only, OWS, parseXml, text as textOf } from '../../support/xml.js';

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

  it('says words with markup as words', () => {
    const hostile = `<ows:Exception/> & "x" 'y' ]]> <!-- é ١`;
    const { root, exception, text } = parse(new HttpProblem(400, hostile, { locator: hostile }));
    expect([text, exception.getAttribute('locator')]).toEqual([hostile, hostile]);
    expect(children(root)).toHaveLength(1);
  });
});
