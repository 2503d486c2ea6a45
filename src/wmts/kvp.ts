/** Key-value pairs (KVP) of an OGC request: names are case-insensitive, values are not (06-121r9, 11.5.2). Pure. */
import { HttpProblem } from '../http/index.js';

/** Clients append these to URLs that already have them; a repeated value is accepted if it is the same. */
const REPEATABLE = new Set(['service', 'request', 'version']);

export class Kvp {
  private readonly values = new Map<string, string[]>();

  /** `query` as parsed by the server: a repeated parameter is an array. */
  constructor(query: Readonly<Record<string, unknown>>) {
    for (const name in query) {
      const key = name.toLowerCase();
      this.values.set(key, [...(this.values.get(key) ?? []), ...[query[name]].flat().map(String)]);
    }
  }

  /** Whether there is a parameter that is not one of `names`, which are in lower case. */
  hasOther(names: readonly string[]): boolean {
    return [...this.values.keys()].some((name) => !names.includes(name));
  }

  /** The value, or undefined if the parameter is absent or empty. Throws if it occurs more than once. */
  optional(name: string): string | undefined {
    const [value, ...others] = this.values.get(name.toLowerCase()) ?? [];
    const same = (other: string) => other.toLowerCase() === value?.toLowerCase();
    if (others.length > 0 && !(REPEATABLE.has(name) && others.every(same)))
      throw invalid(name, `The parameter ${name} occurs more than once; send it once.`);
    return value || undefined;
  }

  /** The value; throws MissingParameterValue if the parameter is absent or empty. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw missing(name);
    return value;
  }

  /** Whether the parameter is present, with a value or without. */
  has(name: string): boolean {
    return this.values.has(name.toLowerCase());
  }

  /** The trimmed, non-empty items of a comma-separated value; undefined if there are none. */
  list(name: string): string[] | undefined {
    const parts = this.optional(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    return parts?.length ? parts : undefined;
  }
}

/** The problem for a parameter that is absent or has no value. */
export function missing(name: string): HttpProblem {
  return new HttpProblem(400, `The parameter ${name} is missing.`, {
    exceptionCode: 'MissingParameterValue',
    locator: name,
  });
}

/** The problem for a parameter whose value is not accepted. */
export function invalid(locator: string, detail: string): HttpProblem {
  return new HttpProblem(400, detail, { exceptionCode: 'InvalidParameterValue', locator });
}
