/** OWS exception report, version 1.0.0 of ows 1.1 (06-121r9, 8). Pure. */
import { create } from 'xmlbuilder2';
import { XML, xmlText } from '../../common/text/xml.js';
import type { HttpProblem } from './http-problem.js';

const OWS = 'http://www.opengis.net/ows/1.1';

export function exceptionReport({ detail, details }: HttpProblem): string {
  const { exceptionCode = 'NoApplicableCode', locator } = details;
  return create(XML)
    .ele(OWS, 'ows:ExceptionReport', {
      'xmlns:ows': OWS,
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:schemaLocation': `${OWS} http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd`,
      version: '1.0.0',
      'xml:lang': 'en',
    })
    .ele(
      OWS,
      'ows:Exception',
      locator === undefined ? { exceptionCode } : { exceptionCode, locator: xmlText(locator) },
    )
    .ele(OWS, 'ows:ExceptionText')
    .txt(xmlText(detail))
    .doc()
    .end();
}
