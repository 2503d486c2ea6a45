/** Validation against the OGC's schemas, as Debian installs them with python3-mapproxy, by xmllint and without a network. */
import { inNewFolder, runProgram } from '../../support/programs/run-program.js';

const SCHEMAS = '/usr/share/python3-mapproxy/test/schemas';

export const CAPABILITIES_SCHEMA = `${SCHEMAS}/wmts/1.0/wmtsGetCapabilities_response.xsd`;
export const EXCEPTION_REPORT_SCHEMA = `${SCHEMAS}/ows/1.1.0/owsExceptionReport.xsd`;

/** Succeeds where both xmllint and the schemas are there. */
export const SCHEMA_CHECK = ['xmllint', '--noout', CAPABILITIES_SCHEMA, EXCEPTION_REPORT_SCHEMA] as const;

/** What xmllint says against `xml`; undefined when it is valid. */
export async function schemaProblem(schema: string, xml: string): Promise<string | undefined> {
  const { status, stderr } = await inNewFolder((folder) =>
    runProgram('xmllint', ['--nonet', '--noout', '--schema', schema, '-'], folder, { stdin: xml }),
  );
  return status === 0 ? undefined : stderr;
}
