/** Key-value pairs of an OGC request: names in any case, values as they are (06-121r9, 11.5.2). Pure. */
import { HttpProblem } from '../http/index.js';

/** Clients append these to addresses that may have them already; the same value twice does no harm. */
const REPEATABLE = new Set(['service', 'request', 'version']);

export class Kvp {
  private readonly values = new Map<string, string[]>();

  /** `query` as the server parsed it: several values of one name make a list. */
  constructor(query: Readonly<Record<string, unknown>>) {
    for (const name in query) {
      const key = name.toLowerCase();
      this.values.set(key, [...(this.values.get(key) ?? []), ...[query[name]].flat().map(String)]);
    }
  }

  /** The value, or undefined when the parameter is absent or empty; throws when it comes more than once. */
  optional(name: string): string | undefined {
    const [value, ...others] = this.values.get(name.toLowerCase()) ?? [];
    const same = (other: string) => other.toLowerCase() === value?.toLowerCase();
    if (others.length > 0 && !(REPEATABLE.has(name) && others.every(same)))
      throw invalid(name, `The parameter ${name} comes more than once.`);
    return value || undefined;
  }

  /** The value; throws MissingParameterValue when the parameter is absent or empty. */
  required(name: string): string {
    const value = this.optional(name);
    if (value !== undefined) return value;
    throw new HttpProblem(400, `The parameter ${name} is missing.`, {
      exceptionCode: 'MissingParameterValue',
      locator: name,
    });
  }

  /** The parts of a comma-separated value, without blanks and empty ones; undefined when there are none. */
  list(name: string): string[] | undefined {
    const parts = this.optional(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    return parts?.length ? parts : undefined;
  }
}

/** The value of a parameter is not one of those known. */
export function invalid(locator: string, detail: string): HttpProblem {
  return new HttpProblem(400, detail, { exceptionCode: 'InvalidParameterValue', locator });
}
