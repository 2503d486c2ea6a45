/** What every error must be: said in the encoding of the request, and never kept by a cache. Pure. */
import type { Answer } from '../clients/exchange.js';
import { json, xmlProblem } from './well-formed.js';

export interface ErrorContext {
  readonly method: string;
  /** Whether an OWS exception report is due instead of a JSON problem. */
  readonly reports: boolean;
}

/** What is wrong with an answer of 4xx or 5xx. */
export function errorProblems(answer: Answer, { method, reports }: ErrorContext): string[] {
  const { headers, body, status } = answer;
  const problems: string[] = [];
  if (headers['cache-control'] !== 'no-store')
    problems.push(`an error with the Cache-Control ${headers['cache-control']}`);
  const type = reports ? 'application/xml' : 'application/problem+json';
  if (headers['content-type'] !== type)
    problems.push(`an error of the type ${headers['content-type']} instead of ${type}`);
  if (method === 'HEAD') return problems;
  const text = body.toString();
  const problem = reports ? reportProblem(text) : problemProblem(text, status);
  if (problem !== undefined) problems.push(`an error whose body ${problem}`);
  return problems;
}

/** OWS Common (06-121r9, 8). */
function reportProblem(text: string): string | undefined {
  const problem = xmlProblem(text, 'ExceptionReport');
  if (problem !== undefined) return problem;
  return /<ows:Exception exceptionCode="\w+"/.test(text) ? undefined : 'has no exceptionCode';
}

/** RFC 9457. */
function problemProblem(text: string, status: number): string | undefined {
  const problem = json(text) as Record<string, unknown> | undefined;
  if (typeof problem !== 'object' || problem === null) return 'is no JSON object';
  if (problem['status'] !== status) return `says the status ${String(problem['status'])}`;
  const { title, detail } = problem;
  if (typeof title !== 'string' || typeof detail !== 'string' || detail.length < 10)
    return 'has no title or no detail';
  return /\bat \S+ \(|node:internal|\.js:\d/.test(detail) ? 'shows a stack' : undefined;
}
