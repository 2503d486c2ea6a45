/** The contract of every error response: a body in the format of the endpoint, and never cached. Pure. */
import { json, xmlProblem } from './well-formed.js';

/** An RFC 9457 problem, or an OWS exception report (OGC 06-121r9, 8). */
export type ErrorFormat = 'problem' | 'report';

export interface ErrorResponse {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  /** Undefined for a response to HEAD. */
  readonly text: string | undefined;
}

const CONTENT_TYPES: Record<ErrorFormat, string> = {
  problem: 'application/problem+json',
  report: 'application/xml',
};

/** Lines of a stack trace, and other text that only a JavaScript error contains. */
const STACK_TRACE =
  /\bat .{0,200}:\d+:\d+|node:internal|node_modules|\b(?:Type|Range|Syntax|Reference)?Error: |\.[jt]s:\d/;

/** What is wrong with a response of 4xx or 5xx; without `format`, either format is accepted. */
export function errorViolations(response: ErrorResponse, format?: ErrorFormat): string[] {
  const { status, contentType, cacheControl, text } = response;
  const violations: string[] = [];
  if (cacheControl !== 'no-store') violations.push(`an error has the Cache-Control "${cacheControl}"`);
  const found = format ?? (contentType === CONTENT_TYPES.report ? 'report' : 'problem');
  if (contentType !== CONTENT_TYPES[found])
    violations.push(`an error has the Content-Type "${contentType}" instead of "${CONTENT_TYPES[found]}"`);
  else if (text !== undefined) {
    const problem = found === 'report' ? reportProblem(text) : problemProblem(text, status);
    if (problem !== undefined) violations.push(`the body of an error ${problem}`);
    if (STACK_TRACE.test(text)) violations.push('an error has a stack trace');
  }
  return violations;
}

function reportProblem(text: string): string | undefined {
  const problem = xmlProblem(text, 'ExceptionReport');
  if (problem !== undefined) return problem;
  return /<ows:Exception exceptionCode="\w+"/.test(text) ? undefined : 'has no exceptionCode';
}

function problemProblem(text: string, expected: number): string | undefined {
  const problem = json(text) as Record<string, unknown> | null | undefined;
  if (typeof problem !== 'object' || problem === null) return 'is not a JSON object';
  const { type, title, status, detail } = problem;
  if (type !== 'about:blank') return `has the type ${JSON.stringify(type)}`;
  if (status !== expected) return `has the status ${JSON.stringify(status)}`;
  if (typeof title !== 'string' || typeof detail !== 'string' || detail.length < 10)
    return 'has no title or no detail';
  return undefined;
}
