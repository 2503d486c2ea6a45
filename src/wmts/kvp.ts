/** Key-value pairs of an OGC request: names in any case, values as they are (06-121r9, 11.5.2). Pure. */
import { Failure } from '../http/failure.js';

/** Clients append these to addresses that may have them already; the same value twice does no harm. */
const REPEATABLE = new Set(['service', 'request', 'version']);

export class Kvp {
  private readonly values = new Map<string, string>();

  /** `query` as the server parsed it. Throws a {@link Failure} when a parameter comes with several values. */
  constructor(query: Readonly<Record<string, unknown>>) {
    for (const name in query) {
      const key = name.toLowerCase();
      for (const value of [query[name]].flat().map(String)) {
        const earlier = this.values.get(key);
        if (earlier !== undefined && !(REPEATABLE.has(key) && earlier.toLowerCase() === value.toLowerCase()))
          throw new Failure(400, `The parameter ${JSON.stringify(printable(name))} comes more than once.`, {
            exceptionCode: 'InvalidParameterValue',
            locator: printable(name),
          });
        this.values.set(key, value);
      }
    }
  }

  /** The value, or undefined when the parameter is absent or empty. */
  optional(name: string): string | undefined {
    return this.values.get(name.toLowerCase()) || undefined;
  }

  /** The value; throws MissingParameterValue when the parameter is absent or empty. */
  required(name: string): string {
    const value = this.optional(name);
    if (value !== undefined) return value;
    throw new Failure(400, `The parameter ${name} is missing.`, {
      exceptionCode: 'MissingParameterValue',
      locator: name,
    });
  }

  /** The parts of a comma-separated value, without blanks and empty ones; undefined when absent. */
  list(name: string): string[] | undefined {
    return this.optional(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  }
}

function printable(name: string): string {
  return name.slice(0, 40).replace(/[^A-Za-z0-9_.-]/g, '?');
}

/** The value of a parameter is not one of those known. */
export function invalid(locator: string, detail: string): Failure {
  return new Failure(400, detail, { exceptionCode: 'InvalidParameterValue', locator });
}
